#!/usr/bin/env bats
# What the node itself carries: disks, file systems, addresses, applications, tasks and triggers, for real. No guest boots here.
# Seconds: 60

setup_file() {
    load common
    begin_lab
    mkdir -p "$LAB_DIR/srv"
}

setup() {
    load common
    srv=$LAB_DIR/srv
    here=$configuration/svc1.d
    mkdir -p "$here"
}

# A test that fails leaves its mounts and loop devices here; the loop devices are the machine's, not the lab's.
teardown() {
    local point device
    [[ -z ${sleeper-} ]] || kill "$sleeper" 2>/dev/null || true
    for point in $(awk -v top="$srv" 'index($5, top) == 1 { print $5 }' /proc/self/mountinfo | sort -r); do umount "$point" || true; done
    for device in $(losetup --noheadings --output NAME,BACK-FILE | awk -v top="$srv" 'index($2, top) == 1 { print $1 }'); do
        vgchange -an lab188 >/dev/null 2>&1 || true
        losetup --detach "$device" || true
    done
    drop_link
    rm -rf "$srv" "$here"
    mkdir -p "$srv"
}

# node_service LINE…: writes svc1.env, a service of this node alone.
node_service() {
    {
        printf '[default]\napp = ERP\nenv = DEV\nnodes = %s\n' "$LAB_NODE"
        printf '%s\n' "$@"
    } >"$configuration/svc1.env"
    on svc1 validate config
    exits 0
}

image() { truncate -s "${2:-16M}" "$1" && mkfs.ext4 -q -F "$1"; }

ended() { ! kill -0 "$1" 2>/dev/null; }

ticks() { [[ $(grep -c tick "$logs/svc1.app#1.start.log") -ge 3 ]]; }

works_in() { [[ $(readlink "/proc/$1/cwd") == "$2" && $(<"/proc/$1/comm") == sleep ]]; }

mounted_on() { findmnt --noheadings --output SOURCE --mountpoint "$1"; }

loops_of() { losetup --noheadings --output NAME --associated "$1"; }

@test "a disk image is attached, checked, mounted, and all of it undone by stop" {
    losetup --find >/dev/null || skip 'this machine has no loop devices'
    image "$srv/disk.img"
    node_service '[disk#1]' 'type = loop' "file = $srv/disk.img" \
        '[fs#1]' 'type = ext4' "dev = $srv/disk.img" "mnt = $srv/data" 'mnt_opt = noatime' \
        '[fs#2]' 'type = tmpfs' 'dev = tmpfs' "mnt = $srv/data/deep/tmp" 'mnt_opt = size=1m' \
        '[fs#3]' 'type = directory' "path = $srv/data/logs" 'user = nobody' 'perm = 1770' \
        '[fs#4]' 'type = bind' "dev = $srv/data/logs" "mnt = $srv/logs"
    agree svc1 1
    on svc1 start
    exits 0
    agree svc1 0
    is "$(loops_of "$srv/disk.img" | wc -l)" 1
    is "$(findmnt --noheadings --output FSTYPE --mountpoint "$srv/data")" ext4
    is "$(findmnt --noheadings --output FSTYPE --mountpoint "$srv/data/deep/tmp")" tmpfs
    is "$(stat --format '%U %a' "$srv/data/logs")" 'nobody 1770'
    touch "$srv/data/logs/x"
    [[ -e $srv/logs/x ]]

    on svc1 start
    exits 0
    on svc1 stop
    exits 0
    is "$(grep -c "$srv/" /proc/self/mountinfo)" 0
    is "$(loops_of "$srv/disk.img")" ''
    agree svc1 1
}

@test "a broken file system is mended, or keeps the service down and what was started is undone" {
    losetup --find >/dev/null || skip 'this machine has no loop devices'
    image "$srv/disk.img"
    node_service '[disk#1]' 'type = loop' "file = $srv/disk.img" '[fs#1]' 'type = ext4' "dev = $srv/disk.img" "mnt = $srv/data"
    tune2fs -E force_fsck "$srv/disk.img" >/dev/null 2>&1 || true
    debugfs -w -R 'ssv state 2' "$srv/disk.img" 2>/dev/null
    on svc1 start
    exits 0
    says 'had errors, which were mended'
    on svc1 stop
    exits 0
    dd if=/dev/urandom of="$srv/disk.img" bs=4096 seek=1 count=200 conv=notrunc status=none
    dd if=/dev/zero of="$srv/disk.img" bs=1024 count=8 conv=notrunc status=none
    on svc1 start
    exits 1
    says 'e2fsck'
    is "$(loops_of "$srv/disk.img")" ''
    is "$(journal svc1)" 'start undone 1'
}

