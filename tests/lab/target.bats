#!/usr/bin/env bats
# Reservations on a real iSCSI target, from user space: what is proven on simulated disks holds there, and where tgt differs is known.
# Seconds: 15

setup_file() {
    load common
    load shared-disks
    begin_lab
    start_target 16
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
    [[ -x $SVCMGR_BIN/reservations-on-target ]] || skip "libiscsi-dev was missing when svcmgr was built (.ci/install test)"
}

@test "the cases of iscsi-test-cu: tgt differs in two, which are named" {
    run "$SVCMGR_BIN/reservations-on-target" cases "$target" PrinReadFullStatus ProutPreempt.AndAbort
    exits 0
    says "25 passed, 0 failed"
}

@test "300 races of two nodes for three disks: one has all of them, the other none" {
    run "$SVCMGR_BIN/reservations-on-target" races "$target" 300
    exits 0
    says "one winner each"
}

@test "50 hand-overs: both ends write while the guest moves, a third node never does" {
    run "$SVCMGR_BIN/reservations-on-target" handover "$target" 50
    exits 0
    says "50 moves"
}

@test "16 disks with 4 paths are taken and given up" {
    run "$SVCMGR_BIN/reservations-on-target" speed "$target" 1
    exits 0
    printf '# %s\n' "${lines[@]}" >&3
}
