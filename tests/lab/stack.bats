#!/usr/bin/env bats
# Stacks from compose files, as the page of container stacks has them: its compute node becomes a service that starts in order on images of
# the same names. And what belongs to creating: parameters, labels of nodes and of containers, missing images, secrets.
# Seconds: 90

setup_file() {
    load common
    begin_lab
    # The page's paths on the node: in layers of the lab's own.
    for directory in etc var/lib; do
        mkdir -p "$LAB_DIR/layers/$directory"/{upper,work}
        mount -t overlay overlay "/$directory" \
            -o "lowerdir=/$directory,upperdir=$LAB_DIR/layers/$directory/upper,workdir=$LAB_DIR/layers/$directory/work"
    done
    lab_start_dockerd
    mkdir -p "$LAB_DIR/compute"
    cd "$LAB_DIR/compute" || return
    page_of_the_compute_node
}

teardown_file() { lab_stop_dockerd 2>/dev/null || true; }

setup() {
    load common
    cd "$LAB_DIR/compute" || return
}

# As the page has it.
page_of_the_compute_node() {
    printf '%s\n' ADMIN_PASSWORD=contrail123 ADMIN_TENANT=admin ADMIN_TOKEN=contrail123 CIDR=24 HOST_IP=192.168.0.14 \
        PHYSICAL_INTERFACE=eth0 RABBIT_SERVER=192.168.0.1 >common.env
    cat >docker-compose.yml <<'END'
libvirt:
  image: 192.168.0.1:5100/libvirt:contrail-3.0-2668
  privileged: true
  volumes:
    - /var/lib/nova/instances:/var/lib/nova/instances
    - /lib/modules:/lib/modules
    - /var/lib/libvirt/:/var/lib/libvirt
    - /sys/fs/cgroup:/sys/fs/cgroup:rw
  net: host
  env_file: ./common.env
vrouter:
  image: 192.168.0.1:5100/vrouter-agent:contrail-3.0-2668
  privileged: true
  net: host
  env_file: ./common.env
  volumes:
    - /etc/redhat-release:/etc/redhat-release
    - /lib/modules:/lib/modules
nova-compute:
  image: 192.168.0.1:5100/nova-compute:contrail-3.0-2668
  privileged: true
  volumes:
    - /var/lib/nova/instances:/var/lib/nova/instances
  net: host
  env_file: ./common.env
END
}

# images NAME…: of these names; each says who it is, and hears SIGTERM
images() {
    local name
    for name in "$@"; do
        tar -C "$LAB_DIR/image" -c . | docker import --change \
            "CMD [\"sh\", \"-c\", \"trap 'exit 0' TERM; echo $name for \$HOST_IP; while :; do sleep 1 & wait \$!; done\"]" - \
            "192.168.0.1:5100/$name:contrail-3.0-2668" >/dev/null
    done
}

# Where the lab has not all capabilities of the machine, nothing in it can be privileged.
unless_privileged() { docker run --rm --privileged lab:1 true >/dev/null 2>&1 || "$@"; }

inspect() { docker inspect --format "$2" "$(docker ps --all --quiet --filter "label=svcmgr.service=compute" --filter "label=svcmgr.rid=$1")"; }

@test "create --compose makes the env file that a person would have written" {
    run svcmgr -s compute create --compose docker-compose.yml
    exits 0
    is "$output" "compute is made: $configuration/compute.env"
    is "$(sed -n '/^.container#2/,/^$/p' "$configuration/compute.env")" "[container#2]
comment = vrouter
type = docker
name = compute.vrouter
image = 192.168.0.1:5100/vrouter-agent:contrail-3.0-2668
netns = host
privileged = true
env_file = $LAB_DIR/compute/common.env
volume_mounts = /etc/redhat-release:/etc/redhat-release /lib/modules:/lib/modules"
    on compute validate config
    exits 0
    is "$output" ''
}

@test "a start names every missing image before it changes anything" {
    mkdir -p /var/lib/nova/instances /var/lib/libvirt /lib/modules
    touch /etc/redhat-release
    sed -i 's/^image = .*/&\nimage_pull_policy = never/' "$configuration/compute.env"
    on compute start
    exits 3
    for name in libvirt vrouter-agent nova-compute; do says "the image 192.168.0.1:5100/$name:contrail-3.0-2668 is not on this node"; done
    is "$(docker ps --all --quiet)" ''
}

@test "host paths that have to be there are checked before anything starts" {
    images libvirt vrouter-agent nova-compute
    rm /etc/redhat-release
    on compute start
    exits 3
    says '/etc/redhat-release: no such file'
    is "$(docker ps --all --quiet)" ''
    touch /etc/redhat-release
}

