#!/usr/bin/env bats
# The service chain of the containers' page: two networks, a docker instance and a netns instance between them, and two ends. Traffic passes
# through both instances; a capture on each of their legs sees it; without an instance it does not arrive, and the status says where.
# Seconds: 60

setup_file() {
    load common
    begin_lab
    lab_start_dockerd
    # shellcheck source=chain.sh
    source "$BATS_TEST_DIRNAME/chain.sh"
    chain_services
}

teardown_file() { lab_stop_dockerd 2>/dev/null || true; }

setup() {
    load common
    # shellcheck source=chain.sh
    source "$BATS_TEST_DIRNAME/chain.sh"
}

is_cut() {
    run chain_ping
    says '0 packets received'
}

# Of the document: what it shows behind a command, and its n-th env file.
document=$BATS_TEST_DIRNAME/../../share/doc/service-chain.md
documented() { awk -v command="\$ $1" '$0 == command { on = 1; next } /^```|^\$ / { on = 0 } on' "$document"; }
documented_env() { awk -v n="$1" '/^```ini/ { on = ++found == n; next } /^```/ { on = 0 } on' "$document" | sed "s/node109/$LAB_NODE/"; }
# Without what differs from run to run.
timeless() { sed -E 's/^[0-9]{2}:[0-9]{2}:[0-9]{2} //; s/\(sid [^)]*\)/(sid)/; s/done in [0-9.]+ m?s$/done/'; }

as_documented() { is "$(timeless <<<"$output")" "$(documented "$1" | timeless)"; }

labels_of() {
    json "$1" print status
    query ".services.\"$1\".resources | to_entries[] | select(.key | startswith(\"ip\")) | .value.label" | paste -sd' '
}

@test "the files of the chain are good" {
    for name in cnmsi alp1 alp2 cnisi; do
        on "$name" validate config
        exits 0
        is "$output" ''
    done
}

@test "they are those of the document" {
    is "$(<"$configuration/cnmsi.env")" "$(documented_env 1)"
    is "$(<"$configuration/cnisi.env")" "$(documented_env 2)"
    is "$(<"$configuration/alp1.env")" "$(documented_env 3)"
}

@test "docker's instance: networks are made, the container is created, connected to both, and only then started" {
    on cnmsi start
    exits 0
    as_documented 'svcmgr -s cnmsi start'
    is "$(steps_of_journal cnmsi | paste -sd,)" \
        'ip#1 make network done,ip#2 make network done,container#1 start done,container#1 wait up done,container#1 wait healthy done,ip#3 start done'
    is "$(docker inspect --format '{{range $name, $net := .NetworkSettings.Networks}}{{$name}} {{$net.IPAddress}} {{end}}' cnmSI)" 'net1 10.1.1.3 net2 10.1.2.3 '
    is "$(docker network inspect --format '{{(index .IPAM.Config 0).Subnet}}' net1 net2 | paste -sd,)" 10.1.1.0/24,10.1.2.0/24
    agree cnmsi 0
}

@test "docker's own events say the same order" {
    # It connects a container to its first network when it starts it, to the others when it is told to.
    events() {
        timeout 5 docker events --since 1h --until 0s --format '{{.Type}} {{.Action}}' | grep -E '^(container (create|start)|network (create|connect))$' | paste -sd,
    }
    # "Until now" is the second that has begun.
    all_are_told() { [[ $(events) == *'container start' ]]; }
    lab_wait 10 all_are_told || true
    is "$(events)" 'network create,network create,container create,network connect,network connect,container start'
}

@test "the ends start, and can't reach each other yet" {
    on alp1 start
    exits 0
    on alp2 start
    exits 0
    is "$(labels_of alp1)" '10.1.1.2@net1 10.1.2.0/24 via 10.1.1.3'
    is_cut
}

@test "the netns instance starts, plugged into the same networks by CNI" {
    on cnisi start
    exits 0
    as_documented 'svcmgr -s cnisi start'
    run svcmgr print status
    as_documented 'svcmgr print status'
    is "$(labels_of cnisi)" '10.1.1.254/24@eth0 10.1.2.254/24@eth1 10.1.1.2/32 via 10.1.1.3'
    agree cnisi 0
}

@test "ping passes from end to end, through both instances: its ttl says so" {
    run chain_ping
    exits 0
    says 'ttl=62'
    says '3 packets received'
}

