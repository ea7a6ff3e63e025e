#!/usr/bin/env bats
# What a look at many services asks and reads: 24 guests of libvirt, 20 containers of docker and 4 of LXC, all down; counted, not timed.
# Seconds: 45

setup_file() {
    load common
    begin_lab
    # shellcheck source-path=SCRIPTDIR source=containers.sh
    source "$BATS_TEST_DIRNAME/containers.sh"
    # shellcheck source-path=SCRIPTDIR source=../bench/services.bash
    source "$BATS_TEST_DIRNAME/../bench/services.bash"
    kvm_services 24 >/dev/null 2>&1 3>&- 4>&-
    lab_start_dockerd --live-restore >/dev/null 2>&1 3>&- 4>&-
    docker_services 20
    lxc_services 4
    svcmgr status --heal >/dev/null 2>&1 || true
}

teardown_file() {
    load common
    lab_stop_dockerd
}

setup() {
    load common
    # shellcheck source-path=SCRIPTDIR source=questions.sh
    source "$BATS_TEST_DIRNAME/questions.sh"
}

teardown() { lab_thaw_libvirtd 2>/dev/null || true; }

# calls SYSCALLS COMMAND…: those that it makes, a line each.
calls() {
    local trace=$BATS_TEST_TMPDIR/trace
    strace -f -qq -e trace="$1" -o "$trace" "${@:2}" >"$BATS_TEST_TMPDIR/said" 2>&1 </dev/null || true
    cat "$trace"
}

at_most_three() {
    local questions
    questions=$("$1" "$SVCMGR_BIN/svcmgr" print status)
    printf '%s\n' "$questions"
    [[ -n $questions && $(wc -l <<<"$questions") -le 3 ]]
}

@test "libvirt is asked three questions at most, however many guests there are" { at_most_three libvirt_questions; }
@test "docker is asked three questions at most, however many containers there are" { at_most_three docker_questions; }
@test "LXC is asked three questions at most, however many containers there are" { at_most_three lxc_questions; }

@test "a status of one service reads one env file" {
    is "$(calls openat "$SVCMGR_BIN/svcmgr" -s vm7 print status | grep -o '[^/"]*\.env"' | sort -u)" 'vm7.env"'
}

@test "what was kept is shown without a process, a connection, or an env file" {
    is "$(calls execve,fork,vfork,connect "$SVCMGR_BIN/svcmgr" print status --cached | grep -vc 'execve.*svcmgr')" 0
    is "$(calls openat "$SVCMGR_BIN/svcmgr" print status --cached | grep -c '\.env"')" 0
    grep -q 'as it was seen at' "$BATS_TEST_TMPDIR/said"
    is "$(grep -c '^overall' "$BATS_TEST_TMPDIR/said")" 48
}

@test "of what was kept, an env file is read when it has changed" {
    printf '\n[app#new]\nscript = /bin/true\n' >>"$configuration/vm7.env"
    is "$(calls openat "$SVCMGR_BIN/svcmgr" print status --cached | grep -o '[^/"]*\.env"' | sort -u)" 'vm7.env"'
    grep -q 'its env file has changed since then' "$BATS_TEST_TMPDIR/said"
    grep -q 'app#new' "$BATS_TEST_TMPDIR/said"
    rm "$configuration/vm7.env"
    on vm7 print status --cached
    exits 2
    is "$(svcmgr print status --cached --format json | jq '.services | length')" 47
}

@test "a libvirtd that hangs holds up nothing but its own guests, and those for its deadline" {
    deadlines 3s 3s
    svcmgr print status --format json >"$BATS_TEST_TMPDIR/before"
    lab_freeze_libvirtd
    local begin=$EPOCHREALTIME
    svcmgr print status --format json >"$BATS_TEST_TMPDIR/hung"
    awk -v begin="$begin" -v end="$EPOCHREALTIME" 'BEGIN { exit end - begin > 9 }'
    others='.services | with_entries(select(.key | startswith("vm") | not)) | map_values(.overall)'
    is "$(jq -S "$others" "$BATS_TEST_TMPDIR/hung")" "$(jq -S "$others" "$BATS_TEST_TMPDIR/before")"
    is "$(jq -r '.services.vm1.overall' "$BATS_TEST_TMPDIR/hung")" undef
}
