#!/usr/bin/env bats
# Two whole nodes that share a guest's disk and ask each other over ssh: what one of them runs the other never starts. The tests build on each other.
# Seconds: 90

setup_file() {
    load common
    load nodes.sh
    lab_nodes node1 node2
    lab_on node1 lab_guest vm1
    lab_on node2 virsh --quiet define "$LAB_DIR/guests/vm1/domain.xml"
    lab_node_env vm1 'node1 node2'
    lab_node_trust vm1
}

setup() {
    load common
    load nodes.sh
}

runs_here() { [[ $(lab_on "$1" virsh domstate vm1) == running ]]; }

@test "a node that may run it starts the guest" {
    on_node node1 vm1 start
    exits 0
    runs_here node1
}

@test "the other one refuses, and names who runs it" {
    on_node node2 vm1 start
    exits 3
    says 'it runs on node1 (container#1)'
    ! runs_here node2
}

@test "also with --force" {
    on_node node2 vm1 start --force
    exits 3
    says 'it runs on node1'
    ! runs_here node2
}

@test "a node that is cut off is named as unreachable, and what it may run is not started" {
    lab_cut node1
    on_node node2 vm1 start --dry-run
    lab_mend node1
    says 'node1'
    does_not_say 'it runs on node1'
    says "whether node1 runs it is not known"
}

@test "once the node has lost its power and come back, the guest may run elsewhere" {
    lab_kill_node node1
    lab_boot_node node1
    on_node node1 vm1 print status
    says 'container#1 .... down'
    on_node node2 vm1 start
    exits 0
    runs_here node2
    on_node node2 vm1 stop
    exits 0
}
