# shellcheck shell=bash
# Several nodes within a lab, for what runs inside `tests/lab/lab run`. Source lib.sh first.
#
#   lab_nodes NAME…              makes nodes and waits for them: namespaces of their own with sshd, libvirtd, a bridge br0 that guests and nodes
#                                share, and a SVCMGR_ROOT of their own; each trusts the others' keys as root, as on the page. `svcmgr` is in PATH.
#   lab_on NODE COMMAND…         runs COMMAND on it; functions of lib.sh too: lab_on node1 lab_guest vm1
#   lab_root NODE                prints its SVCMGR_ROOT
#   lab_node_env NAME NODES      writes NAME.env, a service of the guest NAME on NODES, on each of them
#   lab_node_trust GUEST         each node records the guest's host key, for svcmgr and for lab_ssh
#   on_node NODE NAME ARGUMENT…  run svcmgr -s NAME ARGUMENT… there; sets $status and $output, as `on` of common.bash does here
#   lab_accept NODE PEER         run svcmgr node trust PEER --peer there: the peer accepts its svcmgr's key from now on
#   lab_cut NODE, lab_mend NODE  every packet from and to it is dropped; the interfaces stay up
#   lab_kill_node NODE           its power is cut: whatever runs there is gone at once, files stay
#   lab_boot_node NODE           and on again

lab_node_directory() { printf '%s/nodes/%s\n' "$LAB_DIR" "$1"; }
lab_root() { printf '%s/root\n' "$(lab_node_directory "$1")"; }

lab_node_is_ready() { [[ -e $(lab_node_directory "$1")/ready ]]; }
lab_node_ended() { ! kill -0 "$1" 2>/dev/null; }

# lab_node_init NODE: the process that is 1 there.
lab_node_init() {
    local unshare
    unshare=$(cat "$(lab_node_directory "$1")/unshare") && cat "/proc/$unshare/task/$unshare/children"
}

lab_prepare_node() {
    local name=$1 address=$2 own
    own=$(lab_node_directory "$name")
    mkdir -p "$own"/{home/.ssh,tmp} "$own"/root/{etc,var/lib,run,var/log}/svcmgr
    chmod 700 "$own/home" "$own/home/.ssh"
    printf '%s\n' "$address" >"$own/address"
    printf '%s %s\n' "$address" "$name" >>/etc/hosts
    ssh-keygen -q -t ed25519 -N '' -C "root@$name" -f "$own/home/.ssh/id_ed25519"
    ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$own/host_key"
    printf '[ssh]\nidentity = %s/.ssh/id_ed25519\n\n[kvm]\nuri = qemu:///system\n' "$own/home" >"$own/root/etc/svcmgr/node.conf"
    echo TST >"$own/root/etc/svcmgr/host_mode"
}

# What each node is told of all others. Guests accept all their keys.
lab_introduce_nodes() {
    local one own
    for one in "$LAB_DIR"/nodes/*/; do
        printf '%s %s\n' "$(basename "$one")" "$(cut -d' ' -f1,2 "${one}host_key.pub")"
    done >"$LAB_DIR/nodes/host_keys"
    cat "$HOME/.ssh/id_ed25519.pub" "$LAB_DIR"/nodes/*/home/.ssh/id_ed25519.pub >"$LAB_DIR/nodes/keys"
    for own in "$LAB_DIR"/nodes/*/; do
        cp "$LAB_DIR/nodes/keys" "${own}home/.ssh/authorized_keys"
        cp "$LAB_DIR/nodes/host_keys" "${own}home/.ssh/known_hosts"
        cp "$LAB_DIR/nodes/host_keys" "${own}root/etc/svcmgr/known_hosts"
    done
}

# Bats waits until nobody has its descriptors any more.
lab_close_descriptors() {
    local descriptor
    for descriptor in /proc/self/fd/*; do
        descriptor=${descriptor##*/}
        [[ $descriptor -le 2 || $descriptor -eq 255 ]] || eval "exec $descriptor>&-"
    done
}

