# shellcheck shell=bash
# The service chain of share/doc/service-chain.md, for what runs inside `tests/lab/lab run`; lib.sh is sourced and dockerd runs.
#
#   chain_services            writes the env files of cnmsi, cnisi, alp1 and alp2, and the networks of CNI
#   chain_ping                three packets from one end to the other
#   chain_leg INSTANCE ADDR   the adapter of cnm or cni that has this address
#   chain_capture INSTANCE ADAPTER   what passes there within some seconds

chain_program='command = sh -c "trap '\''exit 0'\'' TERM; while :; do sleep 1 & wait $!; done"'

# chain_env SERVICE LINE…
chain_env() {
    { printf '[DEFAULT]\nenv = DEV\nnodes = %s\n' "$LAB_NODE" && printf '%s\n' "${@:2}"; } >"$SVCMGR_ROOT/etc/svcmgr/$1.env"
}

# chain_network NUMBER RID CONTAINER ADDRESS: a section of the network netN
chain_network() {
    printf '%s\n' "[$2]" 'type = docker' "container_rid = $3" "network = net$1" "ipname = $4" 'create = true' "subnet = 10.1.$1.0/24" \
        "options = com.docker.network.bridge.name=net$1"
}

chain_end() {
    local number=$1 route=$2
    printf '%s\n' '' '[container#1]' 'type = docker' "name = alp$number" 'image = lab:1' "$chain_program" 'stop_timeout = 3' ''
    chain_network "$number" ip#1 container#1 "10.1.$number.2"
    printf '%s\n' '' '[ip#2]' 'type = route' 'netns = container#1' "spec = $route"
}

chain_services() {
    local settings='--sysctl net.ipv4.ip_forward=1' name
    for name in all default; do
        settings+=" --sysctl net.ipv4.conf.$name.rp_filter=0 --sysctl net.ipv4.conf.$name.send_redirects=0"
    done
    chain_env alp1 "$(chain_end 1 '10.1.2.0/24 via 10.1.1.3')"
    chain_env alp2 "$(chain_end 2 '10.1.1.0/24 via 10.1.2.254')"
    chain_env cnmsi '' '[container#1]' 'type = docker' 'name = cnmSI' 'image = lab:1' "$chain_program" 'stop_timeout = 3' "run_args = $settings" '' \
        "$(chain_network 1 ip#1 container#1 10.1.1.3)" '' "$(chain_network 2 ip#2 container#1 10.1.2.3)" '' \
        '[ip#3]' 'type = route' 'netns = container#1' 'spec = 10.1.2.2/32 via 10.1.2.254'
    chain_env cnisi 'parents = cnmsi' '' '[container#1]' 'type = netns' 'name = cniSI' 'forwarding = true' \
        "sysctls = $(sed 's/--sysctl //g; s/net.ipv4.ip_forward=1 //' <<<"$settings")" '' \
        '[ip#1]' 'type = cni' 'netns = container#1' 'network = net1' 'ipdev = eth0' '' \
        '[ip#2]' 'type = cni' 'netns = container#1' 'network = net2' 'ipdev = eth1' '' \
        '[ip#3]' 'type = route' 'netns = container#1' 'spec = 10.1.1.2/32 via 10.1.1.3'
    mkdir -p "$LAB_DIR/net.d"
    printf '\n[cni]\nconfig = %s\n' "$LAB_DIR/net.d" >>"$SVCMGR_ROOT/etc/svcmgr/node.conf"
    for name in 1 2; do
        cat >"$LAB_DIR/net.d/net$name.conflist" <<END
{
    "cniVersion": "1.0.0",
    "name": "net$name",
    "plugins": [
        { "type": "bridge", "bridge": "net$name", "ipam": { "type": "static", "addresses": [{ "address": "10.1.$name.254/24" }] } }
    ]
}
END
    done
}

chain_ping() { docker exec alp1 ping -c 3 -i 0.3 -W 1 10.1.2.2; }

chain_namespace() {
    if [[ $1 == cni ]]; then echo /run/netns/cniSI; else echo "/proc/$(docker inspect --format '{{.State.Pid}}' cnmSI)/ns/net"; fi
}

chain_leg() { nsenter --net="$(chain_namespace "$1")" ip -o address show | awk -v address="$2/" 'index($4, address) == 1 { print $2 }'; }

chain_capture() { nsenter --net="$(chain_namespace "$1")" timeout 6 tcpdump -n -l -i "$2" icmp; }
