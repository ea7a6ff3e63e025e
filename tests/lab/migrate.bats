#!/usr/bin/env bats
# A guest that moves between two whole nodes while it runs and writes: a real QEMU, a disk that both see, and no way but ssh. The tests
# build on each other.
# Seconds: 60

state_on() { lab_on "$1" virsh domstate vm1 2>/dev/null | head -n 1; }
written() { lab_on "$1" lab_ssh vm1 cat /written; }
writes_on() { [[ $(written "$1" 2>/dev/null || echo 0) -gt $2 ]]; }
boot_of() { lab_on "$1" lab_ssh vm1 cat /proc/sys/kernel/random/boot_id; }

# A block device of this machine that both nodes see: libvirt moves no guest with a file of one node.
setup_file() {
    load common
    load nodes.sh
    lab_nodes node1 node2
    truncate -s 16M "$LAB_DIR/shared"
    losetup --show -f "$LAB_DIR/shared" >"$LAB_DIR/loop"
    lab_on node1 lab_guest vm1 --disk "$(cat "$LAB_DIR/loop")"
    lab_on node1 virsh dumpxml vm1 >"$LAB_DIR/vm1.xml"
    lab_on node2 virsh --quiet define "$LAB_DIR/vm1.xml"
    lab_node_env vm1 'node1 node2'
    lab_node_trust vm1
    # The machine may be busy.
    for name in node1 node2; do sed -i '1i [node]\npeer_timeout = 20s\n' "$(lab_root "$name")/etc/svcmgr/node.conf"; done
    on_node node1 vm1 start
    [[ $status -eq 0 ]] || { printf '%s\n' "$output" >&2 && return 1; }
    lab_on node1 lab_ssh vm1 'cat >/writer && chmod +x /writer' <"$BATS_TEST_DIRNAME/guest-writer"
    lab_on node1 lab_ssh vm1 '/writer >/dev/null 2>/dev/null </dev/null &'
    lab_wait 20 writes_on node1 20
    boot_of node1 >"$LAB_DIR/boot"
}

teardown_file() {
    load common
    load nodes.sh
    for name in node1 node2; do lab_on "$name" virsh destroy vm1 >/dev/null 2>&1 || true; done
    losetup -d "$(cat "$LAB_DIR/loop")"
}

setup() {
    load common
    load nodes.sh
}

# What the guest wrote is on the disk, number for number.
disk_is_whole() {
    local last=$1
    dd if="$LAB_DIR/shared" bs=9 skip=1 count="$last" iflag=fullblock 2>/dev/null | awk -v last="$last" '$1 + 0 != NR { exit 1 } END { if (NR != last) exit 1 }'
}

@test "the plan says what is checked and in which order it goes" {
    on_node node1 vm1 migrate --to node2 --dry-run
    exits 0
    says 'check node2 ok'
    says 'migrate to node2'
    says 'go on on node2'
    [[ $(state_on node1) == running ]]
}

@test "it moves while it writes, without a boot, and nothing it wrote is lost" {
    local before
    before=$(written node1)
    on_node node1 vm1 migrate --to node2 --reason 'the lab wants it'
    exits 0
    says 'it has left after'
    [[ $(state_on node1) == 'shut off' ]] || fail "on node1 it is $(state_on node1)"
    [[ $(state_on node2) == running ]] || fail "on node2 it is $(state_on node2)"
    lab_wait 20 writes_on node2 $((before + 20)) || fail 'it writes no more'
    disk_is_whole "$before" || fail 'the disk has not what it wrote before'
}

@test "both nodes keep its definition, and their status says where it is" {
    lab_on node1 test -e /etc/libvirt/qemu/vm1.xml
    lab_on node2 test -e /etc/libvirt/qemu/vm1.xml
    on_node node1 vm1 print status
    says 'node2 up'
    on_node node2 vm1 migrate --to node2
    exits 2
    says 'node2 is this node'
}

