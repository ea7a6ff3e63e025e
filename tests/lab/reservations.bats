#!/usr/bin/env bats
# Two nodes with real SCSI disks on one iSCSI target: svcmgr takes, loses and gives back real reservations.
# Seconds: 120

setup_file() {
    load common
    load shared-disks
    begin_lab
    start_target 2
    scsi_node node1 1 1 2
    scsi_node node2 1 1 2
    for name in node1 node2; do guest_runs "$name" no /dev/sda /dev/sdc; done
}

# bats waits for whoever holds its descriptors.
teardown_file() {
    load common
    load shared-disks
    stop_target
}

setup() {
    load common
    load shared-disks
}

@test "a node sees which paths are one disk, and reserves each of them on every path" {
    node node1 svcmgr -s svc1 prstatus
    exits 0
    says "sda sdb nobody nobody"
    node node1 svcmgr -s svc1 prstart
    exits 0
    node node1 svcmgr -s svc1 prstatus --format json
    jq -e '[.resources[0].disks[].state] == ["ours", "ours"]' <<<"$output"
    jq -e '[.resources[0].disks[].paths | length] | sort == [1, 2]' <<<"$output"
    jq -e '[.resources[0].disks[] | .keys[0].registrations >= (.paths | length)] | all' <<<"$output"
    node node1 "grep prkey /etc/svcmgr/node.conf"
    exits 0
    write_disk node1 /dev/sda
    exits 0
    write_disk node2 /dev/sda
    [[ $status -ne 0 ]] || fail "node2 may write"
}

@test "the other node is refused, says whose the disks are, and leaves no key behind" {
    guest_runs node1 yes /dev/sda /dev/sdc
    node node2 svcmgr -s svc1 prstart
    exits 3
    says "is reserved by node1"
    says "node1 says that container#1 is up there"
    node node1 svcmgr -s svc1 prstatus --format json
    jq -e '[.resources[0].disks[].keys[].node] | unique == ["node1"]' <<<"$output"
}

@test "--force takes them; the first node is fenced, may write no more, and says so" {
    # tgt knows no PREEMPT AND ABORT: that is said, with the keyword that helps, and nothing is taken.
    node node2 svcmgr -s svc1 prstart --force
    exits 1
    says "set no_preempt_abort = true"
    write_disk node1 /dev/sda
    exits 0
    for name in node1 node2; do lab_ssh "$name" "echo no_preempt_abort = true >>/etc/svcmgr/svc1.env"; done
    node node2 svcmgr -s svc1 prstart --force
    exits 0
    says "take its disks from node1"
    write_disk node1 /dev/sda
    [[ $status -ne 0 ]] || fail "node1 may still write"
    write_disk node2 /dev/sdc
    exits 0
    node node1 svcmgr -s svc1 print status
    says "fenced: node2"
    node node1 svcmgr -s svc1 prstart
    exits 3
    node node1 svcmgr -s svc1 status --heal
    says "fenced_action = none"
}

@test "what runs keeps its disks; once it is stopped they are given up" {
    guest_runs node2 yes /dev/sda /dev/sdc
    node node2 svcmgr -s svc1 prstop
    exits 1
    says "its disks stay reserved"
    guest_runs node2 no /dev/sda /dev/sdc
    node node2 svcmgr -s svc1 scsirelease
    exits 0
    node node2 svcmgr -s svc1 prstatus
    says "sda sdb nobody nobody"
    write_disk node1 /dev/sda
    exits 0
}

@test "a peer that says that the guest is down loses the disks without --force" {
    guest_runs node1 no /dev/sda /dev/sdc
    node node1 svcmgr -s svc1 prstart
    exits 0
    node node2 svcmgr -s svc1 prstart
    exits 0
    node node2 svcmgr -s svc1 prstatus --format json
    jq -e '[.resources[0].disks[].state] == ["ours", "ours"]' <<<"$output"
    node node2 svcmgr -s svc1 prstop
    exits 0
}

@test "both at once, three times: one has both disks, the other none" {
    for ((i = 0; i < 3; i++)); do
        ssh -o BatchMode=yes node1 svcmgr -s svc1 prstart >"$BATS_TEST_TMPDIR/one" 2>&1 &
        one=$!
        ssh -o BatchMode=yes node2 svcmgr -s svc1 prstart >"$BATS_TEST_TMPDIR/two" 2>&1 &
        two=$!
        first=0 second=0
        wait "$one" || first=$?
        wait "$two" || second=$?
        node node1 svcmgr -s svc1 prstatus --format json
        states=$(jq -r '[.resources[0].disks[] | .holder_node] | unique | join(" ")' <<<"$output")
        [[ $states == node1 || $states == node2 ]] || fail "the disks are held by '$states' ($first, $second)"
        node "$states" svcmgr -s svc1 prstop
        exits 0
    done
}

@test "a target that forgot is told again while the guest runs, and nobody is robbed" {
    node node1 svcmgr -s svc1 prstart
    exits 0
    guest_runs node1 yes /dev/sda /dev/sdc
    stop_target
    start_target 2
    node node1 svcmgr -s svc1 print status
    says "lost: nobody holds"
    node node1 svcmgr -s svc1 status --heal
    node node1 svcmgr -s svc1 prstatus --format json
    jq -e '[.resources[0].disks[].state] == ["ours", "ours"]' <<<"$output"
}