# lab_begin_node NODE: without waiting for it.
lab_begin_node() {
    local name=$1 own address init own_groups
    own=$(lab_node_directory "$name")
    address=$(cat "$own/address")
    rm -f "$own/ready"
    own_groups=()
    [[ ! -e /sys/fs/cgroup/cgroup.procs ]] || { mkdir -p "/sys/fs/cgroup/$name" && own_groups=(-C); }
    # No program but unshare: what it begins first is taken for the node's init.
    (
        lab_close_descriptors
        [[ ${#own_groups[@]} -eq 0 ]] || echo "$BASHPID" >"/sys/fs/cgroup/$name/cgroup.procs"
        exec setsid unshare -n -m -u -p "${own_groups[@]}" -f --kill-child --mount-proc --propagation private "$LAB_HERE/node" "$name" "$address"
    ) >>"$own/log" 2>&1 </dev/null &
    printf '%s\n' $! >"$own/unshare"
    lab_wait 10 lab_node_has_init "$name" || lab_fail "the node $name does not begin; see $own/log" || return
    init=$(lab_node_init "$name")
    ip link add "v-$name" type veth peer name eth0 netns "${init// /}" || return
    ip link set "v-$name" master br0 up || return
    touch "$own/connected"
}

lab_node_has_init() { [[ -n $(lab_node_init "$1" 2>/dev/null) ]]; }

lab_wait_node() {
    lab_wait 60 lab_node_is_ready "$1" || { tail -n 20 "$(lab_node_directory "$1")/log" >&2 && lab_fail "the node $1 is not ready after 60 s"; }
}

lab_nodes() {
    local name number=0
    for name in "$@"; do
        number=$((number + 1))
        lab_prepare_node "$name" "10.77.0.$((200 + number))"
    done
    lab_introduce_nodes
    for name in "$@"; do lab_begin_node "$name" || return; done
    for name in "$@"; do lab_wait_node "$name" || return; done
}

lab_on() {
    local name=$1 own init
    own=$(lab_node_directory "$name")
    init=$(lab_node_init "$name") || lab_fail "there is no node $name" || return
    shift
    (
        [[ ! -d /sys/fs/cgroup/$name ]] || echo "$BASHPID" >"/sys/fs/cgroup/$name/cgroup.procs"
        # shellcheck disable=SC2016  # the node's shell replaces it
        exec env LAB_GUEST_KEYS="$LAB_DIR/nodes/keys" LAB_NODE="$name" LAB_ADDRESS="$(cat "$own/address")" HOME="$own/home" SVCMGR_ROOT="$own/root" \
            TMPDIR="$own/tmp" nsenter -t "${init// /}" -n -m -u -p -C -- bash -c 'source "$1"; shift; "$@"' bash "$LAB_HERE/lib.sh" "$@"
    )
}

lab_node_env() {
    local name=$1 nodes=$2 node
    for node in $nodes; do
        cat >"$(lab_root "$node")/etc/svcmgr/$name.env" <<CONF
[default]
service_type = TST
nodes = $nodes
orchestrate = start

[container#1]
name = $name
type = kvm
start_timeout = 90s
stop_timeout = 20s
CONF
    done
}

lab_node_trust() {
    local own
    for own in "$LAB_DIR"/nodes/*/; do
        printf '%s %s\n' "$1" "$(cut -d' ' -f1,2 "$(lab_host_key "$1")")" | tee -a "${own}home/.ssh/known_hosts" >>"${own}root/etc/svcmgr/known_hosts"
    done
}

on_node() { run lab_on "$1" timeout 120 svcmgr -s "${@:2}"; }
lab_accept() { run lab_on "$1" timeout 120 svcmgr node trust "$2" --peer --yes; }

# A locked port that knows no address takes no frame, and without flooding gives none; its carrier stays.
lab_cut_port() {
    bridge link set dev "$1" locked on learning off flood off mcast_flood off bcast_flood off && ip link set "$1" type bridge_slave fdb_flush
}
lab_cut() { lab_cut_port "v-$1"; }
lab_mend() { bridge link set dev "v-$1" locked off learning on flood on mcast_flood on bcast_flood on; }

lab_kill_node() {
    local own unshare init
    own=$(lab_node_directory "$1")
    unshare=$(cat "$own/unshare") && init=$(lab_node_init "$1") || return
    kill -KILL "${init// /}" && lab_wait 20 lab_node_ended "$unshare" || lab_fail "the node $1 does not end" || return
    ip link del "v-$1" 2>/dev/null || true
    rm -f "$own/ready"
}

lab_boot_node() { lab_begin_node "$1" && lab_wait_node "$1"; }
