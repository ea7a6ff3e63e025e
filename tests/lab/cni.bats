#!/usr/bin/env bats
# Addresses of CNI, by the real plugins, in containers of netns, docker and lxc: what is given out is in the container's network, shown,
# checked, and given back, whatever happens in between.
# Seconds: 130

setup_file() {
    load common
    begin_lab
    mkdir -p "$LAB_DIR"/{net.d,plugins,store}
    printf '\n[cni]\nplugins = %s /usr/lib/cni\nconfig = %s\n' "$LAB_DIR/plugins" "$LAB_DIR/net.d" >>"$configuration/node.conf"
    network net1 "$(bridge 10.22.0.0/24)"
    instance si cniSI '[ip#1]' 'type = cni' 'netns = container#1' 'network = net1' 'ipdev = eth0'
}

teardown_file() { lab_stop_dockerd 2>/dev/null || true; }

setup() { load common; }

# network NAME PLUGIN…: a configuration list
network() {
    jq -cn --arg name "$1" '{cniVersion: "1.0.0", name: $name, plugins: [inputs]}' <<<"${*:2}" >"$LAB_DIR/net.d/$1.conflist"
}

# bridge SUBNET [NAME]: with a route, and a store of its own
bridge() {
    jq -cn --arg subnet "$1" --arg store "$LAB_DIR/store" --arg bridge "${2-cni0}" '{type: "bridge", bridge: $bridge, isGateway: true,
        ipam: {type: "host-local", dataDir: $store, ranges: [[{subnet: $subnet}]], routes: [{dst: "0.0.0.0/0"}]}}'
}

# instance SERVICE NAMESPACE LINE…
instance() {
    {
        printf '[default]\napp = ERP\nenv = DEV\nnodes = %s\n' "$LAB_NODE"
        printf '[container#1]\ntype = netns\nname = %s\nforwarding = true\n' "$2"
        printf '%s\n' "${@:3}"
    } >"$configuration/$1.env"
}

# on_network SERVICE NETWORK LINE…: an instance of its own in this network
on_network() { instance "$1" "ns-$1" '[ip#1]' 'type = cni' 'netns = container#1' "network = $2" 'ipdev = eth0' "${@:3}"; }

# plugin NAME LINE…: a plugin that passes on what it is given, unless a line ends it
plugin() {
    printf '%s\n' '#!/bin/sh' 'input=$(cat)' "${@:2}" \
        'if [ "$CNI_COMMAND" = ADD ]; then printf "%s" "$input" | jq -c .prevResult; fi' >"$LAB_DIR/plugins/$1"
    chmod 755 "$LAB_DIR/plugins/$1"
}

# given_out NETWORK: how many addresses host-local has given out
given_out() { find "$LAB_DIR/store/$1" -name '[0-9]*' 2>/dev/null | wc -l; }

kept() { find "$state/cni" -name '*.json' 2>/dev/null | wc -l; }

nothing_is_left() {
    is "$(given_out "$1")" 0
    is "$(kept)" 0
}

inside() { ip netns exec "$@"; }

label() {
    json "$1" print status
    query ".services.\"$1\".resources.\"$2\".label"
}

# Before dockerd runs, which needs the control groups as they were before version 2.
@test "a container of LXC gets its address from CNI" {
    [[ -e /sys/fs/cgroup/cgroup.procs ]] || skip 'this machine has no control groups of version 2'
    # shellcheck source=containers.sh
    source "$BATS_TEST_DIRNAME/containers.sh"
    lab_container ct1
    network net12 "$(bridge 10.56.0.0/24 cni12)"
    container_on_network ct1 net12 'type = lxc' 'name = ct1' 'start_timeout = 20s' 'stop_timeout = 4s'
    on ct1 start
    exits 0
    lxc-attach -n ct1 -- ip -o address show eth7 | grep -q 10.56.0.2/24
    agree ct1 0
    on ct1 stop
    exits 0
    nothing_is_left net12
    lab_lxc_end_all
}

@test "an instance that was never made is down" {
    on si validate config
    exits 0
    agree si 1
}

@test "start makes the namespace, then connects it; what ADD returned is in it" {
    on si start
    exits 0
    is "$(steps_of_journal si | paste -sd,)" \
        'container#1 start done,container#1 wait up done,container#1 wait healthy done,ip#1 start done'
    inside cniSI ip -4 -o address show eth0 | grep -q 'inet 10.22.0.2/24'
    inside cniSI ip route show | grep -q '^default via 10.22.0.1'
    is "$(inside cniSI cat /proc/sys/net/ipv4/ip_forward)" 1
    agree si 0
}

