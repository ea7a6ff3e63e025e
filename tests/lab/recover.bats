#!/usr/bin/env bats
# After kill -9 in the middle of an action on a real guest: `recover` says what each way on would do, `--undo` reverses what was done,
# `--redo` completes it; and the journal, explain and the log files tell it.
# Seconds: 60

setup_file() {
    load common
    begin_lab
    slow_guest vm188
}

teardown_file() { virsh --quiet destroy vm188 2>/dev/null || true; }

setup() { load common; }

teardown() { [[ -z ${job-} ]] || kill -9 "$job" 2>/dev/null || true; }

# killed ACTION STEP
killed() {
    background vm188 "$1"
    until_it_says "$2: begun"
    kill -9 "$job"
    finish || true
    is "$status" 137
}

nothing_is_interrupted() {
    on vm188 recover
    exits 0
    says 'vm188: no action was interrupted'
    is "$(sql "SELECT count(*) FROM action WHERE state = 'running'")" 0
}

@test "a start that was killed is undone" {
    on vm188 explain
    exits 0
    says 'vm188 is down on'
    says 'start can be done now'
    killed start 'app start'
    is "$(virsh domstate vm188)" running
    on vm188 explain stop
    exits 0
    says 'both ways on: svcmgr -s vm188 recover'
    json vm188 recover
    exits 0
    is "$(query .interrupted.action)" start
    is "$(query '[.undo.steps[] | select(.guard | not) | "\(.rid) \(.verb)"] | join(", ")')" 'app stop, container#1 undo start'
    on vm188 recover --undo
    exits 0
    is "$(virsh domstate vm188)" 'shut off'
    is "$(journal vm188)" 'undo start done 0'
    nothing_is_interrupted
}

@test "a start that was killed is completed, although its undoing was killed meanwhile" {
    killed start 'container#1 wait operational'
    background vm188 recover --undo
    until_it_says 'container#1 undo start: begun'
    kill -9 "$job"
    finish || true
    json vm188 recover
    is "$(query .interrupted.action)" start
    on vm188 recover --redo
    exits 0
    agree vm188 0
    nothing_is_interrupted
}

@test "a stop that was killed is completed, and can't be undone" {
    killed stop 'container#1 stop'
    on vm188 recover --undo
    exits 3
    says 'nothing undoes app stop, container#1 stop'
    on vm188 recover --redo
    exits 0
    is "$(virsh domstate vm188)" 'shut off'
    nothing_is_interrupted
}

@test "the journal tells who did what, by short sids, and draws it" {
    run svcmgr print actions --limit 100
    exits 0
    says 'undo start'
    says interrupted
    local sid
    sid=$(sql "SELECT substr(sid, -8) FROM action WHERE action = 'undo start' AND state = 'done' LIMIT 1")
    run svcmgr print action "$sid"
    exits 0
    says 'vm188 undo start: done, exit code 0'
    says 'svcmgr -s vm188 recover --undo'
    run svcmgr print timeline "$sid" --format svg
    exits 0
    if command -v xmllint >/dev/null; then xmllint --noout - <<<"$output"; fi
    says 'container#1 undo start'
}

@test "who follows the log sees what is done, also after it was put aside, until a signal" {
    printf '\n[journal]\nlog_max_size = 1k\n' >>"$configuration/node.conf"
    background vm188 logs --follow --lines 1
    on vm188 start
    exits 0
    on vm188 stop
    exits 0
    until_it_says 'stop: done in'
    [[ -e $logs/vm188.log.1 ]] || fail "the log was not put aside"
    kill -INT "$job"
    finish
    exits 130
    is "$(grep -c 'vm188 - INFO - start: begun' <<<"$output")" 1
    is "$(sort <<<"$output" | uniq -d | wc -l)" 0
}