@test "a key that is limited to svcmgr peer brings no guest, unless the target says so" {
    lab_accept node1 node2
    lab_accept node2 node1
    exits 0
    for name in node1 node2; do sed -i '/^command=/!d' "$LAB_DIR/nodes/$name/home/.ssh/authorized_keys"; done
    on_node node2 vm1 migrate --to node1
    exits 3
    says 'live_migration'
    [[ $(state_on node2) == running ]]
    for name in node1 node2; do sed -i 's/^peer_timeout/live_migration = true\n&/' "$(lab_root "$name")/etc/svcmgr/node.conf"; done
}

@test "Ctrl-C leaves it running where it is" {
    lab_on node2 virsh --quiet migrate-setspeed vm1 1
    lab_on node2 svcmgr -s vm1 migrate --to node1 >"$LAB_DIR/interrupted" 2>&1 3>&- &
    local command=$!
    lab_wait 30 grep -q 'migrate to node1: begun' "$LAB_DIR/interrupted" || fail "$(cat "$LAB_DIR/interrupted")"
    lab_wait 20 lab_on node2 sh -c 'virsh domjobinfo vm1 | grep -q "Data remaining"' || fail 'it does not begin to move'
    lab_on node2 pkill -INT -x svcmgr
    local code=0
    wait "$command" || code=$?
    [[ $code -eq 130 ]] || fail "exit $code: $(cat "$LAB_DIR/interrupted")"
    [[ $(state_on node2) == running ]] || fail "on node2 it is $(state_on node2)"
    [[ $(state_on node1) == 'shut off' ]] || fail "on node1 it is $(state_on node1)"
}

@test "killed while it moves: the status says so, and recover --redo ends it on the target" {
    lab_on node2 svcmgr -s vm1 migrate --to node1 >"$LAB_DIR/killed" 2>&1 3>&- &
    local command=$!
    lab_wait 30 grep -q 'migrate to node1: begun' "$LAB_DIR/killed" || fail "$(cat "$LAB_DIR/killed")"
    lab_wait 20 lab_on node2 sh -c 'virsh domjobinfo vm1 | grep -q "Data remaining"' || fail 'it does not begin to move'
    lab_on node2 pkill -KILL -x svcmgr
    wait "$command" || true
    on_node node2 vm1 print status
    says 'migrate was interrupted at migrate to node1'
    lab_on node2 virsh --quiet migrate-setspeed vm1 1000
    on_node node2 vm1 recover --redo
    exits 0
    [[ $(state_on node1) == running ]] || fail "on node1 it is $(state_on node1)"
    [[ $(state_on node2) == 'shut off' ]] || fail "on node2 it is $(state_on node2)"
}

@test "back and forth it has never booted, and the disk has all that it wrote" {
    local last
    on_node node1 vm1 migrate --to node2
    exits 0
    on_node node2 vm1 migrate --to node1
    exits 0
    last=$(written node1)
    disk_is_whole "$last" || fail "the disk has not all of $last"
    [[ $(boot_of node1) == "$(<"$LAB_DIR/boot")" ]] || fail 'it has booted'
}

@test "moved by hand, past svcmgr: each node says where it runs, and none starts it again" {
    cp "$LAB_DIR/nodes/keys" "$(lab_node_directory node2)/home/.ssh/authorized_keys"
    lab_on node1 virsh --quiet migrate --live vm1 qemu+ssh://root@node2/system
    [[ $(state_on node2) == running ]]
    on_node node1 vm1 print status
    says 'container#1 .... down'
    says 'node2 up'
    on_node node1 vm1 start
    exits 3
    says 'it runs on node2'
    on_node node1 vm1 start --force
    exits 3
    [[ $(state_on node1) == 'shut off' ]] || fail "on node1 it is $(state_on node1)"
    on_node node2 vm1 print status
    says 'container#1 .... up'
}
