#!/usr/bin/env bats
# Two whole nodes whose sshd, libvirtd, keys, network and svcmgr fail, one after the other: each has a name of its own, none makes a node start what the other may
# run, and a switch that was killed or cut off in its middle is ended by a person. The service is a network namespace: nothing has to boot. The tests build on each other.
# Seconds: 120

setup_file() {
    load common
    load nodes.sh
    lab_nodes node1 node2
    local node
    for node in node1 node2; do
        cat >"$(lab_root "$node")/etc/svcmgr/chain1.env" <<CONF
[default]
service_type = TST
nodes = node1 node2

[container#1]
type = netns
name = chain1
CONF
    done
}

setup() {
    load common
    load nodes.sh
}

runs_on() { lab_on "$1" ip netns list | grep -q '^chain1'; }
sshd_of() { lab_on "$1" cat /run/sshd.pid; }

# answer_is WORD [CODE]: what node1 says of node2's instance, in JSON; a start is refused for it, with 6 when node2 was not reached and 3 when it was.
answer_is() {
    on_node node1 chain1 mon --format json
    is "$(jq -r .services.chain1.instances.node2.answer <<<"$output")" "$1"
    on_node node1 chain1 start
    exits "${2:-6}"
    says 'whether node2 runs it is not known'
    ! runs_on node1 || fail 'node1 runs it'
}

@test "sshd of the other node is stopped: connected, and then silence" {
    local sshd
    sshd=$(sshd_of node2)
    lab_on node2 kill -STOP "$sshd"
    answer_is silent
    lab_on node2 kill -CONT "$sshd"
}

@test "sshd of the other node is killed: the machine is there, and refuses" {
    lab_on node2 kill -KILL "$(sshd_of node2)"
    answer_is refused
    says 'connection refused'
    lab_on node2 /usr/sbin/sshd -f "$(lab_node_directory node2)/sshd_config" -E "$(lab_node_directory node2)/sshd.log"
    lab_wait 10 lab_on node1 ssh -F none -o BatchMode=yes root@node2 true
}

@test "its packets are dropped: no answer" {
    lab_cut node2
    answer_is unreachable
    lab_mend node2
}

@test "it shows another key than the recorded one" {
    local known
    known=$(lab_root node1)/etc/svcmgr/known_hosts
    cp "$known" "$LAB_DIR/known"
    sed -i "/^node2 /d" "$known"
    answer_is key_unknown
    sed 's/^node1 /node2 /; /^node2 .*/!d' "$LAB_DIR/known" | head -n 1 >>"$known"
    answer_is key_changed
    says 'shows the ssh-ed25519 key'
    cp "$LAB_DIR/known" "$known"
}

@test "it accepts none of our keys" {
    local keys
    keys=$(lab_node_directory node2)/home/.ssh/authorized_keys
    : >"$keys"
    answer_is not_authorised
    cp "$LAB_DIR/nodes/keys" "$keys"
}

@test "it has no svcmgr, or one that answers in other words" {
    lab_on node2 mv /usr/local/bin/svcmgr /usr/local/bin/svcmgr.old
    answer_is without_svcmgr 3
    lab_on node2 bash -c 'printf "%s\n" "#!/bin/sh" "echo {\\\"schema\\\":\\\"svcmgr.peer/9\\\",\\\"version\\\":\\\"9.0\\\"}" >/usr/local/bin/svcmgr; chmod 755 /usr/local/bin/svcmgr'
    answer_is other_version 3
    says 'svcmgr 9.0'
    lab_on node2 mv /usr/local/bin/svcmgr.old /usr/local/bin/svcmgr
}

@test "its libvirtd is stopped: it says itself that it does not know" {
    local libvirtd node
    for node in node1 node2; do
        sed 's/^name = .*/name = vm9/; s/netns/kvm/' "$(lab_root "$node")/etc/svcmgr/chain1.env" >"$(lab_root "$node")/etc/svcmgr/vm9.env"
    done
    for node in node1 node2; do printf '\n[node]\npeer_timeout = 20s\n' >>"$(lab_root "$node")/etc/svcmgr/node.conf"; done
    libvirtd=$(lab_on node2 pgrep -o -x libvirtd)
    lab_on node2 kill -STOP "$libvirtd"
    on_node node1 vm9 print status
    says 'not known there: container#1'
    on_node node1 vm9 start
    exits 3
    says "it can't say whether it does (container#1)"
    lab_on node2 kill -CONT "$libvirtd"
    on_node node1 vm9 print status
    does_not_say 'not known there'
}

@test "svcmgr is killed in the middle of a switch: both nodes say which half is done, and recover ends it" {
    local node
    for node in node1 node2; do printf 'pre_start = /bin/sleep 3\n' >>"$(lab_root "$node")/etc/svcmgr/chain1.env"; done
    on_node node1 chain1 start
    exits 0
    # shellcheck disable=SC2016  # the node's shell replaces it
    lab_on node1 bash -c 'svcmgr -s chain1 switch --to node2 >/tmp/switch.log 2>&1 & echo $! >/tmp/switch.pid
        for _ in $(seq 100); do ! grep -q "start on node2: begun" /tmp/switch.log || break; sleep 0.1; done
        kill -KILL "$(cat /tmp/switch.pid)"'
    run ! runs_on node1
    on_node node1 chain1 print status
    says 'interrupted'
    says 'switch'
    on_node node1 chain1 recover --redo
    exits 0
    runs_on node2
    run ! runs_on node1
    on_node node1 chain1 print status
    does_not_say 'interrupted'
    says 'node2 up'
}

@test "the network is cut in the middle of a switch: nothing runs twice, and a start brings it up once the network is back" {
    # shellcheck disable=SC2016  # the node's shell replaces it
    lab_on node2 bash -c 'svcmgr -s chain1 switch --to node1 >/tmp/switch.log 2>&1; echo "$?" >/tmp/switch.code' 3>&- &
    local switch=$!
    lab_wait 20 lab_on node2 grep -q 'start on node1' /tmp/switch.log || lab_on node2 cat /tmp/switch.log
    lab_cut node1
    wait "$switch"
    [[ $(lab_on node2 cat /tmp/switch.code) -ne 0 ]] || fail "the switch says that it went well: $(lab_on node2 cat /tmp/switch.log)"
    run ! runs_on node2
    lab_mend node1
    on_node node2 chain1 start
    if runs_on node1; then
        exits 3
        says 'it runs on node1'
    else
        exits 0
        runs_on node2
    fi
}
