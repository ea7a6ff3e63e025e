#!/usr/bin/env bats
# Networks of a real dockerd: made as their section asks, told from others, and addresses that somebody else has.
# Seconds: 30

setup_file() {
    load common
    begin_lab
    lab_start_dockerd
}

teardown_file() { lab_stop_dockerd 2>/dev/null || true; }

setup() { load common; }

# connected SERVICE LINE…: a container in the network front; each line goes to its address's section
connected() {
    {
        printf '[default]\napp = ERP\nenv = DEV\nnodes = %s\n' "$LAB_NODE"
        printf '[container#1]\ntype = docker\nimage = lab:1\nstop_timeout = 1\n[ip#1]\ntype = docker\nnetwork = front\n'
        printf '%s\n' "${@:2}"
    } >"$configuration/$1.env"
}

asked=('create = true' 'driver = bridge' 'subnet = 10.71.0.0/24 fd00:71::/64' 'gateway = fd00:71::9 10.71.0.254' 'internal = true'
    'options = com.docker.network.bridge.name=asked0 com.docker.network.driver.mtu=1400')

address_of() { docker inspect --format '{{with index .NetworkSettings.Networks "front"}}{{.IPAddress}}{{end}}' "$1.container.1"; }

@test "a network is made as its section asks: driver, subnets, gateways, options, internal" {
    connected web "${asked[@]}" 'ipname = 10.71.0.3'
    on web validate config
    is "$output" ''
    on web start
    exits 0
    is "$(docker network inspect --format '{{.Driver}} {{.Internal}} {{range .IPAM.Config}}{{.Subnet}} {{.Gateway}} {{end}}' front)" \
        'bridge true 10.71.0.0/24 10.71.0.254 fd00:71::/64 fd00:71::9 '
    is "$(</sys/class/net/asked0/mtu)" 1400
    is "$(address_of web)" 10.71.0.3
    agree web 0
}

@test "a network that is otherwise than its section says is a warning, each difference by itself, and stays" {
    connected web "${asked[@]}" 'ipname = 10.71.0.3'
    sed -i 's/10.71.0.254/10.71.0.253/; s/mtu=1400/mtu=1300/; s/^internal.*//' "$configuration/web.env"
    status_is web ip#1 warn
    reason_is web ip#1 'the network front has the gateway 10.71.0.254, fd00:71::9, not 10.71.0.253'
    reason_is web ip#1 'the network front has another value of the option com.docker.network.driver.mtu than its section says'
    reason_is web ip#1 'the network front is internal'
    connected web "${asked[@]}" 'ipname = 10.71.0.3'
    status_is web ip#1 up
}

@test "an address that another container has: the start says so, and leaves nothing" {
    connected second 'ipname = 10.71.0.3'
    on second start
    exits 1
    says 'Address already in use'
    is "$(docker ps --all --quiet --filter label=svcmgr.service=second)" ''
    agree second 1
}

@test "a container whose own address another one has by now keeps the one that it has" {
    sed -i 's/^ipname.*/ipname = 10.71.0.4/' "$configuration/second.env"
    on second start
    exits 0
    docker network disconnect front second.container.1
    docker network connect --ip 10.71.0.9 front second.container.1
    docker run --detach --name thief --network front --ip 10.71.0.4 lab:1
    status_is second ip#1 down
    reason_is second ip#1 'has another address in front than its section says: 10.71.0.9'
    on second start
    [[ $status -ne 0 ]]
    says 'Address already in use'
    is "$(address_of second)" 10.71.0.9
    docker rm --force thief
    on second start
    exits 0
    is "$(address_of second)" 10.71.0.4
    agree second 0
    on second stop
    exits 0
}

@test "what no network can be made from is an error of the env file" {
    connected wrong 'create = true' 'subnet = 10.72.0.0/24' 'gateway = 10.73.0.1'
    on wrong start
    exits 3
    says 'the gateway 10.73.0.1 is in none of the subnets'
    connected wrong 'internal = true'
    on wrong start
    exits 3
    says '`internal` says how the network is made, and `create` does not say that it is'
}
