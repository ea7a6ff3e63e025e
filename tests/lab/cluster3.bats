#!/usr/bin/env bats
# Pacemaker runs a service on three nodes, and the network breaks: the side with a quorum fences the other before it starts the guest, and sides
# without one stop it. Which node runs the guest is watched from outside, every 100 ms. The tests build on each other.
# Seconds: 100

setup_file() {
    load common
    load nodes.sh
    load cluster.sh
    lab_nodes node1 node2 node3
    lab_ha_guest vm1 node1 node2 node3
    lab_engine_files node1 node2 node3
    lab_resource vm1 "$(lab_agent vm1)"
    lab_power
    lab_watch vm1
    lab_engine node1 node2 node3
    lab_wait 60 lab_online node1 node1 node2 node3 || lab_engine_says node1
}

setup() {
    load common
    load nodes.sh
    load cluster.sh
}

teardown() {
    [[ -n ${BATS_TEST_COMPLETED-} ]] || lab_engine_says node1 node2 node3
    never_two
}

# When, in microseconds: the newest of a file's lines that ends with these words.
when() { awk -v words="$2" '{ time = $1; sub(/^[0-9]* ?/, ""); if ($0 == words) last = time } END { print last + 0 }' "$1"; }

@test "the engine starts it on the first node" {
    lab_wait 60 runs_alone node1
    engine node1 crm_resource --wait --timeout 60s
}

@test "the node that runs it is cut off: the others have the quorum, fence it, and only then start the guest" {
    lab_cut node1
    lab_wait 90 runs_alone node2
    lab_mend node1 2>/dev/null || true
    is "$(fenced)" node1
    [[ $(when "$LAB_DIR/power/log" node1) -lt $(when "$LAB_DIR/watch-vm1" node2) ]]
    engine node2 crm_resource --wait --timeout 60s
}

@test "the last two lose each other: neither has the quorum, the guest is stopped, nobody is fenced and nobody starts it" {
    lab_cut node3
    lab_wait 60 runs_nowhere
    sleep 5
    runs_nowhere
    is "$(fenced)" node1
    on_node node2 vm1 status
    exits 1
    agent_on_node3=$(lab_on node3 pgrep -c qemu-system || true)
    is "$agent_on_node3" 0
}

@test "together again they have it, and the guest runs" {
    lab_mend node3
    lab_wait 60 lab_online node2 node2 node3
    lab_wait 60 runs_alone node2
}