@test "a capture on each leg of both instances sees it" {
    local leg
    for leg in cnm:eth0 cnm:eth1 cni:eth0 cni:eth1; do chain_capture "${leg%:*}" "${leg#*:}" >"$LAB_DIR/capture-$leg" 2>&1 3>&- & done
    for leg in cnm:eth0 cnm:eth1 cni:eth0 cni:eth1; do lab_wait 10 grep -q 'listening on' "$LAB_DIR/capture-$leg"; done
    chain_ping >/dev/null
    wait
    grep -q '10.1.1.2 > 10.1.2.2: ICMP echo request' "$LAB_DIR/capture-cnm:$(chain_leg cnm 10.1.1.3)"
    grep -q '10.1.1.2 > 10.1.2.2: ICMP echo request' "$LAB_DIR/capture-cnm:$(chain_leg cnm 10.1.2.3)"
    grep -q '10.1.1.2 > 10.1.2.2: ICMP echo request' "$LAB_DIR/capture-cni:eth1"
    grep -q '10.1.2.2 > 10.1.1.2: ICMP echo reply' "$LAB_DIR/capture-cni:eth1"
    grep -q '10.1.2.2 > 10.1.1.2: ICMP echo reply' "$LAB_DIR/capture-cni:eth0"
    grep -q '10.1.2.2 > 10.1.1.2: ICMP echo reply' "$LAB_DIR/capture-cnm:$(chain_leg cnm 10.1.1.3)"
}

@test "stopping the netns instance cuts the path, and the status says where; starting it heals" {
    on cnisi stop
    exits 0
    as_documented 'svcmgr -s cnisi stop'
    is_cut
    on cnisi print status
    as_documented 'svcmgr -s cnisi print status'
    status_is cnisi ip#1 down
    status_is cnisi container#1 down
    status_is cnmsi overall up
    on cnisi start
    exits 0
    run chain_ping
    says 'ttl=62'
}

@test "stopping the docker instance cuts the path, and the status says where; starting it heals" {
    # cnisi names it as its parent, which guards starts only.
    on cnmsi stop
    exits 0
    is_cut
    status_is cnmsi container#1 down
    status_is cnmsi ip#1 down
    status_is cnisi overall up
    on cnmsi start
    exits 0
    run chain_ping
    says 'ttl=62'
}

@test "docker's instance restarted outside: what it had beyond docker's own is gone, the status says so, and start repairs it" {
    docker restart -t 1 cnmSI >/dev/null
    # Without its route packets go past the netns instance, and only the answers pass it.
    status_is cnmsi container#1 up
    status_is cnmsi ip#3 down
    on cnmsi start
    exits 0
    run chain_ping
    says 'ttl=62'
}

@test "a network that was removed behind our back: the status says so, and start makes it and connects again" {
    docker network disconnect -f net2 cnmSI
    docker network disconnect -f net2 alp2
    docker network rm net2
    is_cut
    status_is alp2 ip#1 down
    reason_is alp2 ip#1 'the network net2 is gone'
    status_is cnmsi ip#2 down
    for name in alp2 cnmsi cnisi; do
        on "$name" start
        exits 0
    done
    is "$(labels_of alp2)" '10.1.2.2@net2 10.1.1.0/24 via 10.1.2.254'
    run chain_ping
    says 'ttl=62'
}

@test "a container that was disconnected, and nothing else, is connected again with its address" {
    docker network disconnect -f net1 alp1
    reason_is alp1 ip#1 'is not connected to the network net1'
    on alp1 start
    exits 0
    is "$(steps_of_journal alp1 | paste -sd,)" 'ip#1 connect done,ip#2 start done'
    run chain_ping
    says 'ttl=62'
}

@test "a stopped container whose network was made anew meanwhile is made anew, too" {
    on alp1 stop
    exits 0
    docker network disconnect -f net1 cnmSI
    docker network rm net1
    on cnmsi start
    exits 0
    on cnisi start
    on alp1 start
    exits 0
    status_is alp1 ip#1 up
}

@test "everything stops; networks stay, addresses of CNI do not" {
    for name in cnisi alp1 alp2 cnmsi; do
        on "$name" stop
        exits 0
    done
    is "$(find "$state/cni" -name '*.json' | wc -l)" 0
    is "$(docker network ls --quiet --filter name=net | wc -l)" 2
}

@test "a network that is to be there and is not is found before anything changes" {
    printf '[default]\nenv = DEV\nnodes = %s\n[container#1]\ntype = docker\nimage = lab:1\n[ip#1]\ntype = docker\nnetwork = nowhere\n' "$LAB_NODE" \
        >"$configuration/lost.env"
    on lost start
    exits 3
    says 'there is no network nowhere'
    is "$(docker ps --all --quiet --filter label=svcmgr.service=lost)" ''
}