@test "a busy mount point is tried again, its holder is named, and it is never detached behind its back" {
    node_service '[fs#1]' 'type = tmpfs' 'dev = tmpfs' "mnt = $srv/t" 'stop_timeout = 3s'
    on svc1 start
    exits 0
    (cd "$srv/t" && exec sleep 60) 3>&- &
    sleeper=$!
    lab_wait 10 works_in "$sleeper" "$srv/t"
    on svc1 stop
    exits 5
    says "held by sleep (pid $sleeper)"
    says "$srv/t can't be unmounted"
    is "$(mounted_on "$srv/t")" tmpfs
    kill -0 "$sleeper"
    (sleep 1 && kill "$sleeper") 3>&- & # while the stop is busy trying
    on svc1 stop
    exits 0
    is "$(mounted_on "$srv/t")" ''
}

@test "another device at the mount point is shown, and is neither mounted over nor unmounted" {
    losetup --find >/dev/null || skip 'this machine has no loop devices'
    image "$srv/disk.img"
    node_service '[disk#1]' 'type = loop' "file = $srv/disk.img" '[fs#1]' 'type = ext4' "dev = $srv/disk.img" "mnt = $srv/data"
    mkdir "$srv/data"
    mount -t tmpfs -o size=1m other "$srv/data"
    status_is svc1 fs#1 warn
    reason_is svc1 fs#1 "other (tmpfs) is mounted on $srv/data, not $srv/disk.img"
    on svc1 start
    exits 3
    on svc1 stop
    is "$(mounted_on "$srv/data")" other
}

@test "a file system that hangs does not hang the status" {
    mkdir "$srv/hung"
    # A FUSE file system whose server never answers.
    perl -e 'open(F, "+<", "/dev/fuse") or exit 1; $fd = fileno(F);
        require "syscall.ph" if 0; $o = "fd=$fd,rootmode=40000,user_id=0,group_id=0"; $t = "fuse.sshfs"; $s = "peer:/x"; $p = $ARGV[0];
        exit 1 if syscall(165, $s, $p, $t, 0, $o) != 0; print "mounted\n"; close(STDOUT); sleep 60' "$srv/hung" \
        >"$BATS_TEST_TMPDIR/said" 2>/dev/null 3>&- &
    local server=$!
    lab_wait 10 test -s "$BATS_TEST_TMPDIR/said" || skip 'this machine has no FUSE'
    deadlines 1s 1s
    node_service '[fs#1]' 'type = fuse.sshfs' 'dev = peer:/x' "mnt = $srv/hung" \
        '[app#1]' "script = $srv/hung/app" 'start = 1' 'check = 1' '[fs#2]' 'type = directory' "path = $srv/hung/dir"
    local begin=$SECONDS
    json svc1 print status
    kill "$server"
    deadlines 10s 15s
    [[ $((SECONDS - begin)) -le 10 ]]
    is "$(query '.services.svc1.resources."fs#1".status')" warn
    is "$(query '.services.svc1.resources."fs#2".status')" undef
    is "$(query '.services.svc1.resources."app#1".status')" undef
}

@test "a volume group on a loop device is activated and deactivated" {
    command -v lvm >/dev/null || skip 'there is no lvm here'
    grep -q device-mapper /proc/misc || skip 'the kernel has no device mapper'
    truncate -s 32M "$srv/pv.img"
    local device
    device=$(losetup --find --show "$srv/pv.img")
    vgcreate -q lab188 "$device" >/dev/null
    lvcreate -q -an -Zn -L 8M -n data lab188 >/dev/null
    node_service '[disk#1]' 'type = vg' 'name = lab188'
    status_is svc1 disk#1 down
    on svc1 start
    exits 0
    status_is svc1 disk#1 up
    on svc1 stop
    exits 0
    status_is svc1 disk#1 down
}

@test "a volume group that LVM sees is looked at with the real tools" {
    command -v lvm >/dev/null || skip 'there is no lvm here'
    losetup --find >/dev/null || skip 'this machine has no loop devices'
    truncate -s 32M "$srv/pv.img"
    local device
    device=$(losetup --find --show "$srv/pv.img")
    vgcreate -q lab188 "$device" >/dev/null 2>&1 || skip 'LVM makes no volume group here'
    node_service '[disk#1]' 'type = vg' 'name = lab188' '[disk#2]' 'type = vg' 'name = nosuch'
    status_is svc1 disk#1 n/a
    reason_is svc1 disk#1 'lab188 has no logical volumes'
    status_is svc1 disk#2 down
    reason_is svc1 disk#2 'this node sees no volume group nosuch'
}

