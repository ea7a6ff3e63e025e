#!/usr/bin/env bats
# kill -9 at each step of a start: the next status says what is true and what was interrupted, the next start or stop completes it.
# The guest is made from a replicated definition that libvirt does not know.
# Seconds: 120

setup_file() {
    load common
    begin_lab
    slow_guest vm188
}

teardown_file() { virsh --quiet destroy vm188 2>/dev/null || true; }

setup() { load common; }

teardown() { [[ -z ${job-} ]] || kill -9 "$job" 2>/dev/null || true; }

# from STATE: brings the service there first, whatever the test before left.
from() {
    if [[ $1 == up ]]; then
        [[ $(virsh domstate vm188 2>/dev/null) == running ]] && lab_wait_ssh vm188 && svcmgr -s vm188 startapp && return
        svcmgr -s vm188 start
    else
        [[ $(virsh domstate vm188 2>/dev/null) != running ]] || virsh --quiet destroy vm188
    fi
}

# killed ACTION STEP [NEXT_STEP]: ACTION is killed while STEP runs, which may take so little time that NEXT_STEP has begun. Then print
# status shows that, and what the guest really does.
killed() {
    local step state before
    background vm188 "$1"
    until_it_says "$2: begun"
    kill -9 "$job"
    finish || true
    is "$status" 137
    before=$(virsh domstate vm188 2>/dev/null) || true  # libvirt may not have heard of it yet
    json vm188 print status
    exits 0
    is "$(query .services.vm188.interrupted.action)" "$1"
    step=$(query .services.vm188.interrupted.step)
    [[ $step == "$2" || $step == "${3-$2}" ]] || fail "it was interrupted at $2, and not at $step"
    is "$(query .services.vm188.interrupted.sid)" "$(sql 'SELECT sid FROM action ORDER BY id DESC LIMIT 1')"
    state=$(query '.services.vm188.resources."container#1".status')
    # libvirt may still be at it; what was true before and after the look has to be shown.
    case $before,$(virsh domstate vm188 2>/dev/null) in
        running,running) is "$state" up ;;
        'shut off,shut off') is "$state" down ;;
    esac
    on vm188 print status
    says "$1 was interrupted at $step; it began"
}

# completed ACTION: it succeeds, and nothing is said to be interrupted any more.
completed() {
    on vm188 "$1"
    exits 0
    is "$(journal vm188)" "$1 done 0"
    json vm188 print status
    is "$(query .services.vm188.interrupted)" null
    is "$(sql "SELECT count(*) FROM action WHERE state = 'running'")" 0
    if [[ $1 == start ]]; then
        is "$(query .services.vm188.overall)" up
        is "$(query '.services.vm188.resources | map_values(.status) | to_entries | map("\(.key) \(.value)") | join(", ")')" \
            'ip#1 up, vmdg n/a, container#1 up, app up'
    else
        is "$(query .services.vm188.overall)" down
        is "$(virsh domstate vm188)" 'shut off'
    fi
}

@test "killed while the guest is started; a start completes it, from a definition that libvirt did not know" {
    cp /etc/libvirt/qemu/vm188.xml "$LAB_DIR/replicated.xml"
    virsh --quiet undefine vm188
    cp "$LAB_DIR/replicated.xml" /etc/libvirt/qemu/vm188.xml
    run virsh domstate vm188
    [[ $status -ne 0 ]]
    agree vm188 1
    on vm188 diskupdate
    exits 0
    says "$LAB_IMAGES/vm188-1.qcow2"
    killed start 'container#1 start' 'container#1 wait up'
    completed start
}

@test "killed while the launchers are stopped; a stop completes it" {
    from up
    killed stop 'app stop' 'container#1 stop'
    completed stop
}

@test "killed while the hypervisor is waited for; a stop completes it" {
    from down
    killed start 'container#1 wait up' 'container#1 wait ping'
    # One that still boots has launchers that can't be reached, and its stop ends with 6 (scenario crash-start-then-stop).
    lab_wait_ssh vm188
    completed stop
}

@test "killed while a ping is waited for; a start completes it" {
    from down
    killed start 'container#1 wait ping'
    completed start
}

@test "killed while a ping is waited for; a start at once waits for what still boots" {
    from down
    background vm188 start
    until_it_says 'container#1 wait ping: begun'
    kill -9 "$job"
    finish || true
    completed start
}

@test "killed while the guest is stopped; a stop completes it" {
    from up
    killed stop 'container#1 stop'
    completed stop
}

@test "killed while a command is waited for; a start completes it" {
    from down
    killed start 'container#1 wait operational'
    completed start
}

@test "killed while the launchers are started; a start completes it" {
    from up
    svcmgr -s vm188 stopapp
    killed start 'app start'
    completed start
}

# started_with DESCRIPTORS
started_with() {
    # With fewer than 6 the loader finds no libraries, and says so with 127.
    run bash -c 'ulimit -n "$1" && exec timeout --foreground 120 "$SVCMGR_BIN/svcmgr" -s vm188 start' - "$1"
    [[ $status -eq 0 ]]
}

@test "with too few descriptors a start fails with a word, and leaves nothing that runs" {
    from down
    local descriptors
    for descriptors in 6 8 10 11 12 13 14 15 16 17 18 20 24 32 40 48 52 56 60 64 128; do
        ! started_with "$descriptors" || break
        [[ $status -ne 124 && $status -lt 128 ]] || fail "with $descriptors descriptors it died or hung"
        [[ -n $output ]] || fail "with $descriptors descriptors nothing was said"
        [[ $(virsh domstate vm188 2>/dev/null) != running ]] || fail "with $descriptors descriptors the guest runs"
    done
    is "$status" 0
    is "$(virsh domstate vm188)" running
}

@test "the journal has every interrupted action, closed by the one that completed it" {
    is "$(sql "SELECT count(*) FROM action WHERE closed_by <> '' AND closed_by NOT IN (SELECT sid FROM action WHERE state = 'done')")" 0
    is "$(sql "SELECT count(*) FROM action WHERE state = 'interrupted' AND closed_by = ''")" 0
}
