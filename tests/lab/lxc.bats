#!/usr/bin/env bats
# Services of LXC containers: the words of the page, and bad days. The containers are real; nothing here needs a guest that boots.
# Seconds: 60

setup_file() {
    load common
    begin_lab
}

setup() {
    load common
    # shellcheck source=containers.sh
    source "$BATS_TEST_DIRNAME/containers.sh"
    [[ -e /sys/fs/cgroup/cgroup.procs ]] || skip 'this machine has no control groups of version 2'
}

teardown() {
    umount /usr/bin/lxc-start /usr/bin/lxc-attach 2>/dev/null || true
    deadlines 10s 15s
    lab_lxc_end_all
    rm -rf "${LAB_LXC:?}"/* "$LAB_DIR/other" "$configuration"/*.env
}

# lxc_service NAME [LINE…]: a service of the container NAME; the lines go into its section.
lxc_service() {
    local name=$1
    shift
    {
        printf '[default]\napp = ERP\nenv = DEV\nnodes = %s\norchestrate = start\n\n' "$LAB_NODE"
        printf '[container#1]\nname = %s\ntype = lxc\nstart_timeout = 20s\n' "$name"
        [[ $# -eq 0 ]] || printf '%s\n' "$@"
    } >"$configuration/$name.env"
}

state_of() { lxc-info -n "$1" -sH; }

# a_container NAME [OPTION…]: with its service, started by svcmgr.
a_started_container() {
    lab_container "$@"
    lxc_service "$1" 'stop_timeout = 4s'
    on "$1" start
    exits 0
    is "$(state_of "$1")" RUNNING
    lab_lxc_ready "$1"
}

# --- the words

@test "print status, start, push, diskupdate, startapp, stopapp, stop" {
    lab_container web
    local address
    address=$(sed -n 's/^lxc.net.0.ipv4.address = \(.*\)\/.*/\1/p' "$LAB_LXC/web/config")
    launcher "$LAB_LXC/web/rootfs/svc/etc/init.d/S10web" 'touch /run/web'
    launcher "$LAB_LXC/web/rootfs/svc/etc/init.d/K10web" 'rm -f /run/web'
    launcher "$LAB_LXC/web/rootfs/svc/etc/init.d/C10web" 'test -e /run/web'
    lxc_service web 'stop_timeout = 10s'
    printf '\n[ip#1]\nipname = %s\nipdev = eth0\n\n[vmdg]\nscsireserv = false\n' "$address" >>"$configuration/web.env"

    agree web 1
    status_is web container#1 down
    on web start
    exits 0
    is "$(state_of web)" RUNNING
    is "$(journal web)" 'start done 0'
    agree web 0
    status_is web container#1 up
    status_is web ip#1 up
    status_is web app up
    [[ -e /proc/$(lab_lxc_init web)/root/run/web ]]
    json web print status
    is "$(query '.services.web.resources."container#1".type')" container.lxc

    on web start
    exits 0
    says 'nothing to do'
    on web push
    exits 0
    is "$(sql "SELECT vcpus, memory_kib FROM resource WHERE service = 'web' AND rid = 'container#1'")" '1 65536'
    on web diskupdate
    exits 0
    is "$(sql "SELECT kind, source FROM disk WHERE service = 'web'")" "other $LAB_LXC/web/rootfs"

    on web stopapp
    exits 0
    status_is web app down
    on web startapp
    exits 0
    on web stop
    exits 0
    is "$(state_of web)" STOPPED
    does_not_say 'taking its power away'
    agree web 1
}

@test "a restart, and a start that follows a stop of a container alone" {
    a_started_container web
    local before
    before=$(lab_lxc_init web)
    on web restart
    exits 0
    [[ $(lab_lxc_init web) != "$before" ]]
    on web stopcontainer
    exits 0
    is "$(state_of web)" STOPPED
    on web startcontainer
    exits 0
    is "$(state_of web)" RUNNING
}

@test "a container's name need not be one of the network, and a plan pings nothing" {
    lab_container web
    lxc_service web
    json web print plan start
    is "$(query '[.steps[] | select(.rid == "container#1") | .verb] | join(" ")')" 'check start wait up wait operational'
}

# --- what a start meets