@test "a directory is exported to its clients, and no longer after the stop" {
    mount -t tmpfs tmpfs /var/lib/nfs
    touch /var/lib/nfs/{etab,rmtab}
    mkdir "$srv/export"
    node_service '[share#1]' 'type = nfs' "path = $srv/export" 'opts = 10.88.0.0/24(ro,fsid=1) 10.88.9.110(rw,fsid=1)'
    status_is svc1 share#1 down
    on svc1 start
    exits 0
    status_is svc1 share#1 up
    grep -q "^$srv/export.10.88.0.0/24(ro,.*fsid=1" /var/lib/nfs/etab
    on svc1 stop
    exits 0
    status_is svc1 share#1 down
    is "$(grep -c export /var/lib/nfs/etab)" 0
    umount /var/lib/nfs
}

# A link with another machine on it: sv0 here, sv1 in a network namespace with its own addresses.
make_link() {
    ip netns add far
    ip link add sv0 type veth peer name sv1 netns far
    ip addr add 10.88.0.1/24 dev sv0
    ip -6 addr add 2001:db8:88::1/64 dev sv0 nodad
    ip link set sv0 up
    ip -n far link set lo up
    ip -n far addr add 10.88.0.2/24 dev sv1
    ip -n far -6 addr add 2001:db8:88::2/64 dev sv1 nodad
    ip -n far link set sv1 up
}

drop_link() {
    ip link del sv0 2>/dev/null || true
    ip netns del far 2>/dev/null || true
}

# What the other machine believes to be the hardware address of an address.
neighbour() { far ip neigh show "$1" dev sv1 | sed -n 's/.*lladdr \([^ ]*\).*/\1/p'; }

far() { ip netns exec far "$@"; }

@test "an address is added, announced, and taken away; others learn at once that it moved" {
    make_link
    node_service '[ip#1]' 'ipname = 10.88.0.188' 'ipdev = sv0' "post_start = printenv OPENSVC_IPADDR" "blocking_post_start = env | cat >$srv/env" \
        '[ip#2]' 'ipname = 2001:db8:88::188' 'ipdev = sv0'
    agree svc1 1
    # What the other machine believed before: somebody else has it.
    far ip neigh replace 10.88.0.188 lladdr 02:00:00:00:00:99 dev sv1 nud stale
    far ip -6 neigh replace 2001:db8:88::188 lladdr 02:00:00:00:00:99 dev sv1 nud stale
    on svc1 start
    exits 0
    agree svc1 0
    is "$(ip -o -4 addr show dev sv0 label sv0:1 | awk '{ print $4 }')" 10.88.0.188/24
    is "$(ip -o -6 addr show dev sv0 to 2001:db8:88::188 | awk '{ print $4 }')" 2001:db8:88::188/64
    local here
    here=$(cat /sys/class/net/sv0/address)
    is "$(neighbour 10.88.0.188)" "$here"
    is "$(neighbour 2001:db8:88::188)" "$here"
    grep -qx OPENSVC_IPADDR=10.88.0.188 "$srv/env"
    far busybox ping -q -c 1 -W 5 10.88.0.188 >/dev/null
    on svc1 start
    exits 0
    on svc1 stop
    exits 0
    is "$(ip -o addr show dev sv0 | grep -c 188)" 0
    agree svc1 1
    drop_link
}

@test "an address that another machine has is not added, even when it does not answer ping" {
    make_link
    node_service '[ip#1]' 'ipname = 10.88.0.188' 'ipdev = sv0'
    far ip addr add 10.88.0.188/24 dev sv1
    on svc1 start
    exits 3
    says 'another machine has 10.88.0.188: it answers ping'
    far sysctl -q -w net.ipv4.icmp_echo_ignore_all=1
    on svc1 start
    exits 1
    says "another machine has 10.88.0.188: $(far cat /sys/class/net/sv1/address)"
    is "$(ip -o addr show dev sv0 | grep -c 188)" 0
    is "$(journal svc1)" 'start failed 1'

    node_service '[ip#1]' 'ipname = 2001:db8:88::188' 'ipdev = sv0' 'tags = nonrouted'
    far ip -6 addr add 2001:db8:88::188/64 dev sv1 nodad
    on svc1 start
    exits 1
    says 'another machine has 2001:db8:88::188'
    is "$(ip -o addr show dev sv0 | grep -c 188)" 0
    is "$(journal svc1)" 'start undone 1'
    drop_link
}

@test "an adapter that is missing or down refuses the start, one without a carrier is a warning" {
    make_link
    node_service '[ip#1]' 'ipname = 10.88.0.188' 'ipdev = sv9'
    on svc1 start
    exits 3
    says 'there is no adapter sv9'
    sed -i 's/sv9/sv0/' "$configuration/svc1.env"
    ip link set sv0 down
    on svc1 start
    exits 3
    says 'sv0 is not up'
    ip link set sv0 up
    lab_wait 10 carrier
    on svc1 start
    exits 0
    ip -n far link set sv1 down
    status_is svc1 ip#1 warn
    reason_is svc1 ip#1 'sv0 has no carrier'
    drop_link
}

