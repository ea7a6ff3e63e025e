# shellcheck shell=bash
# What the tests of this folder share. `load common` in setup; see lib.sh for guests and libvirtd.
#
#   begin_lab                    the first call of every setup_file
#   deadlines LOOK GUEST         how long a hypervisor, and a guest, may take to answer a look: 1s 3s
#   service NAME [LINE…]         writes NAME.env for the guest NAME on this node; each LINE goes to its container's section
#   slow_guest NAME              a guest and its service; its launchers take a moment, so that an action can be killed meanwhile
#   trust NAME                   records the guest's host key
#   svcmgr ARGUMENT…             the svcmgr under test, ended after two minutes at the latest
#   on NAME ARGUMENT…            run svcmgr -s NAME ARGUMENT…; sets $status and $output (stdout and stderr)
#   json NAME ARGUMENT…          the same with --format json; $output is stdout alone, and has to be JSON
#   query FILTER                 prints what jq's FILTER finds in $output
#   exits CODE                   $status must be CODE
#   says TEXT, does_not_say TEXT $output must contain TEXT, blanks and line ends aside (log lines are wrapped)
#   is ACTUAL EXPECTED
#   status_is NAME RID STATUS    what `print status` says of a resource; RID may be overall or avail
#   reason_is NAME RID TEXT      one of the resource's log lines contains TEXT
#   agree NAME CODE              printed status, JSON and exit code of `status` say the same; CODE is the latter
#   sql QUERY                    asks the journal and the inventory
#   journal NAME                 prints "ACTION STATE EXITCODE" of the newest action
#   steps_of_journal NAME        prints "RID VERB STATE" of its steps, without guards
#   background NAME ARGUMENT…    runs svcmgr -s NAME ARGUMENT… beside the test; sets $job
#   until_it_says TEXT           waits until the background run has said TEXT
#   finish                       waits for the end of the background run; sets $status and $output
#   kill_qemu NAME               ends the guest's process
#   put_files NAME DIRECTORY     adds DIRECTORY's files to what the guest NAME boots from
#   launcher PATH LINE…          writes a script

bats_require_minimum_version 1.5.0

# shellcheck source=lib.sh
source "$BATS_TEST_DIRNAME/lib.sh"

configuration=$SVCMGR_ROOT/etc/svcmgr
state=$SVCMGR_ROOT/var/lib/svcmgr
logs=$SVCMGR_ROOT/var/log/svcmgr
database=$state/svcmgr.db

# A busy machine must not make a test fail: only what a test is about gets a short deadline.
begin_lab() {
    printf '\n[node]\nlook_timeout = 10s\nguest_timeout = 15s\n' >>"$configuration/node.conf"
}

deadlines() { sed -i "s/^look_timeout = .*/look_timeout = $1/; s/^guest_timeout = .*/guest_timeout = $2/" "$configuration/node.conf"; }

