#!/usr/bin/env bats
# Bad days of docker: its daemon dead, hung and restarted; containers killed, renamed, paused, replaced and deaf.
# Seconds: 60

setup_file() {
    load common
    begin_lab
    lab_start_dockerd
    printf '[default]\napp = ERP\nenv = DEV\nnodes = %s\n[container#1]\ntype = docker\nimage = lab:1\nnetns = none\nstart_timeout = 20\nstop_timeout = 3\n' \
        "$LAB_NODE" >"$configuration/web.env"
    printf 'command = sh -c "trap '\''exit 0'\'' TERM; echo begun; while :; do sleep 1 & wait $!; done"\n' >>"$configuration/web.env"
}

teardown_file() { lab_stop_dockerd 2>/dev/null || true; }

setup() {
    load common
    deadlines 10s 15s
}

teardown() {
    lab_thaw_dockerd 2>/dev/null || true
    lab_dockerd_answers || lab_start_dockerd
    docker ps --all --quiet | xargs -r docker rm --force >/dev/null
}

id_of() { docker ps --all --quiet --no-trunc --filter "label=svcmgr.service=$1" --filter "label=svcmgr.rid=$2"; }

up() {
    on web start
    exits 0
}

@test "docker dead: undef with the reason, a start is refused, a stop says what is missing" {
    up
    lab_stop_dockerd
    agree web 5
    reason_is web container#1 'docker is not running'
    on web start
    exits 3
    on web stop
    [[ $status -ne 0 ]]
    says 'docker is not running'
    says 'make docker answer'
    lab_start_dockerd
    agree web 0
}

@test "docker hung: undef within the deadline; what was up is up afterwards" {
    up
    deadlines 1s 1s
    lab_freeze_dockerd
    agree web 5
    reason_is web container#1 'did not answer within'
    on web start
    exits 3
    lab_thaw_dockerd
    deadlines 10s 15s
    agree web 0
}

@test "docker restarted between two calls, with containers that outlive it" {
    up
    lab_stop_dockerd
    lab_start_dockerd
    agree web 0
    lab_kill_dockerd
    lab_start_dockerd
    agree web 0
    on web stop
    exits 0
    agree web 1
}

@test "docker restarted, and its containers with it: they are down, docker starts none, and start brings them up" {
    up
    docker ps --all --quiet | xargs docker rm --force >/dev/null
    lab_stop_dockerd
    lab_start_dockerd --live-restore=false
    up
    lab_stop_dockerd
    lab_start_dockerd
    agree web 1
    up
    agree web 0
}

@test "docker comes back while a stop waits for it" {
    up
    lab_kill_dockerd
    background web stop
    lab_start_dockerd
    finish
    # It was dead when the action looked, or back already.
    [[ $status -eq 0 || $status -eq 3 ]] || fail 'neither done nor refused'
    on web stop
    exits 0
    agree web 1
}

@test "a container that was killed from outside is down, with its exit code and its last words" {
    up
    docker kill "$(id_of web container#1)"
    agree web 1
    reason_is web container#1 'with code 137 (killed)'
    reason_is web container#1 'said: begun'
    up
}

@test "a container that was renamed is still ours" {
    up
    docker rename web.container.1 other
    status_is web container#1 up
    reason_is web container#1 'is called other by now'
    on web stop
    exits 0
    status_is web container#1 down
}

@test "a container that is paused is a warning, and stop ends it" {
    up
    docker pause web.container.1
    agree web 2
    on web start
    exits 3
    says 'paused'
    on web stop
    exits 0
    agree web 1
}

@test "a container started by hand under our name is not ours: it is said, and start is refused" {
    docker run -d --name web.container.1 --network none lab:1 >/dev/null
    status_is web container#1 down
    reason_is web container#1 'is not this service'
    on web start
    exits 3
    says 'the name web.container.1 is taken by'
    on web stop
    exits 0
    is "$(docker inspect --format '{{.State.Running}}' web.container.1)" true
}

@test "a container that is gone, and its name given to another one, is down" {
    up
    docker rm --force web.container.1
    docker run -d --name web.container.1 --network none lab:1 >/dev/null
    agree web 2
    reason_is web container#1 'is not this service'
}

@test "two containers with our labels: the running one counts, both are named, and a second start is refused" {
    up
    docker create --name twin --network none --label svcmgr.service=web --label svcmgr.rid=container#1 lab:1 >/dev/null
    status_is web container#1 up
    reason_is web container#1 'another container has its labels: twin'
    docker kill web.container.1
    on web start
    exits 3
    says '2 containers have the labels of web.container.1'
}

@test "a deaf container is asked twice, then killed at its deadline" {
    sed -i "s/'exit 0'/''/" "$configuration/web.env"
    up
    on web stop
    exits 0
    says 'asked it again'
    says 'taking its power away'
    agree web 1
    sed -i "s/trap ''/trap 'exit 0'/" "$configuration/web.env"
}

@test "a stop while docker hangs ends at its deadline and says so; the container is not called down" {
    up
    local answered=no
    deadlines 2s 2s
    sed -i 's/stop_timeout = 3/stop_timeout = 1/' "$configuration/web.env"
    background web stop
    lab_freeze_dockerd
    job_gone() { ! kill -0 "$job" 2>/dev/null; }
    lab_wait 60 job_gone && answered=yes
    lab_thaw_dockerd
    is "$answered" yes
    finish
    sed -i 's/stop_timeout = 1/stop_timeout = 3/' "$configuration/web.env"
    deadlines 10s 15s
    on web stop
    exits 0
    agree web 1
}

@test "a container that docker would start by itself is a warning, and the next start forbids it" {
    up
    docker update --restart always web.container.1 >/dev/null
    reason_is web container#1 'autostart is on'
    on web stop
    exits 0
    up
    is "$(docker inspect --format '{{.HostConfig.RestartPolicy.Name}}' web.container.1)" no
}

@test "a socket that is not docker's, and an address without one" {
    printf '\n[docker]\nsocket = /run/lab/nowhere.sock\n' >>"$configuration/node.conf"
    agree web 5
    reason_is web container#1 'docker is not running'
    sed -i 's@^socket = .*@socket = unix:///run/lab/nowhere.sock@' "$configuration/node.conf"
    agree web 5
    sed -i '/^\[docker\]/,$d' "$configuration/node.conf"
    agree web 1
}

@test "a node without the module is told its package" {
    local modules=$LAB_DIR/modules
    mkdir -p "$modules"
    cp "$SVCMGR_BIN"/svcmgr "$SVCMGR_BIN"/svcmgr-ssh.so "$modules"
    run timeout 60 "$modules/svcmgr" -s web print status
    says 'svcmgr-docker'
}
