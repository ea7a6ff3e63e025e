#!/usr/bin/env bats
# What becomes of an action that is held up: by the service's lock, a signal, a guest that dies, a launcher that fails.
# Seconds: 75

setup_file() {
    load common
    begin_lab
    # This one never takes a command: a start waits for as long as a test likes.
    lab_guest mute --no-ssh --deaf
    service mute 'start_timeout = 90s' 'stop_timeout = 2s'
    trust mute
    # The second launcher of this one fails.
    lab_guest sick
    launcher "$LAB_DIR/sick/svc/etc/init.d/S20database" 'echo no database; exit 7'
    put_files sick "$LAB_DIR/sick"
    service sick 'start_timeout = 90s' 'stop_timeout = 20s'
    trust sick
}

teardown_file() {
    local name
    for name in mute sick; do virsh --quiet destroy "$name" 2>/dev/null || true; done
}

setup() { load common; }

teardown() {
    [[ -z ${job-} ]] || kill -9 "$job" 2>/dev/null || true
    virsh --quiet destroy mute 2>/dev/null || true
}

# stopped_by SIGNAL CODE STEP: a start that is stopped while STEP runs is undone and says so.
stopped_by() {
    background mute start
    until_it_says "$3: begun"
    kill "-$1" "$job"
    finish
    exits "$2"
    says 'what it had done is undone'
    is "$(virsh domstate mute)" 'shut off'
    is "$(journal mute)" "start undone $2"
    is "$(steps_of_journal mute | head -n 1)" 'container#1 start undone'
    json mute print status
    is "$(query .services.mute.interrupted)" null
}

@test "SIGINT in the middle of a start: undone, journalled, 130" {
    stopped_by INT 130 'wait ping'
}

@test "SIGTERM in the middle of a start: undone, journalled, 143" {
    stopped_by TERM 143 'wait ping'
}

@test "SIGHUP at the first step of a start: undone, journalled, 129" {
    stopped_by HUP 129 'container#1 start'
}

@test "a guest that dies while it is waited for cuts the waiting short" {
    background mute start
    until_it_says 'wait ping: begun'
    kill_qemu mute
    lab_wait 30 job_ended || fail 'it waits on'
    finish
    exits 1
    says 'mute went down (shut off'
    says 'while waiting for mute to answer ping'
    is "$(virsh domstate mute)" 'shut off'
}

@test "a start that takes longer than start_timeout fails at its deadline and is undone" {
    service mute 'start_timeout = 3s' 'stop_timeout = 1s'
    on mute start
    exits 1
    says 'mute'
    says '3 s'
    is "$(virsh domstate mute)" 'shut off'
    is "$(journal mute)" 'start undone 1'
    service mute 'start_timeout = 90s' 'stop_timeout = 2s'
}

@test "a second action waits for the lock; --waitlock 1 gives up and says who holds it, with what and since when" {
    background mute start --reason 'the first'
    until_it_says 'container#1 start: done'
    on mute stop --waitlock 1
    exits 4
    says 'another action holds the lock of mute: start by'
    says "(pid $job) since $(date -u +%Y-%m-%dT)"
    on mute stop --waitlock 0
    exits 4
    # Looking needs no lock, and what runs is not interrupted.
    json mute print status
    exits 0
    is "$(query .services.mute.interrupted)" null
    on mute start --dry-run
    exits 0
    kill -INT "$job"
    on mute stop # has waited
    exits 0
    finish
    exits 130
    is "$(sql "SELECT count(*) FROM action WHERE reason = 'the first'")" 1
}

@test "the lock of one that was killed is free" {
    background mute start
    until_it_says 'container#1 start: done'
    kill -9 "$job"
    finish || true
    on mute stop --waitlock 5
    # Nothing in it could be asked to stop; the guest is down all the same.
    says 'taking its power away'
    is "$(virsh domstate mute)" 'shut off'
}

@test "a launcher that fails fails the start, which undoes what it did: the guest is down again" {
    on sick start
    exits 1
    says '/svc/etc/init.d/S20database start'
    says "$logs/sick.S20database.log"
    is "$(<"$logs/sick.S20database.log")" 'no database'
    is "$(virsh domstate --reason sick)" 'shut off (shutdown)'
    is "$(journal sick)" 'start undone 1'
    is "$(steps_of_journal sick | sed -n '1p;5p' | paste -sd,)" 'container#1 start undone,app start undone'
    says 'K10web stop done'
    agree sick 1
}

@test "--disable-rollback leaves what was done, and says so" {
    json sick start --disable-rollback
    exits 5
    is "$(query '.schema, .state, .exit_code' | paste -sd ' ')" 'svcmgr.outcome/1 left_behind 5'
    is "$(query '.left | length > 0')" true
    is "$(virsh domstate sick)" running
    is "$(journal sick)" 'start left_behind 5'
    lab_ssh sick wget -q -O /dev/null http://127.0.0.1/
}

@test "start again, once the launcher is mended, completes what was left" {
    lab_ssh sick 'rm /svc/etc/init.d/S20database; /svc/etc/init.d/K10web stop'
    on sick start
    exits 0
    is "$(journal sick)" 'start done 0'
    is "$(steps_of_journal sick)" 'app start done'
    agree sick 0
}

@test "restart stops and starts" {
    on sick restart --dry-run
    exits 0
    says 'sick stop'
    says 'sick start'
}

@test "stop while the disk is full stops the guest all the same, or says why not before it begins" {
    # A stop that is refused leaves a guest running that should not; one that is done leaves no record. Refused is what design.md 11 has.
    umount "$state" 2>/dev/null || true
    mount -t tmpfs -o size=16k,mode=700 tmpfs "$state"
    head -c 1000000 /dev/zero >"$state/fill" 2>/dev/null || true
    on sick stop
    umount "$state"
    exits 3
    says 'no room left'
    is "$(virsh domstate sick)" running
}

@test "stop of the mended one asks it to shut down" {
    on sick stop
    exits 0
    is "$(virsh domstate --reason sick)" 'shut off (shutdown)'
}