@test "the status shows addresses, routes and the adapter's name" {
    json si print status
    is "$(query '.services.si.resources."ip#1" | "\(.label) \(.encap)"')" '10.22.0.2/24@eth0 false'
    reason_is si ip#1 'network net1, routes: 0.0.0.0/0'
}

@test "start of what is up does nothing" {
    on si start
    exits 0
    says 'nothing to do'
    is "$(given_out net1)" 1
}

@test "an address that somebody took away is down, and start mends it without giving out another one" {
    inside cniSI ip address flush dev eth0
    status_is si ip#1 down
    reason_is si ip#1 '10.22.0.2/24 is not on eth0 any more'
    on si start
    exits 0
    status_is si ip#1 up
    is "$(given_out net1)" 1
}

@test "a route that is gone is a warning, and start mends it" {
    inside cniSI ip route del default
    status_is si ip#1 warn
    reason_is si ip#1 'the route to 0.0.0.0/0 is gone'
    on si start
    exits 0
    status_is si ip#1 up
}

@test "forwarding that was switched off is a warning" {
    inside cniSI sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward'
    reason_is si container#1 'net/ipv4/ip_forward is 0, not 1'
    inside cniSI sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
}

@test "a namespace that was made anew outside: the status says so, and start repairs it" {
    ip netns delete cniSI
    ip netns add cniSI
    status_is si ip#1 down
    reason_is si ip#1 'container#1 has another network namespace than the one that was connected'
    on si start
    exits 0
    status_is si ip#1 up
    is "$(given_out net1)" 1
}

@test "a namespace that is gone: a stop gives back its address" {
    ip netns delete cniSI
    status_is si ip#1 down
    reason_is si ip#1 'what net1 has given out is not given back yet'
    is "$(given_out net1)" 1
    on si delete
    exits 3
    says 'ip#1: what net1 has given out is not given back yet, and without its section nobody sees to it'
    on si stop
    exits 0
    nothing_is_left net1
}

@test "stop gives back the address and removes the namespace" {
    on si start
    exits 0
    on si stop
    exits 0
    is "$(steps_of_journal si | paste -sd,)" 'ip#1 stop done,container#1 stop done'
    [[ ! -e /run/netns/cniSI ]]
    nothing_is_left net1
    agree si 1
}

@test "killed after a plugin has given out an address, before the journal says so: nothing leaks" {
    plugin slow '[ "$CNI_COMMAND" != ADD ] || [ -e "$(dirname "$0")/quick" ] || sleep 30'
    network net2 "$(bridge 10.23.0.0/24 cni2)" '{"type": "slow"}'
    on_network killed net2
    background killed start
    given() { [[ $(given_out net2) -eq 1 ]]; }
    lab_wait 30 given
    kill -9 "$job"
    wait "$job" 2>/dev/null || true
    touch "$LAB_DIR/plugins/quick"
    on killed print status
    says 'was interrupted'
    reason_is killed ip#1 'an ADD was begun, and its end is not known'
    on killed start
    exits 0
    status_is killed ip#1 up
    is "$(given_out net2)" 1
    on killed stop
    exits 0
    nothing_is_left net2
}

@test "killed there, a stop gives back what was given out" {
    rm "$LAB_DIR/plugins/quick"
    background killed start
    given() { [[ $(given_out net2) -eq 1 ]]; }
    lab_wait 30 given
    kill -9 "$job"
    wait "$job" 2>/dev/null || true
    on killed stop
    exits 0
    nothing_is_left net2
    [[ ! -e /run/netns/ns-killed ]]
}

@test "a plugin that is missing is found before anything changes" {
    network lost "$(bridge 10.24.0.0/24)" '{"type": "no-such-plugin"}'
    on_network missing lost
    on missing start
    exits 3
    says 'needs plugins that are missing'
    says 'no-such-plugin'
    [[ ! -e /run/netns/ns-missing ]]
}

@test "a network that nobody describes is found before anything changes" {
    on_network nowhere net9
    on nowhere start
    exits 3
    says 'describes the network net9; there are: '
    [[ ! -e /run/netns/ns-nowhere ]]
}

@test "a plugin that fails: its own words are said, and what others gave out is given back" {
    plugin failing '[ "$CNI_COMMAND" != ADD ] || { echo "{\"code\": 7, \"msg\": \"no uplink\", \"details\": \"eth9 is not there\"}"; exit 1; }'
    network net3 "$(bridge 10.25.0.0/24 cni3)" '{"type": "failing"}'
    on_network failed net3
    on failed start
    exits 1
    says 'the plugin failing failed at ADD: code 7, invalid network configuration: no uplink (eth9 is not there)'
    nothing_is_left net3
    agree failed 1
}