@test "a start that LXC refuses says why, and leaves nothing" {
    lab_container web
    sed -i 's/^lxc.net.0.link = .*/lxc.net.0.link = nobridge/' "$LAB_LXC/web/config"
    lxc_service web
    on web start
    exits 1
    says 'nobridge'
    says '/var/log/lxc/web.log'
    is "$(state_of web)" STOPPED
    sed -i 's/^lxc.net.0.link = .*/lxc.net.0.link = br0/; s/^lxc.uts.name.*/& \nnonsense/' "$LAB_LXC/web/config"
    on web start
    says "$LAB_LXC/web/config:2"
    [[ $status -ne 0 ]]
    mv "$LAB_LXC/web/rootfs" "$LAB_LXC/web/gone"
    sed -i '/nonsense/d' "$LAB_LXC/web/config"
    on web start
    exits 1
    says "$LAB_LXC/web/rootfs"
}

@test "one that is started at the disaster recovery site knows it by a file, and no more when it is started elsewhere" {
    lab_container web
    lxc_service web 'stop_timeout = 4s'
    sed -i "s/^nodes = .*/nodes = node110\ndrpnode = $LAB_NODE/" "$configuration/web.env"
    # A container's root must not lead the node anywhere by it.
    printf 'kept\n' >"$LAB_DIR/elsewhere"
    ln -s "$LAB_DIR/elsewhere" "$LAB_LXC/web/rootfs/.drp_flag"
    on web start --force --reason drill
    exits 0
    says "$LAB_LXC/web/rootfs/.drp_flag tells it so"
    lab_lxc_ready web
    lxc-attach -n web -- test -f /.drp_flag
    is "$(<"$LAB_DIR/elsewhere")" kept
    on web stop
    exits 0
    sed -i "s/^nodes = .*/nodes = $LAB_NODE/; /^drpnode/d" "$configuration/web.env"
    on web start
    exits 0
    lab_lxc_ready web
    run ! lxc-attach -n web -- test -e /.drp_flag
}

@test "a container's addresses are known without entering it" {
    a_started_container web
    local address
    address=$(sed -n 's/^lxc.net.0.ipv4.address = \(.*\)\/.*/\1/p' "$LAB_LXC/web/config")
    json web print status
    is "$(query '.services.web.resources."container#1".addresses | join(" ")')" "$address"
    on web print status
    says "web ($address)"
    on web push
    exits 0
    is "$(sql "SELECT addresses FROM resource WHERE rid = 'container#1'")" "$address"
    on web stop
    json web print status
    is "$(query '.services.web.resources."container#1" | has("addresses")')" false
}

@test "a container whose directory was renamed is down, and a start says what is missing" {
    lab_container web
    lxc_service web
    mv "$LAB_LXC/web" "$LAB_LXC/web2"
    status_is web container#1 down
    on web start
    exits 3
    says "there is no $LAB_LXC/web/config"
}

@test "a configuration where the section says it is" {
    lab_container web
    mkdir "$LAB_DIR/other"
    mv "$LAB_LXC/web/config" "$LAB_DIR/other/web.config"
    lxc_service web "cf = $LAB_DIR/other/web.config" 'stop_timeout = 10s'
    on web start
    exits 0
    is "$(state_of web)" RUNNING
    lab_lxc_ready web
    on web stop
    exits 0
    does_not_say 'taking its power away'
    ! lab_lxc_monitor web
}

@test "a container of the same name in another directory is another one; on the same root file system it is refused" {
    mkdir "$LAB_DIR/other"
    lab_container web --lxcpath "$LAB_DIR/other"
    lab_container web
    lxc_service web 'stop_timeout = 4s'
    lxc-start -P "$LAB_DIR/other" -n web
    status_is web container#1 down
    reason_is web container#1 "another container named web runs, of $LAB_DIR/other"
    on web start
    exits 0
    on web stop
    exits 0
    is "$(state_of web)" STOPPED
    is "$(lxc-info -P "$LAB_DIR/other" -n web -sH)" RUNNING
    sed -i "s|^lxc.rootfs.path = .*|lxc.rootfs.path = dir:$LAB_DIR/other/web/rootfs|" "$LAB_LXC/web/config"
    on web start
    [[ $status -ne 0 ]]
    says "runs already, of $LAB_DIR/other"
    is "$(state_of web)" STOPPED
    lxc-stop -k -P "$LAB_DIR/other" -n web
}

# --- bad days of one that runs

