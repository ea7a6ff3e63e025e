#!/usr/bin/env bats
# Services of several containers on a real dockerd: the words of the page, one-shot containers, health, output, secrets, and images.
# Seconds: 60

setup_file() {
    load common
    begin_lab
    lab_start_dockerd --live-restore
    mkdir -p "$LAB_DIR/data"
    printf 'LANG=C\n# the stack\nADMIN_PASSWORD=topsecret9\n' >"$LAB_DIR/common.env"
    (umask 077 && echo hunter2secret >"$LAB_DIR/password")
    stack
}

teardown_file() { lab_stop_dockerd 2>/dev/null || true; }

setup() { load common; }

# docker_service NAME LINE…: an env file for this node; each line goes behind DEFAULT.
docker_service() {
    {
        printf '[default]\napp = ERP\nenv = DEV\nnodes = %s\n' "$LAB_NODE"
        printf '%s\n' "${@:2}"
    } >"$configuration/$1.env"
}

# program SHELL-TEXT: a `command` that hears SIGTERM.
program() { printf 'command = sh -c "trap '\''exit 0'\'' TERM; %s; while :; do sleep 1 & wait $!; done"\n' "$1"; }

# A stack as the page of containers has it: a network, what has to be done once, and what uses both.
stack() {
    docker_service web '[container#0]' 'type = docker' 'image = lab:1' 'netns = none' "$(program true)" \
        '[container#1]' 'type = docker' 'image = lab:1' 'netns = container#0' 'detach = false' 'start_timeout = 20' \
        "volume_mounts = $LAB_DIR/data:/data" 'command = sh -c "date +%s%N >>/data/migrated; echo migrated"' \
        '[container#2]' 'type = docker' 'image = lab:1' 'netns = container#0' 'start_timeout = 20' \
        "env_file = $LAB_DIR/common.env" "secrets = DB_PASSWORD=$LAB_DIR/password" 'environment = ROLE=server' \
        "volume_mounts = $LAB_DIR/data:/data:ro" 'labels = net.lab=web' 'cap_add = NET_ADMIN' \
        'run_args = -m 64m --cpuset-cpus 0 -w /data --health-cmd "test -e /tmp/ready" --health-interval 1s --health-retries 1' \
        "$(program 'echo begun as $ROLE with $DB_PASSWORD; touch /tmp/ready')"
}

id_of() { docker ps --all --quiet --no-trunc --filter "label=svcmgr.service=$1" --filter "label=svcmgr.rid=$2"; }

inspect() { docker inspect --format "$3" "$(id_of "$1" "$2")"; }

@test "a service of containers that were never made is down, and that is no warning" {
    on web validate config
    exits 0
    agree web 1
}

@test "start makes the containers in order; the second ends well before the third begins" {
    on web start
    exits 0
    is "$(steps_of_journal web | grep -v '^container#0' | paste -sd,)" \
        'container#1 start done,container#1 wait end done,container#2 start done,container#2 wait up done,container#2 wait healthy done'
    [[ $(inspect web container#1 '{{.State.FinishedAt}}') < $(inspect web container#2 '{{.State.StartedAt}}') ]]
    agree web 0
}

@test "they are what the env file says" {
    is "$(inspect web container#2 '{{.Name}}')" /web.container.2
    is "$(inspect web container#2 '{{.HostConfig.RestartPolicy.Name}} {{.HostConfig.Memory}} {{.HostConfig.CapAdd}} {{.Config.WorkingDir}}')" \
        "no $((64 << 20)) [NET_ADMIN] /data"
    is "$(inspect web container#2 '{{index .Config.Labels "net.lab"}}')" web
    is "$(inspect web container#2 '{{.HostConfig.NetworkMode}}')" "container:$(id_of web container#0)"
    is "$(docker exec "$(id_of web container#2)" sh -c 'echo $LANG $ROLE $ADMIN_PASSWORD $DB_PASSWORD')" 'C server topsecret9 hunter2secret'
    docker exec "$(id_of web container#2)" test -e /data/migrated
}

@test "what ran once is n/a, and start leaves it alone" {
    status_is web container#1 n/a
    is "$(wc -l <"$LAB_DIR/data/migrated")" 1
    on web start
    exits 0
    says 'nothing to do'
    is "$(wc -l <"$LAB_DIR/data/migrated")" 1
}

@test "push knows what a container is limited to" {
    on web push
    exits 0
    is "$(sql "SELECT vcpus, memory_kib FROM resource WHERE service = 'web' AND rid = 'container#2'")" "1 $((64 << 10))"
}

@test "logs --rid prints what a container wrote, and no secret" {
    on web logs --rid container#2
    exits 0
    says 'web.container#2: begun as server with ***'
    on web logs --rid container
    exits 0
    says 'web.container#1: migrated'
    on web logs
    does_not_say 'migrated'
}

@test "logs --rid --follow goes on with what is written" {
    background web logs --rid container#2 --follow
    until_it_says 'begun as server'
    docker exec "$(id_of web container#2)" sh -c 'echo later >/proc/1/fd/1'
    until_it_says 'web.container#2: later'
    kill -INT "$job"
    finish
    exits 130
    is "$(grep -c 'begun as server' <<<"$output")" 1
}

@test "a secret is nowhere: not in the journal, the logs, the plan, JSON or a message" {
    for words in 'start --dry-run' 'print status' 'print plan stop' 'explain start' 'print actions' 'print config' 'push'; do
        for format in text json; do
            # shellcheck disable=SC2086
            on web $words --format $format
            does_not_say hunter2secret
            does_not_say topsecret9
        done
    done
    is "$(grep -rl 'hunter2secret\|topsecret9' "$SVCMGR_ROOT" | paste -sd,)" ''
}

@test "a secret that stands in the env file itself is nowhere else: not where a trigger fails, nor where a line is wrong" {
    docker_service leak '[container#1]' 'type = docker' 'image = lab:1' 'netns = none' "$(program 'echo I am $DB_PASS; echo no >&2')" \
        'environment = DB_PASS=leaked-one URL=http://anna:leaked-two@db/' 'run_args = -e API_TOKEN=leaked-three' \
        'pre_start = /bin/false --password {env.db_pwd}' '[env]' 'db_pwd = leaked-four'
    chmod 600 "$configuration/leak.env"
    local words
    on leak start
    exits 0
    says 'pre_start failed: /bin/false --password ***'
    does_not_say leaked-
    for words in 'start --dry-run' 'print status' 'print plan stop' 'explain stop' 'print actions' 'print config' 'print config --eval' push 'logs --lines 100' \
        'validate config'; do
        # shellcheck disable=SC2086
        on leak $words
        does_not_say leaked-
    done
    for sid in $(svcmgr -s leak print actions --format json | jq -r '.actions[].sid'); do
        on leak print action "$sid" --format json
        does_not_say leaked-
    done
    sed -i 's/^environment = .*/& X={env.nothing}/; s/API_TOKEN=leaked-three/API_TOKEN='"'"'leaked-three/' "$configuration/leak.env"
    for words in 'print status' 'validate config' 'start'; do
        # shellcheck disable=SC2086
        on leak $words
        says error
        does_not_say leaked-
    done
    is "$(grep -rl leaked- "$SVCMGR_ROOT/var" "$SVCMGR_ROOT/run" | paste -sd,)" ''
    docker rm --force "$(id_of leak container#1)"
    rm "$configuration/leak.env"
}

@test "a container that is unhealthy is a warning, and a start is refused" {
    docker exec "$(id_of web container#2)" rm /tmp/ready
    unhealthy() { [[ $(inspect web container#2 '{{.State.Health.Status}}') == unhealthy ]]; }
    lab_wait 30 unhealthy
    status_is web container#2 warn
    reason_is web container#2 unhealthy
    on web start
    exits 3
    docker exec "$(id_of web container#2)" touch /tmp/ready
    healthy() { [[ $(inspect web container#2 '{{.State.Health.Status}}') == healthy ]]; }
    lab_wait 30 healthy
    status_is web container#2 up
}

@test "a changed env file is a warning, and a stop and a start make the container anew" {
    sed -i 's/ROLE=server/ROLE=other/' "$configuration/web.env"
    local before
    before=$(id_of web container#2)
    reason_is web container#2 'another configuration than its env file has now'
    on web stop --rid container#2
    exits 0
    on web start --rid container#2
    exits 0
    [[ $(id_of web container#2) != "$before" ]]
    is "$(docker exec "$(id_of web container#2)" sh -c 'echo $ROLE')" other
    status_is web container#2 up
    json web print status
    is "$(query '.services.web.resources."container#2".log | length')" 0
}

@test "an unchanged container is started again, not made anew" {
    local before
    before=$(id_of web container#2)
    on web stop --rid container#2
    exits 0
    on web start --rid container#2
    exits 0
    is "$(id_of web container#2)" "$before"
}

@test "stop keeps what ended, for its logs, and what ran once will run again" {
    on web stop
    exits 0
    agree web 1
    is "$(id_of web container#1)" ''
    reason_is web container#2 'with code 0'
    on web logs --rid container#2
    says 'begun as other'
    on web start
    exits 0
    is "$(wc -l <"$LAB_DIR/data/migrated")" 2
    agree web 0
}

@test "a container whose network another one has is made anew when that one was" {
    local before
    before=$(id_of web container#2)
    on web stop
    exits 0
    docker rm "$(id_of web container#0)"
    on web start
    exits 0
    [[ $(id_of web container#2) != "$before" ]]
    is "$(inspect web container#2 '{{.HostConfig.NetworkMode}}')" "container:$(id_of web container#0)"
    on web stop
    exits 0
}

@test "one that has to end well and does not: what comes behind is not started, and the reason is said" {
    docker_service once '[container#1]' 'type = docker' 'image = lab:1' 'netns = none' 'detach = false' 'start_timeout = 20' \
        'command = sh -c "echo no schema here; exit 7"' \
        '[container#2]' 'type = docker' 'image = lab:1' 'netns = none' "$(program true)"
    on once start
    exits 1
    says 'exited with 7'
    says 'said: no schema here'
    is "$(id_of once container#2)" ''
    status_is once container#1 down
    reason_is once container#1 'with code 7'
    reason_is once container#1 'said: no schema here'
}

@test "one that has to end and never does is given up at its deadline" {
    docker_service slow '[container#1]' 'type = docker' 'image = lab:1' 'netns = none' 'detach = false' 'start_timeout = 2' 'stop_timeout = 1' \
        'command = sleep 600'
    on slow start
    exits 1
    says 'to end'
    status_is slow container#1 down
}

@test "a volume that is missing is found before the first change" {
    docker_service volume '[container#0]' 'type = docker' 'image = lab:1' 'netns = none' '[container#1]' 'type = docker' 'image = lab:1' \
        'netns = none' "volume_mounts = $LAB_DIR/nowhere:/data"
    on volume start
    exits 3
    says "$LAB_DIR/nowhere: no such file"
    is "$(id_of volume container#0)" ''
    [[ ! -e $LAB_DIR/nowhere ]]
}

@test "a stop while one that runs once still works ends it, and its work counts as not done" {
    docker_service working '[container#1]' 'type = docker' 'image = lab:1' 'netns = none' 'detach = false' 'start_timeout = 60' 'stop_timeout = 30' \
        "$(program 'touch /tmp/works')"
    background working start
    working() { docker exec working.container.1 test -e /tmp/works 2>/dev/null; }
    lab_wait 30 working
    kill -INT "$job"
    finish
    exits 130
    does_not_say 'taking its power away'
    status_is working container#1 down
    is "$(id_of working container#1)" ''
}

@test "a stack of the reference page: what its old env file says in run_args is what it gets" {
    docker_service old '[container#1]' 'type = docker' 'run_image = lab:1' \
        "run_args = -v $LAB_DIR/data:/srv:rw -e 'GREETING=two words' --net host --cap-add NET_ADMIN -h ignored --device /dev/null" \
        'run_command = sh -c "trap '\''exit 0'\'' TERM; while :; do sleep 1 & wait $!; done"'
    on old validate config
    says "write 'image'"
    says '-h is not obeyed'
    on old start
    exits 0
    is "$(docker exec "$(id_of old container#1)" sh -c 'echo $GREETING; ls -d /srv/migrated')" $'two words\n/srv/migrated'
    is "$(inspect old container#1 '{{.HostConfig.NetworkMode}} {{.HostConfig.CapAdd}} {{(index .HostConfig.Devices 0).PathOnHost}}')" \
        'host [NET_ADMIN] /dev/null'
    on old stop
    exits 0
}

@test "an image that is missing is found before the first change, whatever the policy" {
    for policy in once always never; do
        docker_service image '[container#0]' 'type = docker' 'image = lab:1' 'netns = none' \
            '[container#1]' 'type = docker' 'image = 127.0.0.1:1/none:1' "image_pull_policy = $policy" 'netns = none'
        on image start
        exits 3
        says '127.0.0.1:1/none:1 is not on this node'
        is "$(id_of image container#0)" ''
    done
}

@test "an image that is missing here and in its registry is loaded, with its progress, before the container is made" {
    lab_registry
    docker_service pulled '[container#1]' 'type = docker' 'image = 127.0.0.1:5000/lab:1' 'netns = none' 'stop_timeout = 1' "$(program true)"
    on pulled start --dry-run
    exits 0
    says 'the image 127.0.0.1:5000/lab:1 is not on this node'
    docker image inspect 127.0.0.1:5000/lab:1 >/dev/null 2>&1 && fail 'looking has loaded it'
    on pulled start
    exits 0
    says 'prepare: 1: Pulling from lab'
    says '100% of'
    is "$(steps_of_journal pulled | head -n 2 | paste -sd,)" 'container#1 prepare done,container#1 start done'
    agree pulled 0
    on pulled stop
    exits 0
    on pulled start
    exits 0
    is "$(steps_of_journal pulled | head -n 1)" 'container#1 start done'
}

@test "image_pull_policy = always loads the image before every start; never loads none" {
    on pulled stop
    exits 0
    sed -i 's/^netns/image_pull_policy = always\n&/' "$configuration/pulled.env"
    on pulled start
    exits 0
    is "$(steps_of_journal pulled | head -n 1)" 'container#1 prepare done'
    on pulled stop
    exits 0
    docker rm pulled.container.1
    docker rmi 127.0.0.1:5000/lab:1
    sed -i 's/always/never/' "$configuration/pulled.env"
    on pulled start
    exits 3
    says 'is not on this node'
}

@test "a name that means another image by now is a warning, and a start makes the container from it" {
    docker tag lab:1 moving:1
    docker_service moved '[container#1]' 'type = docker' 'image = moving:1' 'netns = none' 'stop_timeout = 1' "$(program true)"
    on moved start
    exits 0
    local before
    before=$(id_of moved container#1)
    echo other >"$LAB_DIR/image/etc/other"
    tar -C "$LAB_DIR/image" -c . | docker import --change 'CMD ["sleep", "600"]' - moving:1 >/dev/null
    reason_is moved container#1 'the image moving:1 is another one than the one that it was made from'
    on moved stop
    exits 0
    on moved start
    exits 0
    [[ $(id_of moved container#1) != "$before" ]]
    docker exec "$(id_of moved container#1)" test -e /etc/other
    agree moved 0
    on moved stop
    exits 0
}

@test "a secret that others can read is refused, and its value not said" {
    echo openlysecret >"$LAB_DIR/open"
    chmod 644 "$LAB_DIR/open"
    docker_service open '[container#1]' 'type = docker' 'image = lab:1' 'netns = none' "secrets = S=$LAB_DIR/open"
    on open start
    exits 3
    says "chmod 600 $LAB_DIR/open"
    does_not_say openlysecret
}

@test "docker's own refusal names the container and the line of its section" {
    docker_service refused '[container#1]' 'type = docker' 'image = lab:1' 'netns = none' 'command = /no/such/program'
    on refused start
    exits 1
    says 'refused.container.1 can'\''t be started'
    says '/no/such/program'
    says 'refused.env:'
    is "$(id_of refused container#1)" ''
}

@test "an option of docker run that svcmgr does not know is an error with its place" {
    docker_service options '[container#1]' 'type = docker' 'image = lab:1' 'run_args = --privileged --frobnicate'
    on options validate config
    exits 2
    says 'options.env:8:12: error: --frobnicate is no option of docker run that svcmgr knows'
    on options start
    exits 2
    sed -i 's/--frobnicate/--restart always/' "$configuration/options.env"
    on options validate config
    exits 0
    says 'warning: --restart is not obeyed'
}

@test "containers that do not depend on each other start at once" {
    docker_service many '[subset#container:p]' 'parallel = true'
    local number
    for number in 1 2 3 4; do
        printf '[container#%d]\ntype = docker\nimage = lab:1\nnetns = none\nsubset = p\nstop_timeout = 1\n' "$number" >>"$configuration/many.env"
    done
    on many start
    exits 0
    agree many 0
    on many stop
    exits 0
    agree many 1
}

@test "a drill names what docker would refuse a container for, and changes nothing" {
    local before
    docker_service apart '[container#1]' 'type = docker' 'image = lab:1' 'run_args = --network behind --cpus 99' "$(program true)"
    before=$(docker ps --all --no-trunc --format '{{.ID}} {{.State}}')
    on apart drill
    exits 1
    says "apart on $LAB_NODE: container#1 network behind: docker has no such network on this node"
    says "apart on $LAB_NODE: container#1 processor: it is to have 99, and there are $(nproc)"
    docker network create --opt com.docker.network.bridge.name=behind0 behind
    sed -i 's/ --cpus 99/ --cpus 1/' "$configuration/apart.env"
    on apart drill
    exits 0
    ip link delete behind0
    on apart drill
    exits 1
    says "apart on $LAB_NODE: container#1 bridge behind0: this node has no bridge behind0"
    on apart start
    exits 1
    says 'could not find bridge behind0'
    docker network rm behind
    sed -i 's/ --network behind/ --network container:elsewhere --cpuset-cpus 99/' "$configuration/apart.env"
    on apart drill
    exits 1
    says "apart on $LAB_NODE: container#1 container elsewhere: docker has no such container now"
    says "apart on $LAB_NODE: container#1 processor: it is to have 99, and there are 0"
    docker create --name elsewhere lab:1 sleep 100
    sed -i 's/ --cpuset-cpus 99//' "$configuration/apart.env"
    on apart drill
    exits 1
    says "apart on $LAB_NODE: container#1 container elsewhere: it is created, and has to run"
    docker start elsewhere
    on apart drill
    exits 0
    docker rm --force elsewhere
    is "$(docker ps --all --no-trunc --format '{{.ID}} {{.State}}')" "$before"
    rm "$configuration/apart.env"
}

# --- a rehearsal, on this node as the disaster recovery site

# What docker has: containers with their states, networks, volumes; and what is in files and volumes.
all_of_docker() {
    docker ps --all --no-trunc --format '{{.ID}} {{.State}} {{.Names}}'
    docker network ls --format '{{.Name}}'
    docker volume ls --format '{{.Name}}'
    find /srv/replica "$(docker volume inspect --format '{{.Mountpoint}}' kept)" -type f -exec sha256sum {} +
}

in_copy() { docker exec drill.container.1-rehearsal "$@"; }

leaves_no_copy() {
    is "$(ip netns list)" ''
    is "$(ip -o link | grep -c 'svc[rv]')" 0
    is "$(find "$SVCMGR_ROOT/var/lib/svcmgr-rehearsal" -mindepth 2)" ''
}

@test "a rehearsal starts copies with layers above what is replicated, in a network of their own, and leaves nothing" {
    local before
    mount -t tmpfs none /srv
    mkdir -p /srv/replica
    echo replicated >/srv/replica/file
    docker volume create kept
    docker run --rm --volume kept:/kept lab:1 sh -c 'echo replicated >/kept/file'
    docker_service drill '[container#0]' 'type = docker' 'image = lab:1' 'run_args = -p 127.0.0.1:8099:80' \
        "$(program true)" '[container#1]' 'type = docker' 'image = lab:1' 'netns = container#0' 'start_timeout = 20' \
        "volume_mounts = /srv/replica:/replica kept:/kept" "secrets = DB_PASSWORD=$LAB_DIR/password" \
        'run_args = --health-cmd "test -e /tmp/ready" --health-interval 1s --health-retries 60' \
        "$(program 'grep replicated /replica/file && grep replicated /kept/file && echo lost >/replica/file && echo lost >/kept/file && touch /tmp/written')"
    sed -i "s/^nodes = .*/nodes = production\ndrpnodes = $LAB_NODE/" "$configuration/drill.env"
    printf '10.77.0.99 production\n' >>/etc/hosts
    before=$(all_of_docker)
    background drill drp rehearse --reason drill
    until_it_says 'start copy of container#1: done'
    lab_wait 10 in_copy test -e /tmp/written
    is "$(in_copy sh -c 'cat /replica/file /kept/file; echo $SVCMGR_DRP' | paste -sd,)" lost,lost,1
    is "$(docker port drill.container.0-rehearsal)" ''
    # The copy is not the service, and nothing of this node is in its network.
    status_is drill container#1 down
    run in_copy ping -c 1 -W 1 10.77.0.1
    exits 1
    is "$(ip -4 -o address show dev "$(docker network ls --format '{{.Name}}' | grep '^svcr')")" ''
    in_copy touch /tmp/ready
    finish
    exits 0
    says 'wait for copy of container#1: done'
    is "$(all_of_docker)" "$before"
    leaves_no_copy
}

@test "a rehearsal that is killed leaves its copies, and recover ends them" {
    local before
    before=$(all_of_docker)
    background drill drp rehearse
    until_it_says 'start copy of container#1: done'
    kill -KILL "$(pgrep -ox svcmgr)"
    finish
    is "$(docker inspect --format '{{.State.Status}}' drill.container.1-rehearsal)" running
    on drill print status
    says 'drp rehearse was interrupted'
    on drill recover --undo
    exits 0
    is "$(all_of_docker)" "$before"
    leaves_no_copy
}

@test "a container whose copy could touch what is not its own is not rehearsed" {
    sed -i 's/^secrets = .*/&\nprivileged = true/' "$configuration/drill.env"
    on drill drp rehearse
    exits 3
    says 'it is privileged'
    leaves_no_copy
}
