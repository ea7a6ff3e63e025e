#!/usr/bin/env bats
# A guest that moves while it runs and writes to a reserved SCSI disk: two nodes with libvirtd, QEMU and real reservations on one iSCSI target, and a third
# that tries to write all the time, which no moment must let it. The tests build on each other.
# Seconds: 260

# Everything in the nodes is emulated, and their guest twice.
node_seconds=240
# The stranger writes here, behind all that the guest reaches.
strangers_block=4000

setup_file() {
    load common
    load shared-disks
    begin_lab
    make_writer
    start_target 1
    libvirt_node node1 1
    libvirt_node node2 1
    scsi_node stranger 1
    writer_xml /dev/sda >"$LAB_DIR/vm188.xml"
    local name
    for name in node1 node2; do
        lab_ssh "$name" 'cat >/root/vm188.xml && virsh --quiet define /root/vm188.xml &&
            sed -i "s/^nodes = .*/nodes = node1 node2/" /etc/svcmgr/svc1.env && echo no_preempt_abort = true >>/etc/svcmgr/svc1.env' <"$LAB_DIR/vm188.xml"
        # It has no network: whoever pings its name is answered by the node itself, which a start takes for a stranger unless it is forced.
        lab_ssh "$name" 'echo 127.0.0.1 vm188 >>/etc/hosts'
    done
}

teardown_file() {
    load common
    load shared-disks
    stop_target
}

setup() {
    load common
    load shared-disks
}


nothing_is_lost() {
    local whole last
    read -r whole last <<<"$(written)"
    [[ $whole -eq $last && $last -gt ${1:-0} ]] || fail "of $last sectors the first $whole are whole"
}

# The stranger tries as often as it can; what it wrote, and how often it tried, is told by stranger_ends.
stranger_begins() {
    lab_ssh stranger "rm -f /stop; (tries=0; while [ ! -e /stop ]; do tries=\$((tries + 1)); dd if=/dev/zero of=/dev/sda bs=4096 seek=$strangers_block count=1 oflag=direct 2>/dev/null && echo \$tries >>/wrote; echo \$tries >/tries; usleep 50000; done; touch /stopped) >/dev/null 2>&1 </dev/null &"
}
stranger_ends() {
    lab_ssh stranger 'touch /stop; i=0; until [ -e /stopped ] || [ $i -gt 100 ]; do i=$((i + 1)); sleep 0.1; done; rm -f /stopped; cat /wrote 2>/dev/null; rm -f /wrote'
}

@test "started with svcmgr it writes, on a disk that node1 holds and the stranger may not write to" {
    node node1 svcmgr -s svc1 start --force --reason lab
    exits 0
    lab_wait 120 writes_beyond 20 || fail "it wrote $(written)"
    write_disk stranger /dev/sda
    [[ $status -ne 0 ]] || fail 'the stranger may write'
}

@test "it moves with its disk: at no moment the stranger may write, and nothing that the guest wrote is lost" {
    local before
    before=$(written | cut -d' ' -f2)
    stranger_begins
    node node1 svcmgr -s svc1 migrate --to node2
    local moved=$status said=$output
    is "$(stranger_ends)" ''
    [[ $(lab_ssh stranger cat /tries) -gt 10 ]] || fail 'the stranger has hardly tried'
    status=$moved output=$said
    exits 0
    says 'share disks with node2: done'
    is "$(state_on node1)" 'shut off'
    is "$(state_on node2)" running
    lab_wait 120 writes_beyond $((before + 20)) || fail 'it writes no more'
    nothing_is_lost "$before"
    node node2 svcmgr -s svc1 prstatus --format json
    is "$(query '[.resources[0].disks[] | .holder_node] | unique | join(" ")')" node2
    is "$(query '[.resources[0].disks[].keys[].node] | unique | join(" ")')" node2
    write_disk node1 /dev/sda
    [[ $status -ne 0 ]] || fail 'node1 may still write'
}

@test "killed while it moves, the disk is held all the time, and recover brings it to one node" {
    local before
    before=$(written | cut -d' ' -f2)
    lab_ssh node2 virsh --quiet migrate-setspeed vm188 1
    stranger_begins
    ssh -o BatchMode=yes node2 svcmgr -s svc1 migrate --to node1 >"$BATS_TEST_TMPDIR/killed" 2>&1 3>&- &
    local command=$!
    lab_wait 120 grep -q 'migrate to node1: begun' "$BATS_TEST_TMPDIR/killed" || fail "$(cat "$BATS_TEST_TMPDIR/killed")"
    lab_ssh node2 'killall -9 svcmgr'
    wait "$command" || true
    lab_ssh node2 virsh --quiet migrate-setspeed vm188 1000
    node node2 svcmgr -s svc1 recover --redo
    local recovered=$status said=$output
    is "$(stranger_ends)" ''
    status=$recovered output=$said
    exits 0
    is "$(state_on node1)" running
    is "$(state_on node2)" 'shut off'
    lab_wait 120 writes_beyond $((before + 20)) || fail 'it writes no more'
    nothing_is_lost "$before"
    node node1 svcmgr -s svc1 prstatus --format json
    is "$(query '[.resources[0].disks[].keys[].node] | unique | join(" ")')" node1
    write_disk node2 /dev/sda
    [[ $status -ne 0 ]] || fail 'node2 may still write'
}
