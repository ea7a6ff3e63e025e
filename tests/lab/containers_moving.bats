#!/usr/bin/env bats
# Containers of LXC and of docker that move between two whole nodes, each with its own LXC and dockerd. The tests build on each other.
# Seconds: 90

setup_file() {
    load common
    load nodes.sh
    lab_nodes node1 node2
    local node
    # shellcheck disable=SC2016  # the node's shell replaces them
    for node in node1 node2; do
        lab_on "$node" bash -c 'source "$1/lib.sh" && source "$1/containers.sh" && lab_container web' bash "$BATS_TEST_DIRNAME"
    done
    container_service web 'type = lxc' 'name = web'
    container_service stack 'type = docker' 'image = lab:1' 'netns = none' "command = sh -c \"trap 'exit 0' TERM; while :; do sleep 1 & wait \$!; done\""
}

setup() {
    load common
    load nodes.sh
}

# container_service NAME LINE…: on both nodes; the lines are of its container.
container_service() {
    local node
    for node in node1 node2; do
        {
            printf '[default]\nservice_type = TST\nnodes = node1 node2\norchestrate = start\n\n[container#1]\nstart_timeout = 30s\nstop_timeout = 10s\n'
            printf '%s\n' "${@:2}"
        } >"$(lab_root "$node")/etc/svcmgr/$1.env"
    done
}

lxc_runs_on() { [[ $(lab_on "$1" lxc-info -n web -sH) == RUNNING ]]; }
docker_runs_on() { [[ $(lab_on "$1" docker ps --quiet --filter label=svcmgr.service=stack | wc -l) -eq 1 ]]; }

# runs_only_on DRIVER NODE
runs_only_on() {
    local other=node1
    [[ $2 != node1 ]] || other=node2
    "$1_runs_on" "$2" || fail "it does not run on $2"
    ! "$1_runs_on" "$other" || fail "it runs on $other"
}

# goes_round DRIVER SERVICE: what a service of containers does between two nodes.
goes_round() {
    on_node node1 "$2" start
    exits 0
    runs_only_on "$1" node1
    on_node node2 "$2" start
    exits 3
    says 'node1'
    runs_only_on "$1" node1
    on_node node1 "$2" migrate --to node2
    exits 0
    runs_only_on "$1" node2
    on_node node2 "$2" switch --to node1
    exits 0
    runs_only_on "$1" node1
    on_node node2 "$2" takeover
    exits 0
    runs_only_on "$1" node2
    on_node node2 "$2" giveback
    exits 0
    runs_only_on "$1" node1
    on_node node2 "$2" mon
    says "$2 up O^ X"
}

# is_killed_in_switch DRIVER SERVICE: svcmgr dies when the container was stopped on node1 and before it is started on node2.
is_killed_in_switch() {
    local command node
    # The start on node2 must not be over before the kill.
    for node in node1 node2; do lab_on "$node" svcmgr -s "$2" set --kw 'pre_start=/bin/sleep 5'; done
    lab_on node1 svcmgr -s "$2" switch --to node2 >"$BATS_TEST_TMPDIR/killed" 2>&1 3>&- &
    command=$!
    lab_wait 30 grep -q 'start on node2: begun' "$BATS_TEST_TMPDIR/killed" || fail "$(cat "$BATS_TEST_TMPDIR/killed")"
    lab_on node1 pkill -KILL -ox svcmgr
    wait "$command" || true
    on_node node1 "$2" print status
    says 'switch was interrupted at start on node2'
    on_node node1 "$2" recover --redo
    exits 0
    runs_only_on "$1" node2
    for node in node1 node2; do lab_on "$node" svcmgr -s "$2" unset --kw pre_start; done
}

# survives_power_cut DRIVER SERVICE: node2, where it runs, loses its power.
survives_power_cut() {
    lab_kill_node node2
    on_node node1 "$2" start
    exits 6
    says 'node2'
    on_node node1 "$2" start --force --reason 'node2 has no power'
    exits 0
    "$1_runs_on" node1 || fail 'it does not run on node1'
    lab_boot_node node2
    on_node node2 "$2" boot
    exits 0
    runs_only_on "$1" node1
}

@test "lxc: migrate stops it here and starts it there; switch, takeover and giveback move it" { goes_round lxc web; }

@test "lxc: svcmgr killed in the middle of a switch: both halves are told, and recover ends it" { is_killed_in_switch lxc web; }

@test "lxc: the node dies: a start elsewhere takes --force, and the node that comes back starts nothing" { survives_power_cut lxc web; }

@test "docker: each node has its own" {
    lab_on node1 lab_start_dockerd
    lab_on node2 lab_start_dockerd
}

@test "docker: migrate stops it here and starts it there; switch, takeover and giveback move it" { goes_round docker stack; }

@test "docker: svcmgr killed in the middle of a switch: both halves are told, and recover ends it" { is_killed_in_switch docker stack; }

@test "docker: a node whose docker is dead: what runs there is not known, and is not started elsewhere" {
    lab_on node2 lab_freeze_dockerd
    on_node node1 stack start
    exits 6
    says 'node2'
    lab_on node2 lab_thaw_dockerd
    runs_only_on docker node2
}

@test "docker: the node dies: a start elsewhere takes --force, and the node that comes back starts nothing" {
    lab_kill_node node2
    on_node node1 stack start
    exits 6
    on_node node1 stack start --force --reason 'node2 has no power'
    exits 0
    docker_runs_on node1
    lab_boot_node node2
    lab_on node2 lab_start_dockerd
    on_node node2 stack boot
    exits 0
    runs_only_on docker node1
}