service() {
    local name=$1
    shift
    {
        printf '[default]\napp = ERP\nenv = DEV\nnodes = %s\norchestrate = start\n\n' "$LAB_NODE"
        printf '[container#1]\nname = %s\ntype = kvm\n' "$name"
        [[ $# -eq 0 ]] || printf '%s\n' "$@"
        printf '\n[ip#1]\nipname = %s\nipdev = eth0\n\n[vmdg]\nscsireserv = false\n' "$name"
    } >"$configuration/$name.env"
}

slow_guest() {
    lab_guest "$1"
    service "$1" 'start_timeout = 90s' 'stop_timeout = 20s'
    trust "$1"
    launcher "$LAB_DIR/more/svc/etc/init.d/S05wait" 'sleep 1'
    put_files "$1" "$LAB_DIR/more"
}

trust() { svcmgr node trust "$1" --yes --key "$(lab_host_key "$1")" >/dev/null; }

svcmgr() { timeout --foreground 120 "$SVCMGR_BIN/svcmgr" "$@"; }

on() { run svcmgr -s "$@"; }

json() {
    run --separate-stderr svcmgr -s "$@" --format json
    jq empty <<<"$output" || fail "this is not JSON"
}

query() { jq -r "$1" <<<"$output"; }

fail() {
    printf '%s\n' "$*"
    printf '%s\n' "exit code ${status-}; output:" "${output-}" ${stderr:+"stderr:" "$stderr"} |
        LC_ALL=C tr -c '[:print:][:space:]' '?' | cut -c 1-300 | head -n 40
    return 1
}

exits() { [[ $status -eq $1 ]] || fail "the exit code must be $1 and is $status"; }

# Without line ends, and without the stem of the tree in front of wrapped lines.
flat() { sed -E 's/^(\|  |   )+ *//' <<<"$1" | tr -s '[:space:]' ' '; }

says() { [[ $(flat "$output") == *"$(flat "$1" | sed 's/ $//')"* ]] || fail "this is missing: $1"; }

does_not_say() { [[ $(flat "$output") != *"$(flat "$1" | sed 's/ $//')"* ]] || fail "this must not be said: $1"; }

is() { [[ $1 == "$2" ]] || fail "this is not '$2': '$1'"; }

status_is() {
    json "$1" print status
    local path=".resources.\"$2\".status"
    [[ $2 != overall && $2 != avail ]] || path=.$2
    local found
    found=$(query ".services.\"$1\"$path")
    output=$(reasons "$1") # what a failure shows
    is "$found" "$3"
}

reasons() { query ".services.\"$1\".resources | to_entries[] | .key as \$rid | .value | \"\(\$rid) \(.status): \(.log | map(.message) | join(\"; \"))\""; }

reason_is() {
    json "$1" print status
    output=$(reasons "$1")
    grep -F "$2 " <<<"$output" | grep -qF -- "$3" || fail "no log line of $2 says: $3"
}

agree() {
    local word
    local -A codes=([up]=0 [down]=1 [warn]=2 [n/a]=3 [undef]=5)
    on "$1" status
    exits "$2" || return
    word=$output
    is "${codes[$word]-}" "$2" || return
    on "$1" print status
    exits 0 || return
    is "$(awk '$1 == "overall" { print $2 }' <<<"$output")" "$word" || return
    json "$1" print status
    exits 0 || return
    is "$(query ".services.\"$1\".overall")" "$word"
}

sql() { sqlite3 -readonly -separator ' ' "$database" "$1"; }

journal() { sql "SELECT action, state, exit_code FROM action WHERE service = '$1' ORDER BY id DESC LIMIT 1"; }

steps_of_journal() {
    sql "SELECT trim(rid || ' ' || verb), state FROM step
         WHERE action = (SELECT max(id) FROM action WHERE service = '$1') AND verb NOT LIKE 'check%' ORDER BY n"
}

background() {
    job_output=$BATS_TEST_TMPDIR/background
    # 3 belongs to bats, which would wait for us. A shell without job control lets its background ignore SIGINT; env gives it back.
    env --default-signal=INT,QUIT "$SVCMGR_BIN/svcmgr" -s "$@" >"$job_output" 2>&1 3>&- &
    job=$!
}

has_said() { grep -qF -- "$1" "$job_output"; }

until_it_says() {
    lab_wait 60 has_said "$1" || { output=$(<"$job_output") && fail "this was not said within 60 s: $1"; }
}

job_ended() { ! kill -0 "$job" 2>/dev/null; }

finish() {
    if ! lab_wait 100 job_ended; then
        kill -9 "$job"
        output=$(<"$job_output")
        fail "it does not end" || return
    fi
    status=0
    wait "$job" || status=$?
    output=$(<"$job_output")
}

kill_qemu() {
    local pid
    pid=$(cat "/run/libvirt/qemu/$1.pid") && kill -9 "$pid"
}

put_files() {
    (cd "$2" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R +0:+0) >>"$LAB_DIR/guests/$1/initrd"
}

launcher() {
    mkdir -p "${1%/*}"
    printf '%s\n' '#!/bin/sh' "${@:2}" >"$1"
    chmod 755 "$1"
}
