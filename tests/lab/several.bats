#!/usr/bin/env bats
# One command about two services with real guests: side by side (--jobs 0, since a machine under pressure starts one after the other),
# a parent first, and a signal for both.
# Seconds: 45

setup_file() {
    load common
    begin_lab
    local name
    for name in db web; do
        lab_guest "$name"
        service "$name" 'start_timeout = 90s' 'stop_timeout = 20s'
        trust "$name"
    done
}

teardown_file() {
    local name
    for name in db web; do virsh --quiet destroy "$name" 2>/dev/null || true; done
}

setup() { load common; }

teardown() { [[ -z ${job-} ]] || kill -9 "$job" 2>/dev/null || true; }

# line_of TEXT: the number of the first line that says it.
line_of() { grep -nF -- "$1" <<<"$output" | head -n 1 | cut -d: -f1; }

@test "two services start at the same time, and stop at the same time" {
    on 'db,web' start --jobs 0
    exits 0
    # The second one begins before the first one has ended.
    [[ $(line_of 'db container#1 start: begun') -lt $(line_of 'web start: done') ]]
    [[ $(line_of 'web container#1 start: begun') -lt $(line_of 'db start: done') ]]
    is "$(virsh domstate db)" running
    is "$(virsh domstate web)" running
    agree db 0
    agree web 0
    on 'db,web' stop --jobs 0
    exits 0
    is "$(virsh domstate db)" 'shut off'
    is "$(virsh domstate web)" 'shut off'
}

@test "a child waits until its parent is up, and a signal undoes both" {
    on web set --kw parents=db
    exits 0
    on web start
    exits 3
    says 'db must be up, and it is down'
    background 'db,web' start
    until_it_says 'web container#1 wait ping: begun'
    kill -TERM "$job"
    finish
    exits 143
    [[ $(line_of 'db start: done') -lt $(line_of 'web start: begun') ]]
    is "$(virsh domstate db)" running
    is "$(virsh domstate web)" 'shut off'
    is "$(journal web)" 'start undone 143'
    on db stop
    exits 0
}

@test "SIGINT while both start: both are undone, and journalled" {
    on web unset --kw parents
    background 'db,web' start --jobs 0
    until_it_says 'db container#1 wait ping: begun'
    until_it_says 'web container#1 wait ping: begun'
    kill -INT "$job"
    finish
    exits 130
    is "$(virsh domstate db)" 'shut off'
    is "$(virsh domstate web)" 'shut off'
    is "$(journal db)" 'start undone 130'
    is "$(journal web)" 'start undone 130'
}
