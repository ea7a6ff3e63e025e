#!/usr/bin/env bats
# Bad input and bad days: files that are not what they should be, full and read-only disks, wrong command lines. No guest boots here.
# Seconds: 25

setup_file() {
    load common
    begin_lab
    lab_guest vm188
    service vm188
    trust vm188
}

setup() { load common; }

teardown() {
    umount "$state" 2>/dev/null || true
    rm -rf "$configuration"/bad.env
}

# wrong_env TEXT: looking and acting both say where and what, and exit with 2.
wrong_env() {
    for words in 'print status' status start stop push diskupdate; do
        # shellcheck disable=SC2086
        on bad $words
        exits 2
        says "$configuration/bad.env"
        says "$1"
    done
    [[ ! -e $database ]] || is "$(sql "SELECT count(*) FROM action WHERE service = 'bad'")" 0
}

@test "an env file that is missing" {
    wrong_env 'there is no service bad'
}

@test "an env file that is a directory" {
    mkdir "$configuration/bad.env"
    wrong_env 'directory'
}

@test "an env file that can't be read" {
    skip 'root can read every file'
}

@test "an env file that is empty" {
    : >"$configuration/bad.env"
    wrong_env 'no section'
}

@test "an env file of 1 MB of noise" {
    # Noise that is the same every time.
    openssl enc -aes-128-ctr -nosalt -K 00 -iv 00 -in /dev/zero 2>/dev/null | head -c 1000000 >"$configuration/bad.env"
    for words in start push 'validate config'; do
        # shellcheck disable=SC2086
        on bad $words
        exits 2
        says 'bad.env:1:'
        is "$(LC_ALL=C grep -c $'[\x01-\x08\x0e-\x1f\x7f]' <<<"$output")" 0
    done
}

