# shellcheck shell=bash
# LXC containers for what runs inside `tests/lab/lab run`; lib.sh is sourced before.
#
#   lab_container NAME [OPTION…]   makes the container NAME of busybox, stopped, with the address 10.77.0.100+N on br0, the Nth
#       --deaf                     its init ignores the request to shut down
#       --lxcpath DIR              it lies in DIR/NAME (default: /var/lib/lxc)
#   lab_lxc_ready NAME             waits until a container's init hears signals
#   lab_lxc_monitor NAME [DIR]     prints the process of its monitor
#   lab_lxc_init NAME              prints the process of its init
#   lab_lxc_end_all                ends all containers of the lab, also those that hang

LAB_LXC=/var/lib/lxc
LAB_CONTAINER=$LAB_LXC/.lab

# One root file system, which all containers share as far as hard links go.
lab_container_template() {
    local root=$LAB_CONTAINER applet
    [[ ! -e $root ]] || return 0
    mkdir -p "$root"/{bin,sbin,proc,sys,dev,etc,tmp,root,run,mnt}
    cp "$(command -v busybox)" "$root/bin/busybox"
    for applet in $("$root/bin/busybox" --list); do [[ $applet == busybox ]] || ln -s busybox "$root/bin/$applet"; done
    printf 'root:x:0:0:root:/root:/bin/sh\n' >"$root/etc/passwd"
}

lab_container_init() {
    local trap_word=$1
    printf '%s\n' '#!/bin/sh' "trap '$trap_word' PWR" 'echo ready >/run/ready' 'while true; do sleep 3600 & wait; done'
}

lab_container() {
    local name=$1 lxcpath=$LAB_LXC trap_word='exit 0' dir number
    shift
    while (($#)); do
        case $1 in
            --deaf) trap_word=: ;;
            --lxcpath) lxcpath=$2 && shift ;;
            *) lab_fail "lab_container: unknown option $1" || return ;;
        esac
        shift
    done
    dir=$lxcpath/$name
    [[ ! -e $dir ]] || lab_fail "the container $name is already there" || return
    lab_container_template
    mkdir -p "$dir"
    cp -al "$LAB_CONTAINER" "$dir/rootfs" 2>/dev/null || { rm -rf "$dir/rootfs" && cp -a "$LAB_CONTAINER" "$dir/rootfs"; }
    lab_container_init "$trap_word" >"$dir/rootfs/sbin/init"
    chmod 755 "$dir/rootfs/sbin/init"
    number=$(($(cat "$LAB_DIR/containers" 2>/dev/null || echo 0) + 1))
    echo "$number" >"$LAB_DIR/containers"
    cat >"$dir/config" <<END
lxc.uts.name = $name
lxc.rootfs.path = dir:$dir/rootfs
lxc.apparmor.profile = unconfined
lxc.mount.auto = proc:mixed sys:mixed
lxc.net.0.type = veth
lxc.net.0.link = br0
lxc.net.0.flags = up
lxc.net.0.ipv4.address = 10.77.0.$((100 + number))/24
# The lab has control groups of version 2 only: LXC ignores these, and svcmgr reads them.
lxc.cgroup.cpuset.cpus = 0
lxc.cgroup.memory.limit_in_bytes = 64M
END
}

lab_lxc_init() { lxc-info -n "$1" -pH; }

lab_lxc_is_ready() {
    local init
    init=$(lab_lxc_init "$1") && [[ -n $init && -e /proc/$init/root/run/ready ]]
}

lab_lxc_ready() {
    lab_wait 20 lab_lxc_is_ready "$1" || lab_fail "the container $1 does not come up"
}

lab_lxc_monitor() { pgrep -xf "\[lxc monitor\] ${2:-$LAB_LXC} $1"; }

lab_lxc_end_all() {
    local pid
    # shellcheck disable=SC2046  # numbers
    for pid in $(cat /sys/fs/cgroup/lxc.payload.*/cgroup.procs 2>/dev/null) $(pgrep -f '^\[lxc monitor\]'); do
        kill -KILL "$pid" 2>/dev/null || true
    done
    lab_wait 10 lab_no_monitors || lab_fail "containers can't be ended"
    find /sys/fs/cgroup -mindepth 1 -depth -type d -name 'lxc.*' -exec rmdir {} + 2>/dev/null || true
}

lab_no_monitors() { ! pgrep -f '^\[lxc monitor\]' >/dev/null; }
