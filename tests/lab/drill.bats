#!/usr/bin/env bats
# Two whole nodes of which one could not take over, for one reason after the other: the drill names what its libvirt, its network and its kernel lack, and leaves everything as it was.
# The guest never runs. The tests build on each other.
# Seconds: 60

setup_file() {
    load common
    load nodes.sh
    lab_nodes node1 node2
    lab_on node1 lab_guest vm1
    lab_node_env vm1 'node1 node2'
    lab_node_trust vm1
}

setup() {
    load common
    load nodes.sh
}

# define_there EXPRESSION: node2 has the guest's definition as sed changes it.
define_there() {
    sed -E "$1" "$LAB_DIR/guests/vm1/domain.xml" >"$LAB_DIR/there.xml"
    lab_on node2 virsh --quiet undefine vm1 2>/dev/null || true # it would have another uuid
    lab_on node2 virsh --quiet define "$LAB_DIR/there.xml"
}

# What a drill could have changed on node2.
digest_of_node2() {
    # shellcheck disable=SC2016  # the node's shell replaces it
    lab_on node2 bash -c 'find /etc/libvirt "$SVCMGR_ROOT" -type f ! -name "*.lock" -print0 | sort -z | xargs -0 sha256sum; virsh list --all --name --uuid; virsh net-list --all --name; ip -o link | cut -d: -f2 | cut -d@ -f1 | sort'
}

# drill_says CELLS CODE: what a drill on node1 says of both nodes.
drill_says() {
    on_node node1 vm1 drill
    exits "$2"
    says "vm1 $1"
}

@test "a node without the definition could not start it" {
    drill_says 'yes no' 1
    says 'vm1 on node2: container#1: vm1: '
    says 'there is no file to define it from'
}

@test "with the same definition both could" {
    define_there ''
    drill_says 'yes yes' 0
}

@test "a bridge that node2 does not have is named, until it is there" {
    define_there "s/bridge='br0'/bridge='br7'/"
    drill_says 'yes no' 1
    says 'vm1 on node2: container#1 bridge br7: this node has no bridge br7'
    lab_on node2 ip link add br7 type bridge
    drill_says 'yes yes' 0
    lab_on node2 ip link del br7
}

@test "a network that its libvirt does not know" {
    define_there "s/<interface type='bridge'><source bridge='br0'/<interface type='network'><source network='nowhere'/"
    drill_says 'yes no' 1
    says 'vm1 on node2: container#1 network nowhere: libvirt has no such network on this node'
}

@test "a processor that nobody has, and memory that nobody has" {
    define_there "s|<memory[^<]*</memory>|<memory unit='TiB'>64</memory>|"
    drill_says 'yes no' 1
    says 'vm1 on node2: container#1 memory: it needs 67108864 MiB'
    define_there "s|<cpu mode='maximum'/>|<cpu mode='custom' match='exact'><model>qemu64</model><feature policy='require' name='amx-tile'/></cpu>|"
    drill_says 'yes no' 1
    says "vm1 on node2: container#1 processor: this node's can't run it"
}

@test "a disk that is not there" {
    define_there 's|<source file=.[^/>]*/[^>]*/>|<source file="/nowhere/vm1.qcow2"/>|'
    drill_says 'yes no' 1
    says '/nowhere/vm1.qcow2'
}

@test "a frozen service, and an env file that differs" {
    define_there ''
    on_node node2 vm1 freeze
    drill_says 'yes no' 1
    says 'vm1 on node2: frozen: the service is frozen here'
    on_node node2 vm1 thaw
    echo '# by hand' | lab_on node2 tee -a "$(lab_root node2)/etc/svcmgr/vm1.env"
    drill_says 'yes no' 1
    says 'vm1 on node2: env file: it is another one than that of node1'
    lab_node_env vm1 'node1 node2'
    drill_says 'yes yes' 0
}

@test "nothing is changed on the node that is asked" {
    local before
    before=$(digest_of_node2)
    [[ $before == *vm1.xml* && $before == *br0* ]]
    drill_says 'yes yes' 0
    is "$(digest_of_node2)" "$before"
}

@test "a limited key may ask, and nothing else comes of options" {
    run lab_on node2 env SSH_ORIGINAL_COMMAND='svcmgr peer drill vm1' svcmgr peer
    exits 0
    is "$(jq -r .services.vm1.nodes.node2.answer <<<"$output")" possible
    run lab_on node2 env SSH_ORIGINAL_COMMAND='svcmgr peer -- drill --force vm1' svcmgr peer
    exits 2
}

@test "what was found is there when the node is not" {
    lab_kill_node node2
    on_node node1 vm1 print status --drill
    exits 0
    says '- node2 yes'
    drill_says 'no ?' 1
    says 'vm1 on node1: peer node2: whether node2 runs it is not known'
    on_node node1 vm1 print status --drill --format json
    is "$(jq -r .services.vm1.drill.nodes.node2.answer <<<"$output")" unknown
}