@test "a plugin that prints garbage" {
    plugin garbage '[ "$CNI_COMMAND" != ADD ] || { echo "all is well"; exit 0; }'
    network net4 "$(bridge 10.26.0.0/24 cni4)" '{"type": "garbage"}'
    on_network spoilt net4
    on spoilt start
    exits 1
    says 'the plugin garbage printed no result'
    nothing_is_left net4
}

@test "a plugin that hangs is ended at the deadline" {
    plugin hanging '[ "$CNI_COMMAND" != ADD ] || sleep 600'
    network net5 "$(bridge 10.27.0.0/24 cni5)" '{"type": "hanging"}'
    on_network hung net5 'start_timeout = 3'
    on hung start
    exits 1
    says 'the plugin hanging did not end ADD within'
    nothing_is_left net5
    is "$(pgrep -f "$LAB_DIR/plugins/hanging")" ''
}

@test "a plugin that does not give back: the stop fails, says what is left, and the next one tries again" {
    plugin stubborn '[ "$CNI_COMMAND" != DEL ] || [ -e "$(dirname "$0")/quick" ] || { echo "{\"code\": 5, \"msg\": \"busy\"}"; exit 1; }'
    network net6 "$(bridge 10.28.0.0/24 cni6)" '{"type": "stubborn"}'
    on_network kept net6
    on kept start
    exits 0
    on kept stop
    [[ $status -ne 0 ]]
    says 'the plugin stubborn failed at DEL: code 5, input or output failed: busy'
    is "$(kept)" 1
    touch "$LAB_DIR/plugins/quick"
    on kept stop
    exits 0
    nothing_is_left net6
}

@test "an address that another machine of the link has is not kept" {
    network net7 "$(bridge 10.29.0.0/24 cni7)"
    on_network first net7
    on first start
    exits 0
    ip netns add stranger
    ip link add st0 type veth peer name eth0 netns stranger
    ip link set st0 master cni7 up
    inside stranger ip address add 10.29.0.3/24 dev eth0
    inside stranger ip link set eth0 up
    on_network second net7
    on second start
    exits 1
    says 'another machine has 10.29.0.3'
    status_is second ip#1 down
    is "$(given_out net7)" 1
    ip netns delete stranger
    on second start
    exits 0
    is "$(label second ip#1)" 10.29.0.4/24@eth0
    on first stop
    on second stop
    nothing_is_left net7
}

@test "ipname asks the network for an address; one that it can't give is said" {
    network net8 "$(bridge 10.30.0.0/24 cni8)"
    on_network asked net8 'ipname = 10.30.0.77'
    on asked start
    exits 0
    is "$(label asked ip#1)" 10.30.0.77/24@eth0
    on_network outside net8 'ipname = 10.31.0.77'
    on outside start
    exits 1
    says '10.31.0.77'
    on asked stop
    exits 0
    nothing_is_left net8
}

@test "several networks of one file, as the page of service chains has them" {
    jq -n --argjson one "$(bridge 10.41.0.0/24 multi1)" --argjson two "$(bridge 10.42.0.0/24 multi2)" \
        '{networks: [$one + {name: "multi1"}, $two + {name: "multi2"}] | map(.ipam |= (del(.ranges) + {subnet: .ranges[0][0].subnet}))}' \
        >"$LAB_DIR/net.d/10-multi.conf"
    instance multi ns-multi '[ip#1]' 'type = cni' 'network = multi1' 'ipdev = eth0' '[ip#2]' 'type = cni' 'network = multi2' 'ipdev = eth1'
    on multi start
    exits 0
    is "$(label multi ip#1) $(label multi ip#2)" '10.41.0.2/24@eth0 10.42.0.2/24@eth1'
    on multi stop
    exits 0
    is "$(steps_of_journal multi | paste -sd,)" 'ip#2 stop done,ip#1 stop done,container#1 stop done'
    nothing_is_left multi1
    nothing_is_left multi2
}

@test "ptp, macvlan and static work as well" {
    network ptp1 '{"type": "ptp", "ipam": {"type": "static", "addresses": [{"address": "10.51.0.2/24", "gateway": "10.51.0.1"}]}}'
    on_network ptp ptp1
    on ptp start
    exits 0
    is "$(label ptp ip#1)" 10.51.0.2/24@eth0
    on ptp stop
    exits 0
    ip link add up0 type veth peer name up1
    ip link set up0 up
    network mac1 '{"type": "macvlan", "master": "up0", "ipam": {"type": "static", "addresses": [{"address": "10.52.0.2/24"}]}}'
    on_network mac mac1
    on mac start
    exits 0
    is "$(label mac ip#1)" 10.52.0.2/24@eth0
    on mac stop
    exits 0
    is "$(kept)" 0
}