carrier() { [[ $(</sys/class/net/sv0/carrier) == 1 ]]; }

@test "an application is started, checked and stopped; what it leaves running stays, and its order is kept" {
    launcher "$here/web" 'case $1 in' \
        "start) echo \"web as \$(id -un) in \$PWD with \$OPENSVC_SVCNAME \$OPENSVC_ACTION\"; (while sleep 0.1; do echo tick; done) & echo \$! >$srv/web.pid; echo web >>$srv/order ;;" \
        "stop) kill \$(cat $srv/web.pid); rm $srv/web.pid; echo web stopped >>$srv/order ;;" \
        "status) [ -e $srv/web.pid ] ;;" esac
    launcher "$here/db" 'case $1 in' "start) touch $srv/db; echo db >>$srv/order ;;" "stop) rm $srv/db; echo db stopped >>$srv/order ;;" \
        "status) [ -e $srv/db ] || exit 1 ;;" esac
    node_service '[app#1]' 'script = web' 'start = 20' 'stop = 10' 'check = 1' "cwd = $srv" \
        '[app#2]' 'script = db' 'start = 10' 'stop = 20' 'check = 1'
    agree svc1 1
    on svc1 start
    exits 0
    agree svc1 0
    kill -0 "$(<"$srv/web.pid")"
    is "$(<"$srv/order")" $'db\nweb'
    lab_wait 10 ticks # it goes on writing, and nobody kills it for that
    is "$(head -n 1 "$logs/svc1.app#1.start.log")" "web as root in $srv with svc1 start"
    on svc1 stop
    exits 0
    is "$(tail -n 2 "$srv/order")" $'web stopped\ndb stopped'
    agree svc1 1
}

@test "a launcher runs as its user, and one that hangs is ended with its children; the start is undone" {
    launcher "$here/web" 'case $1 in' "start) id -un; sleep 61 & echo \$! >$srv/child; sleep 60 ;;" "stop) touch $srv/stopped ;;" esac
    chmod 1777 "$srv"
    node_service '[app#1]' 'script = web' 'start = 1' 'stop = 1' 'user = nobody' 'start_timeout = 1s'
    chmod 755 "$configuration" "$here" "$SVCMGR_ROOT" "$SVCMGR_ROOT/etc"
    on svc1 start
    exits 1
    says 'no answer within its deadline'
    is "$(<"$logs/svc1.app#1.start.log")" nobody
    lab_wait 10 ended "$(<"$srv/child")"
    [[ -e $srv/stopped ]]
    is "$(journal svc1)" 'start undone 1'
}

@test "triggers run around a start in their order; a blocking one that fails ends it and undoes it" {
    node_service '[fs#1]' 'type = tmpfs' 'dev = tmpfs' "mnt = $srv/t" "pre_start = touch $srv/1" "blocking_pre_start = test -e $srv/1" \
        "post_start = false" "blocking_post_start = test -e $srv/t && touch $srv/t/2" "pre_stop = touch $srv/3"
    on svc1 start --dry-run
    exits 0
    says 'fs#1 blocking_pre_start'
    [[ ! -e $srv/1 ]]
    on svc1 start
    exits 0
    says 'post_start failed: false: exited with 1'
    [[ -e $srv/t/2 ]]
    is "$(steps_of_journal svc1)" $'fs#1 pre_start done\nfs#1 blocking_pre_start done\nfs#1 start done\nfs#1 post_start done\nfs#1 blocking_post_start done'
    on svc1 stop
    exits 0
    [[ -e $srv/3 ]]

    sed -i 's/^blocking_post_start = .*/blocking_post_start = false/' "$configuration/svc1.env"
    rm "$srv/3"
    on svc1 start
    exits 1
    is "$(mounted_on "$srv/t")" ''
    [[ -e $srv/3 ]]
}

@test "a task is run when somebody asks, and how it ended is remembered" {
    launcher "$here/backup" "echo \"\$1 \$OPENSVC_ACTION\"; [ ! -e $srv/broken ]"
    node_service '[task#1]' "command = $here/backup 'two words'" 'confirmation = true' "on_error = touch $srv/on_error"
    on svc1 start
    exits 0
    status_is svc1 task#1 n/a
    on svc1 run --rid task#1
    exits 3
    on svc1 run --rid task#1 --force
    exits 0
    is "$(<"$logs/svc1.task#1.run.log")" 'two words run'
    touch "$srv/broken"
    on svc1 run --force
    exits 1
    [[ -e $srv/on_error ]]
    status_is svc1 task#1 warn
    reason_is svc1 task#1 'exited with 1'
    is "$(journal svc1)" 'run failed 1'
}