@test "what is said of 1 MB of noise can be read" {
    openssl enc -aes-128-ctr -nosalt -K 00 -iv 00 -in /dev/zero 2>/dev/null | head -c 1000000 >"$configuration/bad.env"
    on bad start
    [[ ${#lines[@]} -lt 200 ]] || fail "these are ${#lines[@]} lines"
}

@test "noise is no service: print status says so and exits with 2" {
    openssl enc -aes-128-ctr -nosalt -K 00 -iv 00 -in /dev/zero 2>/dev/null | head -c 1000000 >"$configuration/bad.env"
    on bad print status
    exits 2
}

@test "an env file with NUL bytes" {
    printf '[default]\nnodes = node109\0x\n\0\n[container#1]\ntype = kvm\n' >"$configuration/bad.env"
    on bad start
    exits 2
    says 'bad.env:2:'
    says 'control byte (0x00)'
}

@test "a service's name with / or .. reaches no file" {
    cp "$configuration/vm188.env" "$SVCMGR_ROOT/etc/evil.env"
    for name in ../evil a/b .. . /etc/passwd -x 'a b' $'a\nb' "$(printf 'x%.0s' {1..300})"; do
        run svcmgr "--service=$name" print status
        exits 2
        does_not_say 'overall'
        run svcmgr "--service=$name" start
        exits 2
    done
    run svcmgr node trust ../evil --yes
    exits 2
}

@test "what an env file says can't steer a terminal" {
    printf '[default]\nnodes = node109\n\x9b31m bad = \xc2\x9b31mx\n[container#1]\ntype = kvm\nname = \xc2\x9bx\x9by\n' >"$configuration/bad.env"
    for words in 'print status' start 'validate config'; do
        # shellcheck disable=SC2086
        svcmgr -s bad $words >"$BATS_TEST_TMPDIR/said" 2>&1 || true
        iconv -f UTF-8 -t UTF-32LE "$BATS_TEST_TMPDIR/said" >"$BATS_TEST_TMPDIR/letters" || fail "$words: bytes that are no UTF-8"
        ! od -An -v -t x4 -w4 "$BATS_TEST_TMPDIR/letters" | grep -qE '000000(8|9)[0-9a-f]' || fail "$words: C1 control characters"
    done
}

@test "a wrong value names file, line and column, and shows the line with a caret" {
    sed 's/^env = .*/env = PROD/' "$configuration/vm188.env" >"$configuration/bad.env"
    on bad start
    exits 2
    says 'bad.env:3:7: error:'
    says 'env = PROD ^'
    on bad print status
    says 'overall'
    on bad validate config
    exits 2
}

@test "an unknown keyword names the nearest known word" {
    sed 's/^orchestrate/orchestrat/' "$configuration/vm188.env" >"$configuration/bad.env"
    on bad validate config
    says "'orchestrat'"
    says "did you mean 'orchestrate'"
    json bad validate config
    is "$(query '.schema, .findings[0].line, .findings[0].suggestion' | paste -sd ' ')" 'svcmgr.findings/1 5 orchestrate'
}

@test "a container of an unknown type hides nothing else" {
    sed 's/^type = kvm/type = kwm/' "$configuration/vm188.env" >"$configuration/bad.env"
    on bad print status
    says 'overall'
    says 'kwm'
    on bad start
    exits 2
    says 'kvm'
}

@test "a wrong command line exits with 2 and names the nearest word" {
    run svcmgr -s vm188 strat
    exits 2
    says "did you mean 'start'?"
    run svcmgr -s vm188 start --forse
    exits 2
    says 'did you mean --force?'
    run svcmgr -s vm188 print status --waitlock 1
    exits 2
    run svcmgr -s vm188
    exits 2
    run svcmgr -s vm188 start --waitlock soon
    exits 2
}

@test "with --format json an error is JSON on stdout and text on stderr" {
    run --separate-stderr svcmgr -s nosuch start --format json
    exits 2
    is "$(query .schema)" svcmgr.error/1
    [[ ${stderr-} == *'there is no service nosuch'* ]]
}

@test "with several services the highest code wins and the summary says which had which" {
    : >"$configuration/bad.env"
    run svcmgr -s vm188,bad stop
    exits 2
    says 'bad 2'
    does_not_say 'vm188 0'
    run svcmgr -s vm188,bad print status
    exits 2
    says 'overall down'
}

@test "no space left for the journal: start is refused before the first change, status still works" {
    mount -t tmpfs -o size=16k,mode=700 tmpfs "$state"
    head -c 1000000 /dev/zero >"$state/fill" 2>/dev/null || true
    on vm188 start
    exits 3
    says "$state"
    says 'no room left'
    is "$(virsh domstate vm188)" 'shut off'
    agree vm188 1
}

@test "the disk fills up after the journal was made: start is refused, status still works" {
    mount -t tmpfs -o size=1m,mode=700 tmpfs "$state"
    on vm188 stop
    exits 0
    head -c 2000000 /dev/zero >"$state/fill" 2>/dev/null || true
    on vm188 start
    exits 3
    says '0 KiB are free'
    is "$(virsh domstate vm188)" 'shut off'
    agree vm188 1
    on vm188 print status
    does_not_say 'interrupted'
}

@test "a read-only state directory: start is refused, status works" {
    mount -t tmpfs -o size=1m,mode=700 tmpfs "$state"
    on vm188 stop
    exits 0
    mount -o remount,ro "$state"
    agree vm188 1
    on vm188 print status
    does_not_say 'is not known'
    on vm188 start
    exits 3
    says 'read-only'
    is "$(virsh domstate vm188)" 'shut off'
}

@test "a read-only state directory in which there never was a journal: status works" {
    mount -t tmpfs -o size=1m,mode=700,ro tmpfs "$state"
    agree vm188 1
    on vm188 start
    exits 3
    says 'read-only'
    is "$(virsh domstate vm188)" 'shut off'
}

@test "push and diskupdate on a full disk say so" {
    mount -t tmpfs -o size=16k,mode=700 tmpfs "$state"
    head -c 1000000 /dev/zero >"$state/fill" 2>/dev/null || true
    for action in push diskupdate; do
        on vm188 "$action"
        [[ $status -ne 0 ]] || fail 'it says that it was written'
        says 'no room left'
    done
}

@test "a broken database: status works and says so, start is refused" {
    mount -t tmpfs -o size=1m,mode=700 tmpfs "$state"
    head -c 20000 /dev/urandom >"$database"
    agree vm188 1
    on vm188 print status
    says "$database"
    on vm188 start
    [[ $status -eq 3 || $status -eq 1 ]] || fail 'it must not start'
    says "$database"
    is "$(virsh domstate vm188)" 'shut off'
}