@test "the compute node starts in order, as the page has it" {
    local privileged=true
    unless_privileged eval "privileged=false; sed -i '/^privileged/d' '$configuration/compute.env'"
    on compute start
    exits 0
    is "$(steps_of_journal compute | grep ' start ' | paste -sd,)" 'container#1 start done,container#2 start done,container#3 start done'
    [[ $(inspect container#1 '{{.State.StartedAt}}') < $(inspect container#2 '{{.State.StartedAt}}') ]]
    [[ $(inspect container#2 '{{.State.StartedAt}}') < $(inspect container#3 '{{.State.StartedAt}}') ]]
    is "$(inspect container#1 '{{.HostConfig.Privileged}} {{.HostConfig.NetworkMode}} {{len .HostConfig.Mounts}}')" "$privileged host 4"
    is "$(docker exec compute.nova-compute sh -c 'echo $RABBIT_SERVER')" 192.168.0.1
    agree compute 0
}

@test "logs merge what the containers write by time, each in a colour of its own" {
    docker exec compute.vrouter sh -c 'echo second >/proc/1/fd/1'
    docker exec compute.libvirt sh -c 'echo third >/proc/1/fd/1'
    run svcmgr -s compute logs --rid container --color always
    exits 0
    is "$(sed 's/.*: //; s/\x1b\[0m//' <<<"$output" | awk '{ print $NF }' | tail -n 2 | paste -sd,)" second,third
    [[ $output == *$'\e[36mcompute.container#1:\e[0m libvirt for 192.168.0.14'* ]]
    [[ $output == *$'\e[33mcompute.container#2:\e[0m vrouter-agent for 192.168.0.14'* ]]
}

@test "a secret of the stack is nowhere" {
    for words in 'start --dry-run' 'print status' 'explain start' 'print actions' 'print config' 'print config --eval' 'push'; do
        # shellcheck disable=SC2086
        on compute $words
        does_not_say contrail123
    done
    is "$(grep -rl contrail123 "$SVCMGR_ROOT" | paste -sd,)" ''
    on compute stop
    exits 0
}

@test "a compose file of version 2: networks, dependencies, health, and what can't be carried, with its lines" {
    cat >two.yml <<'END'
version: "2.1"
services:
  web:
    image: lab:1
    build: ./web
    command: sh -c "trap 'exit 0' TERM; while :; do sleep 1 & wait $$!; done"
    depends_on:
      db:
        condition: service_healthy
    environment:
      GREETING: two words
      ROLE: ${ROLE:-server}
      DB_PASSWORD: hunter2
    ports: ["8080:80"]
    networks:
      front:
        ipv4_address: 10.61.0.5
    labels:
      net.role: config
    deploy:
      replicas: 3
  db:
    image: ${IMAGE}
    command: ["sh", "-c", "trap 'exit 0' TERM; touch /tmp/ok; while :; do sleep 1 & wait $$!; done"]
    healthcheck: {test: "test -e /tmp/ok", interval: 1s, retries: 5}
    networks: [front]
    restart: always
    user: "0"
    working_dir: /tmp
networks:
  front:
    ipam: {config: [{subnet: 10.61.0.0/24}]}
END
    run svcmgr -s two create --compose two.yml
    exits 2
    says 'nobody says what these are: IMAGE (line 23)'
    printf 'IMAGE=lab:1\n' >two.env
    run svcmgr -s two create --compose two.yml --env-file two.env
    exits 0
    says 'two.yml:5: web.build: svcmgr builds nothing'
    says "two.yml:20: web.deploy: an env file can't say it"
    says "two.yml:27: db.restart: 'always' is for ever"
    on two validate config
    exits 0
    on two start
    exits 0
    is "$(steps_of_journal two | grep ' start ' | paste -sd,)" 'container#1 start done,container#2 start done'
    is "$(docker exec two.web sh -c 'echo $GREETING, $ROLE')" 'two words, server'
    is "$(docker inspect --format '{{(index .NetworkSettings.Networks "two_front").IPAddress}}' two.web)" 10.61.0.5
    docker exec two.web ping -c 1 -W 2 db
    agree two 0
}

@test "a compose file of version 3: entrypoints as list and as text, shared networks, rights, devices, a network as it is asked for" {
    docker run --detach --name outsider --network none lab:1
    cat >three.yml <<'END'
version: "3.8"
services:
  web:
    image: lab:1
    entrypoint: ["sh", "-c", "trap 'exit 0' TERM; echo a list of $$0; while :; do sleep 1 & wait $$!; done", "two words"]
    networks: {front: {aliases: [www]}}
    cap_add: [NET_ADMIN]
    devices: ["/dev/null:/dev/zilch"]
  side:
    image: lab:1
    entrypoint: sh -c "trap 'exit 0' TERM; echo a text; while :; do sleep 1 & wait $$!; done"
    network_mode: "service:web"
  guest:
    image: lab:1
    stop_grace_period: 1s
    network_mode: "container:outsider"
networks:
  front:
    driver: bridge
    driver_opts: {com.docker.network.bridge.name: three0, com.docker.network.driver.mtu: 1400}
    ipam: {config: [{subnet: 10.62.0.0/24, gateway: 10.62.0.9}]}
END
    run svcmgr -s three create --compose three.yml
    exits 0
    is "$output" "three is made: $configuration/three.env"
    on three validate config
    is "$output" ''
    on three start
    exits 0
    agree three 0
    on three logs --rid container
    says 'three.container#1: a list of two words'
    says 'three.container#2: a text'
    is "$(docker network inspect --format '{{.Driver}} {{(index .IPAM.Config 0).Subnet}} {{(index .IPAM.Config 0).Gateway}}' three_front)" \
        'bridge 10.62.0.0/24 10.62.0.9'
    is "$(</sys/class/net/three0/mtu)" 1400
    network_of() { docker exec "$1" readlink /proc/self/ns/net; }
    is "$(network_of three.side)" "$(network_of three.web)"
    is "$(network_of three.guest)" "$(network_of outsider)"
    local -i rights
    rights=0x$(docker exec three.web awk '$1 == "CapEff:" { print $2 }' /proc/self/status)
    ((rights & 1 << 12)) || fail 'it has no NET_ADMIN'
    rights=0x$(docker exec three.side awk '$1 == "CapEff:" { print $2 }' /proc/self/status)
    ((!(rights & 1 << 12))) || fail 'NET_ADMIN is nobody else'\''s'
    docker exec three.web sh -c '[ -c /dev/zilch ] && echo x >/dev/zilch'
}

@test "logs --follow of several containers goes on in the order of time" {
    background three logs --rid container --follow --lines 1
    until_it_says 'a text'
    local word
    for word in web:first side:second web:third; do
        docker exec "three.${word%:*}" sh -c "echo ${word#*:} >/proc/1/fd/1"
    done
    until_it_says third
    kill -INT "$job"
    finish
    exits 130
    is "$(grep -oE 'three.container#[0-9]: .*(first|second|third)' <<<"$output" | awk '{ print $1, $NF }' | paste -sd' ')" \
        'three.container#1: first three.container#2: second three.container#1: third'
    on three stop
    exits 0
    docker rm --force outsider
}

@test "containers are found by their labels" {
    run svcmgr ls --label net.role=config
    is "$output" 'two container#2'
    run svcmgr ls --label net.role=other
    is "$output" ''
    run svcmgr ls --label net.role --format json
    is "$(jq -r '.containers[0].name' <<<"$output")" two.web
}

@test "print config shows passwords with --show-secrets only" {
    on two print config
    does_not_say hunter2
    says 'DB_PASSWORD=***'
    on two print config --show-secrets
    says 'DB_PASSWORD=hunter2'
    on two print config --eval --format json
    does_not_say hunter2
    on two stop
    exits 0
}

@test "a template takes its values from --env and --env-file; what nobody gives is named with its lines" {
    printf '%s\n' '[DEFAULT]' 'nodes = role=controller' '[env]' 'image = lab:1' "image@$LAB_NODE = lab:2" '[container#1]' 'type = docker' \
        'image = {env.image}' 'environment = HOST_IP={env.host_ip} RABBIT={env.rabbit_server}' >controller.env
    run svcmgr -s control create --template ./controller.env --env host_ip=10.0.0.1
    exits 2
    says 'no node has the label role=controller'
    printf '\n[node]\nlabel.role = controller\nlabel.role@node110 = controller\nlabel.role@node111 = compute\n' >>"$configuration/node.conf"
    run svcmgr -s control create --template ./controller.env --env host_ip=10.0.0.1
    exits 2
    says 'rabbit_server'
    says 'controller.env:10:'
    run svcmgr -s control create --template ./controller.env --env host_ip=10.0.0.1 --env-file common.env
    exits 0
    says "nodes = role=controller stands for $LAB_NODE node110"
    is "$(svcmgr -s control get --kw nodes)" "$LAB_NODE node110"
    is "$(svcmgr -s control get --eval --kw container#1.environment)" 'HOST_IP=10.0.0.1 RABBIT=192.168.0.1'
    is "$(svcmgr -s control get --eval --kw container#1.image)" lab:2
    is "$(svcmgr -s control get --eval --impersonate node110 --kw container#1.image)" lab:1
    is "$(grep contrail123 "$configuration/control.env")" ''
}

@test "a label by way of [env] is resolved, and one that differs from node to node is refused" {
    sed 's/^nodes = .*/nodes = role={env.role}/; s/^.env.$/&\nrole = compute/; /RABBIT/d' controller.env >by-env.env
    run svcmgr -s byenv create --template ./by-env.env --env role=controller
    exits 0
    says "nodes = role={env.role} stands for $LAB_NODE node110"
    is "$(svcmgr -s byenv get --kw nodes)" "$LAB_NODE node110"
    sed -i "s/^role = .*/&\nrole@node110 = other/" by-env.env
    run svcmgr -s differs create --template ./by-env.env
    exits 2
    says "'role={env.role}' has no value that is the same on every node"
    sed -i 's/^role.*//' by-env.env
    run svcmgr -s differs create --template ./by-env.env
    exits 2
    says "'role={env.role}' has no value that is the same on every node"
}

@test "labels that change later change nothing that was made" {
    sed -i 's/^label.role = controller/label.role = compute/' "$configuration/node.conf"
    is "$(svcmgr -s control get --kw nodes)" "$LAB_NODE node110"
}