@test "portmap: a port of the node leads to the container's, until it stops" {
    network port1 "$(bridge 10.53.0.0/24 cniport)" '{"type": "portmap", "capabilities": {"portMappings": true}}'
    on_network port port1 'ports = 8080:80/tcp'
    on port start
    exits 0
    iptables-save -t nat | grep -q -- '--to-destination 10.53.0.2:80'
    # From outside: by way of the node's address, to who listens in the container.
    ip netns add caller
    ip link add call0 type veth peer name eth0 netns caller
    ip address add 10.99.0.1/24 dev call0
    ip link set call0 up
    inside caller ip address add 10.99.0.2/24 dev eth0
    inside caller ip link set eth0 up
    inside ns-port busybox nc -ll -p 80 -e /bin/echo through 3>&- &
    local listener=$!
    answers() { [[ $(inside caller timeout 2 busybox nc 10.99.0.1 8080 </dev/null) == through ]]; }
    lab_wait 10 answers
    kill "$listener"
    ip netns delete caller
    on port stop
    exits 0
    is "$(iptables-save -t nat | grep -- '10.53.0.2:80')" ''
}

@test "an address of IPv6 beside one of IPv4 is given, shown, checked and given back" {
    network six "$(bridge 10.57.0.0/24 cnisix | jq -c '.ipam.ranges += [[{subnet: "fd00:57::/64"}]] | .ipam.routes += [{dst: "::/0"}]')"
    on_network six six
    on six start
    exits 0
    is "$(label six ip#1)" 10.57.0.2/24,fd00:57::2/64@eth0
    reason_is six ip#1 'routes: 0.0.0.0/0, ::/0'
    # The kernel first asks whether somebody has the bridge's address.
    lab_wait 10 inside ns-six ping -6 -c 1 -W 1 fd00:57::1
    inside ns-six ip -6 address flush dev eth0 scope global
    status_is six ip#1 down
    reason_is six ip#1 'fd00:57::2/64 is not on eth0 any more'
    on six start
    exits 0
    status_is six ip#1 up
    on six stop
    exits 0
    nothing_is_left six
}

@test "a network of IPv6 alone" {
    network only6 "$(bridge fd00:58::/64 cnionly6 | jq -c '.ipam.routes = [{dst: "::/0"}]')"
    on_network only6 only6
    on only6 start
    exits 0
    is "$(label only6 ip#1)" fd00:58::2/64@eth0
    agree only6 0
    on only6 stop
    exits 0
    nothing_is_left only6
}

@test "a CHECK that hangs keeps neither the status nor a start" {
    plugin lazy '[ "$CNI_COMMAND" != "$(cat "$(dirname "$0")/hangs" 2>/dev/null)" ] || sleep 600'
    network net13 "$(bridge 10.58.0.0/24 cni13)" '{"type": "lazy"}'
    on_network lazy net13 'start_timeout = 20' 'stop_timeout = 3'
    on lazy start
    exits 0
    echo CHECK >"$LAB_DIR/plugins/hangs"
    deadlines 2s 15s
    local -i begin=$SECONDS
    status_is lazy ip#1 warn
    reason_is lazy ip#1 'the plugin lazy did not end CHECK within'
    ((SECONDS - begin <= 10)) || fail "two looks took $((SECONDS - begin)) s"
    on lazy start
    exits 0
    deadlines 10s 15s
    is "$(pgrep -f "$LAB_DIR/plugins/lazy")" ''
    is "$(given_out net13)" 1
}

@test "a DEL that hangs is ended at the deadline, and the next stop gives back" {
    echo DEL >"$LAB_DIR/plugins/hangs"
    local -i begin=$SECONDS
    on lazy stop
    [[ $status -ne 0 ]]
    says 'the plugin lazy did not end DEL within 3 s'
    ((SECONDS - begin <= 15)) || fail "it took $((SECONDS - begin)) s"
    is "$(pgrep -f "$LAB_DIR/plugins/lazy")" ''
    is "$(kept)" 1
    rm "$LAB_DIR/plugins/hangs"
    on lazy stop
    exits 0
    nothing_is_left net13
}

