#!/usr/bin/env bats
# A service that moves between two whole nodes over ssh, also with a key that may do nothing but that. The tests build on each other.
# Seconds: 180

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

runs_on() { [[ $(lab_on "$1" virsh domstate vm1) == running ]]; }

own_key() { printf '%s/etc/svcmgr/id_ed25519' "$(lab_root "$1")"; }

ssh_to() {
    local from=$1 to=$2
    shift 2
    run lab_on "$from" ssh -F none -o BatchMode=yes -o IdentitiesOnly=yes -i "$(own_key "$from")" "root@$to" "$@"
}

@test "node trust --peer makes a key and lets the peer accept it, once" {
    lab_accept node1 node2
    exits 0
    says 'accepted for svcmgr peer, and nothing else'
    lab_accept node1 node2
    exits 0
    says 'node2 accepts it already'
    lab_accept node2 node1
    exits 0
}

@test "the holder of that key can ask, and gets no shell, no terminal and no other command" {
    ssh_to node1 node2 svcmgr peer status vm1
    exits 0
    says '"schema":"svcmgr.peer/1"'
    for command in id 'svcmgr -s vm1 delete' 'sh -c id'; do
        ssh_to node1 node2 "$command"
        exits 3
        does_not_say 'uid='
    done
    ssh_to node1 node2 'svcmgr peer status vm1; id'
    does_not_say 'uid='
    ssh_to node1 node2 svcmgr peer act vm1 delete
    exits 3
    ssh_to node1 node2
    [[ $status -ne 0 ]] || fail 'there is a shell'
}

@test "from here on root may not log in any more: peers ask with that key alone" {
    for name in node1 node2; do
        sed -i '/^command=/!d' "$LAB_DIR/nodes/$name/home/.ssh/authorized_keys"
    done
    run lab_on node1 ssh -F none -o BatchMode=yes root@node2 id
    [[ $status -ne 0 ]] || fail 'root may log in'
    on_node node1 vm1 start
    exits 0
    on_node node2 vm1 print status
    says 'node1 up'
    on_node node2 vm1 mon
    says 'vm1 up O^ X'
}

@test "switch: stopped here, started there" {
    on_node node1 vm1 switch --to node2 --reason 'the lab wants it'
    exits 0
    says 'start on node2'
    runs_on node2
    run ! runs_on node1
    on_node node1 vm1 print status
    says 'node2 up'
}

@test "takeover fetches it back; giveback has nothing to give then" {
    on_node node1 vm1 takeover
    exits 0
    says 'node2: '
    runs_on node1
    run ! runs_on node2
    on_node node1 vm1 giveback
    exits 0
    says 'nothing to give back'
}

@test "a target that can't start it is found out before anything is stopped" {
    lab_on node2 virsh --quiet undefine vm1
    on_node node1 vm1 switch --to node2
    exits 3
    says 'node2 would not take it'
    runs_on node1
    lab_on node2 virsh --quiet define "$LAB_DIR/guests/vm1/domain.xml"
}

@test "an action on the other node, and its exit code" {
    on_node node2 vm1 stop --node node1
    exits 0
    run ! runs_on node1
    on_node node2 vm1 freeze --node node1
    exits 0
    on_node node2 vm1 start --node node1
    exits 3
    says 'node1: svcmgr: vm1: the service is frozen here'
    on_node node2 vm1 thaw --node node1
    exits 0
}

@test "a node that is cut off: nothing is started that it may run, unless somebody takes the risk" {
    lab_cut node1
    on_node node2 vm1 start
    exits 6
    says 'whether node1 runs it is not known'
    on_node node2 vm1 start --force --reason 'node1 is off'
    exits 0
    says 'taken for this reason: node1 is off'
    on_node node2 vm1 mon
    says 'vm1 up ?^ O'
    lab_mend node1
    on_node node1 vm1 start
    exits 3
    says 'it runs on node2'
    on_node node2 vm1 stop
    exits 0
}