@test "a container that was started by hand is up, and is stopped like any other" {
    lab_container web
    lxc_service web 'stop_timeout = 10s'
    lxc-start -n web
    lab_lxc_ready web
    agree web 0
    on web start
    exits 0
    on web stop
    exits 0
    is "$(state_of web)" STOPPED
}

@test "one that was killed from outside is down, with its monitor or without" {
    a_started_container web
    kill -KILL "$(lab_lxc_init web)"
    lab_wait 10 eval '[[ $(state_of web) == STOPPED ]]'
    agree web 1
    on web start
    exits 0
    kill -KILL "$(lab_lxc_monitor web)"
    lab_wait 10 eval '[[ $(state_of web) == STOPPED ]]'
    agree web 1
    # The control groups of the dead monitor are still there.
    on web start
    exits 0
    agree web 0
}

@test "what is left in a control group that LXC numbered, and below it, is no stopped container, and a stop ends it" {
    lab_container web
    lxc_service web 'stop_timeout = 4s'
    mkdir -p /sys/fs/cgroup/lxc.payload.web-1/init.scope
    sleep 1000 &
    local left=$!
    echo "$left" >/sys/fs/cgroup/lxc.payload.web-1/init.scope/cgroup.procs
    agree web 2
    reason_is web container#1 "1 of its processes are left, $left first"
    on web start
    exits 3
    on web stop
    exits 0
    run ! kill -0 "$left"
    agree web 1
}

@test "one that ignores the request is killed at its deadline" {
    a_started_container web --deaf
    on web stop
    exits 0
    says 'web to shut down'
    says 'taking its power away'
    is "$(state_of web)" STOPPED
}

@test "one that is frozen is a warning, is not started, and is stopped without being asked" {
    a_started_container web
    lxc-freeze -n web
    agree web 2
    reason_is web container#1 'web is frozen'
    on web start
    exits 3
    on web stop
    exits 0
    says "can't shut down by itself"
    is "$(state_of web)" STOPPED
}

@test "a monitor that hangs: undef within the deadline, nothing is started, and a container beside it is seen" {
    a_started_container hung
    a_started_container fine
    deadlines 1s 2s
    kill -STOP "$(lab_lxc_monitor hung)"
    status_is hung container#1 undef
    reason_is hung container#1 "process $(lab_lxc_monitor hung)"
    on hung start
    exits 3
    run svcmgr -s hung,fine status
    status_is fine container#1 up
    deadlines 10s 15s
    kill -CONT "$(lab_lxc_monitor hung)"
    agree hung 0
}

@test "a stop that never ends: LXC is stuck in a hook, its monitor is killed" {
    lab_container web
    launcher "$LAB_DIR/hook" 'echo $$ >"$0.pid"' 'exec sleep 1000'
    echo "lxc.hook.stop = $LAB_DIR/hook" >>"$LAB_LXC/web/config"
    lxc_service web 'stop_timeout = 4s'
    on web start
    exits 0
    lab_lxc_ready web
    on web stop
    exits 0
    says 'taking its power away'
    is "$(state_of web)" STOPPED
    agree web 1
    kill "$(cat "$LAB_DIR/hook.pid")"
}

@test "a container that would start by itself at boot is told" {
    lab_container web
    echo 'lxc.start.auto = 1' >>"$LAB_LXC/web/config"
    lxc_service web
    reason_is web container#1 'autostart is on'
}

# --- a rehearsal, on this node as the disaster recovery site

# rehearsed NAME: a container that is down here, as replicated: its root file system, and a directory of this node that it writes to.
rehearsed() {
    local address
    lab_container "$1"
    address=$(sed -n 's/^lxc.net.0.ipv4.address = \(.*\)\/.*/\1/p' "$LAB_LXC/$1/config")
    mkdir -p "$LAB_DIR/data" "$LAB_LXC/$1/rootfs/data"
    echo replicated >"$LAB_DIR/data/file"
    printf 'lxc.mount.entry = %s data none bind 0 0\nlxc.hook.pre-start = /bin/false\n' "$LAB_DIR/data" >>"$LAB_LXC/$1/config"
    launcher "$LAB_LXC/$1/rootfs/svc/etc/init.d/S10write" 'grep replicated /data/file && echo lost >/data/file && echo lost >/etc/passwd && sleep 1'
    launcher "$LAB_LXC/$1/rootfs/svc/etc/init.d/C10write" 'grep lost /data/file'
    lxc_service "$1"
    sed -i "s/^nodes = .*/nodes = production\ndrpnodes = $LAB_NODE/" "$configuration/$1.env"
    printf '\n[ip#1]\nipname = %s\nipdev = eth0\n' "$address" >>"$configuration/$1.env"
    printf '10.77.0.99 production\n' >>/etc/hosts
}