@test "a section that is renamed: the status shows the address that is left, and a start gives it back" {
    network net14 "$(bridge 10.59.0.0/24 cni14)"
    on_network moved net14 'ipname = 10.59.0.7'
    on moved start
    exits 0
    sed -i 's/^.ip#1.$/[ip#5]/' "$configuration/moved.env"
    status_is moved ip#1 n/a
    status_is moved ip#5 down
    reason_is moved ip#1 'no section has 10.59.0.7/24@eth0 of the network net14 any more: the next start or stop gives it back'
    on moved start --dry-run
    says 'ip#1 give back'
    on moved start
    exits 0
    is "$(steps_of_journal moved | paste -sd,)" 'ip#1 give back done,ip#5 start done'
    is "$(label moved ip#5)" 10.59.0.7/24@eth0
    is "$(given_out net14)" 1
    agree moved 0
}

@test "a section that is taken out: a stop gives back its address, also when its network has no file any more" {
    sed -i '/^.ip#5.$/,$d' "$configuration/moved.env"
    agree moved 2
    reason_is moved ip#5 'the next start or stop gives it back'
    rm "$LAB_DIR/net.d/net14.conflist"
    on moved stop
    exits 0
    is "$(steps_of_journal moved | paste -sd,)" 'container#1 stop done,ip#5 give back done'
    nothing_is_left net14
    agree moved 1
}

@test "what needs the network starts behind it and stops before it" {
    launcher "$configuration/behind.d/S10check" "ip netns exec ns-behind ip -o address show eth0 >>$LAB_DIR/behind"
    network net10 "$(bridge 10.54.0.0/24 cni10)"
    on_network behind net10 '[app#1]' 'script = S10check' 'start = 10' 'stop = 10'
    on behind start
    exits 0
    grep -q 10.54.0.2 "$LAB_DIR/behind"
    on behind stop
    exits 0
    is "$(steps_of_journal behind | paste -sd,)" 'app#1 stop done,ip#1 stop done,container#1 stop done'
}

# container_on_network SERVICE NETWORK LINE…: a container of another technology in this network
container_on_network() {
    {
        printf '[default]\napp = ERP\nenv = DEV\nnodes = %s\n[container#1]\n' "$LAB_NODE"
        printf '%s\n' "${@:3}"
        printf '[ip#1]\ntype = cni\nnetns = container#1\nnetwork = %s\nipdev = eth7\n' "$2"
    } >"$configuration/$1.env"
}

@test "a container of docker gets its address from CNI; restarted outside it has a new namespace, and start repairs that" {
    lab_start_dockerd
    network net11 "$(bridge 10.55.0.0/24 cni11)"
    container_on_network web net11 'type = docker' 'image = lab:1' 'netns = none' 'stop_timeout = 1' 'name = webSI'
    on web start
    exits 0
    is "$(steps_of_journal web | paste -sd,)" \
        'container#1 start done,container#1 wait up done,container#1 wait healthy done,ip#1 start done'
    docker exec webSI ip -o address show eth7 | grep -q 10.55.0.2/24
    docker restart -t 1 webSI >/dev/null
    status_is web ip#1 down
    status_is web container#1 up
    reason_is web ip#1 'it was restarted outside of svcmgr'
    on web start
    exits 0
    is "$(steps_of_journal web | paste -sd,)" 'ip#1 start done'
    docker exec webSI ip -o address show eth7 | grep -q 10.55.0
    is "$(given_out net11)" 1
    agree web 0
}

@test "a container that was killed outside: its address is down, and a start brings both back" {
    docker kill webSI >/dev/null
    status_is web ip#1 down
    reason_is web ip#1 'what net11 has given out is not given back yet'
    on web start
    exits 0
    agree web 0
    is "$(given_out net11)" 1
    on web stop
    exits 0
    nothing_is_left net11
}

@test "a container that shares another one's network starts behind its addresses" {
    container_on_network pod net11 'type = docker' 'image = lab:1' 'netns = none' 'stop_timeout = 1'
    printf '%s\n' '[container#2]' 'type = docker' 'image = lab:1' 'netns = container#1' 'detach = false' 'start_timeout = 20' \
        'command = ip -o address show eth7' >>"$configuration/pod.env"
    on pod start
    exits 0
    is "$(steps_of_journal pod | grep -v wait | paste -sd,)" 'container#1 start done,ip#1 start done,container#2 start done'
    on pod logs --rid container#2
    says 10.55.0
    on pod stop
    exits 0
    nothing_is_left net11
}

@test "a container that has the node's own network is not touched" {
    container_on_network own net11 'type = docker' 'image = lab:1' 'netns = host' 'stop_timeout = 1'
    on own start
    exits 1
    says "shares the node's network"
    nothing_is_left net11
}
