#!/usr/bin/env bats
# A service of a Xen guest: the words of the page and bad days, on a real Xen in QEMU that the node's xl drives.
# Seconds: 170

setup_file() {
    load common
    # shellcheck source=xen.sh
    source "$BATS_TEST_DIRNAME/xen.sh"
    begin_lab
    sed -i 's/^look_timeout = .*/look_timeout = 20s/' "$configuration/node.conf"
    lab_xen_start 3>&-
    lab_xen_guest web --disk
    xen_service web
    trust web
}

teardown_file() { [[ ! -e $LAB_DIR/xen/pid ]] || kill "$(cat "$LAB_DIR/xen/pid")"; }

setup() {
    load common
    # shellcheck source=xen.sh
    source "$BATS_TEST_DIRNAME/xen.sh"
}

teardown() {
    umount /usr/sbin/xl 2>/dev/null || true
    lab_xen_thaw
    deadlines 20s 15s
    [[ ! -e $LAB_DIR/web.cfg ]] || mv "$LAB_DIR/web.cfg" /etc/xen/web.cfg
    [[ -n ${BATS_TEST_COMPLETED-} ]] || lab_console web | tail -n 20
}

xen_service() {
    {
        printf '[default]\napp = ERP\nenv = DEV\nnodes = %s\norchestrate = start\n\n' "$LAB_NODE"
        printf '[container#1]\nname = %s\ntype = xen\nstart_timeout = 90s\nstop_timeout = 40s\n' "$1"
        printf '\n[ip#1]\nipname = %s\nipdev = eth0\n\n[vmdg]\nscsireserv = false\n' "$1"
    } >"$configuration/$1.env"
}

flags_of() { xl list | awk -v name="$1" '$1 == name { print $5 }'; }

@test "a guest that was never started is down, and its disk is known" {
    agree web 1
    on web diskupdate
    exits 0
    is "$(sql "SELECT kind, source, target FROM disk WHERE service = 'web'")" 'file /srv-web.img xvda'
}

@test "start, print status, push, startapp: the guest runs and answers" {
    on web start
    exits 0
    [[ -n $(flags_of web) ]]
    status_is web container#1 up
    status_is web ip#1 up
    status_is web app up
    on web push
    exits 0
    is "$(sql "SELECT vcpus, memory_kib FROM resource WHERE service = 'web' AND rid = 'container#1'")" '1 163840'
    is "$(sql "SELECT addresses FROM resource WHERE rid = 'container#1'")" "$(getent hosts web | cut -d' ' -f1)"
    on web start
    exits 0
    says 'nothing to do'
}

@test "one that is paused by hand is a warning, and is not started" {
    xl pause web
    status_is web container#1 warn
    reason_is web container#1 'web is paused'
    on web start
    exits 3
    xl unpause web
    status_is web container#1 up
}

@test "a xenstored that hangs: undef within the deadline, and nothing is started" {
    deadlines 2s 15s
    lab_xen_freeze
    status_is web container#1 undef
    reason_is web container#1 'xenstored'
    on web start
    exits 3
    lab_xen_thaw
    deadlines 20s 15s
    status_is web container#1 up
}

@test "one that was renamed is not taken for stopped while its uuid is known" {
    local uuid
    uuid=$(xl list -v | awk '$1 == "web" { print $7 }')
    cp /etc/xen/web.cfg "$LAB_DIR/web.cfg"
    printf "uuid = '%s'\n" "$uuid" >>/etc/xen/web.cfg
    xl rename web other
    status_is web container#1 undef
    reason_is web container#1 'the domain other has its uuid'
    on web start
    exits 3
    xl rename other web
    cp "$LAB_DIR/web.cfg" /etc/xen/web.cfg
    status_is web container#1 up
}

@test "xl that is missing, and xl that prints nonsense in another language: undef, with the line" {
    mount --bind /dev/null /usr/sbin/xl
    status_is web container#1 undef
    reason_is web container#1 'xen-utils'
    umount /usr/sbin/xl
    launcher "$LAB_DIR/nonsense" 'yes "Ölçü hatası" | head -n 1000000'
    mount --bind "$LAB_DIR/nonsense" /usr/sbin/xl
    status_is web container#1 undef
    reason_is web container#1 'Ölçü hatası'
    umount /usr/sbin/xl
    status_is web container#1 up
}

@test "one that crashes is a warning, and a stop ends it" {
    timeout 5 ssh -o BatchMode=yes web 'echo c >/proc/sysrq-trigger' || true
    lab_wait 30 eval '[[ $(flags_of web) == *c* ]]'
    status_is web container#1 warn
    reason_is web container#1 'web is crashed'
    on web stop
    exits 0
    is "$(flags_of web)" ''
}

@test "one that was started by hand is up, and is stopped gracefully" {
    xl create /etc/xen/web.cfg
    lab_wait_ssh web
    status_is web container#1 up
    on web stop
    exits 0
    does_not_say 'taking its power away'
    is "$(flags_of web)" ''
    agree web 1
}

@test "a drill names the bridge, the memory and the processors that a guest would miss" {
    # The node's xl is that of the host: so are its bridges, by their names.
    ip link add xenbr0 type bridge
    cp /etc/xen/web.cfg "$LAB_DIR/web.cfg"
    on web drill
    exits 0
    sed -i "s/xenbr0/br9/; s/^memory = .*/memory = 1000/; \$a cpus = '7'" /etc/xen/web.cfg
    on web drill
    exits 1
    says "web on $LAB_NODE: container#1 bridge br9: this node has no bridge br9"
    says "web on $LAB_NODE: container#1 memory: it needs 1000 MiB, and "
    says "web on $LAB_NODE: container#1 processor: it has to run on 7, and there are 0-0"
    cp "$LAB_DIR/web.cfg" /etc/xen/web.cfg
    sed -i "\$a cpus = '7'" /etc/xen/web.cfg
    on web start
    exits 1
    says 'Hard affinity completely outside'
    ip link delete xenbr0
}

@test "a start that Xen refuses says why" {
    lab_xen_ssh rm /srv-web.img
    on web start
    exits 1
    says '/srv-web.img: No such file or directory'
    is "$(flags_of web)" ''
}