digest_of_all() { find "$LAB_LXC" "$LAB_DIR/data" "$configuration" -type f -exec sha256sum {} + | sort; }

leaves_no_copy() {
    is "$(pgrep -f '^\[lxc monitor\]')" ''
    is "$(ip netns list)" ''
    is "$(ip -o link | grep -c 'svc[rv]')" 0
    is "$(find "$SVCMGR_ROOT/var/lib/svcmgr-rehearsal" -mindepth 2)" ''
}

@test "a rehearsal starts a copy above what is replicated, in a network of its own, and leaves nothing" {
    rehearsed web
    local before
    before=$(digest_of_all)
    on web drp rehearse --reason drill
    exits 0
    says 'bring up in copy ip#1: done'
    says 'bring up in copy app: done'
    is "$(digest_of_all)" "$before"
    leaves_no_copy
    on web drp status
    says 'done, usable after'
}

@test "a rehearsal that is killed leaves its copy, which is shown, and which recover ends" {
    rehearsed web
    local before copy
    before=$(digest_of_all)
    background web drp rehearse
    until_it_says 'bring up in copy app: begun'
    copy=$SVCMGR_ROOT/var/lib/svcmgr-rehearsal/web-rehearsal
    is "$(lxc-info -P "$copy" -n web-rehearsal -sH)" RUNNING
    is "$(ip -o link show master br0 | grep -c veth)" 0
    kill -KILL "$(pgrep -ox svcmgr)"
    finish
    is "$(lxc-info -P "$copy" -n web-rehearsal -sH)" RUNNING
    on web print status
    says 'drp rehearse was interrupted at bring up in copy app'
    on web recover --undo
    exits 0
    is "$(digest_of_all)" "$before"
    leaves_no_copy
}

@test "a container whose copy could touch what is not its own is not rehearsed" {
    rehearsed web
    echo 'lxc.net.0.type = none' >>"$LAB_LXC/web/config"
    on web drp rehearse
    exits 3
    says "on this node's own network"
    leaves_no_copy
}

# --- bad days of the tools

@test "without lxc-start and lxc-attach the package is named" {
    a_started_container web
    mount --bind /dev/null /usr/bin/lxc-attach
    on web print status
    exits 0
    # Whether its launchers run can't be told, and it is stopped all the same.
    on web stop
    exits 6
    says 'lxc-attach is not installed'
    is "$(state_of web)" STOPPED
    mount --bind /dev/null /usr/bin/lxc-start
    on web start
    exits 6
    says 'install the package lxc'
}

@test "a tool that prints a million lines, in any language, is read as far as it is useful" {
    lab_container web
    lxc_service web
    launcher "$LAB_DIR/tool" 'yes "Ölçü hatası: konteyner başlatılamadı" | head -n 1000000 >&2' 'exit 1'
    mount --bind "$LAB_DIR/tool" /usr/bin/lxc-start
    on web start
    exits 1
    says 'web did not start: Ölçü hatası'
    [[ ${#output} -lt 10000 ]]
}

@test "svcmgr's own language is not LXC's" {
    export LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8 LANGUAGE=tr
    a_started_container web
    agree web 0
}

@test "a node without the module is told the package, and the service is undef" {
    lab_container web
    lxc_service web
    mkdir "$LAB_DIR/other"
    cp "$SVCMGR_BIN/svcmgr" "$SVCMGR_BIN/svcmgr-kvm.so" "$LAB_DIR/other/"
    SVCMGR_BIN=$LAB_DIR/other
    status_is web container#1 undef
    reason_is web container#1 'install the package svcmgr-lxc'
}

@test "a drill names the bridge that a container would miss" {
    lab_container web
    lxc_service web
    on web drill
    exits 0
    sed -i 's/^lxc.net.0.link = .*/lxc.net.0.link = br9/' "$LAB_LXC/web/config"
    on web drill
    exits 1
    says "web on $LAB_NODE: container#1 bridge br9: this node has no bridge br9"
}
