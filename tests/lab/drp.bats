#!/usr/bin/env bats
# Two whole nodes, production and its disaster recovery site: a rehearsal beside a production that runs, a disaster, and the way back. The tests build on each other.
# Seconds: 240

setup_file() {
    load common
    load nodes.sh
    lab_nodes node1 drp1
    lab_on node1 lab_guest vm1
    # Whoever boots writes onto its disk: a copy that wrote onto a replica would be seen by its digest.
    launcher "$LAB_DIR/more/svc/etc/init.d/S20write" 'dd if=/proc/sys/kernel/random/boot_id of=/dev/vda bs=1k seek=1024 conv=notrunc,fsync'
    put_files vm1 "$LAB_DIR/more"
    # Each site has disks of its own, under the same names.
    local name
    for name in node1 drp1; do own_images "$name"; done
    cp "$LAB_IMAGES/vm1-1.qcow2" "$(images node1)/vm1-1.qcow2"
    cat >"$(lab_root node1)/etc/svcmgr/vm1.env" <<CONF
[default]
service_type = TST
nodes = node1
drpnodes = drp1

[container#1]
name = vm1
type = kvm
start_timeout = 90s
stop_timeout = 20s

[ip#1]
ipname = vm1
ipdev = eth0

[sync#1]
type = rsync
src = $LAB_IMAGES/vm1-1.qcow2
dst = $LAB_IMAGES
target = drpnodes
CONF
    lab_node_trust vm1
    # drp1 lets node1 do what svcmgr needs, env files included, and nothing else; node1 lets drp1 in as the lab does.
    sed "s|^|command=\"svcmgr peer\",restrict |" "$LAB_DIR/nodes/keys" >"$(lab_node_directory drp1)/home/.ssh/authorized_keys"
    printf '\n[node]\naccept_files = true\n' >>"$(lab_root drp1)/etc/svcmgr/node.conf"
}

setup() {
    load common
    load nodes.sh
}

images() { printf '%s/own-images\n' "$(lab_node_directory "$1")"; }

own_images() {
    mkdir -p "$(images "$1")"
    lab_on "$1" mount --bind "$(images "$1")" "$LAB_IMAGES"
}

# What a rehearsal must not touch on a node: disks, definitions, what svcmgr remembers of replicas.
digests() {
    local root
    root=$(lab_root "$1")
    (cd / && find "$(images "$1")" "$root/etc/svcmgr" "$root/var/lib/svcmgr/replicas" "$(lab_node_directory "$1")/libvirt/qemu" -type f -exec sha256sum {} + | sort)
}

leaves_nothing() {
    is "$(lab_on drp1 virsh --quiet list --all --name | grep rehearsal)" ''
    is "$(lab_on drp1 ip netns list)" ''
    is "$(lab_on drp1 ip -o link | grep -c 'svc[rv]')" 0
    is "$(find "$(lab_root drp1)/var/lib/svcmgr-rehearsal" -type f)" ''
}

# Begins a rehearsal in the background, as $!, and waits until its copy is booting. Each has a log of its own: the last one's has that line already.
begin_rehearsal() {
    local log
    log=$(mktemp "$BATS_TEST_TMPDIR/rehearsal.XXXXXX")
    lab_on drp1 env --default-signal=INT svcmgr -s vm1 drp rehearse >"$log" 2>&1 3>&- &
    lab_wait 60 grep -q 'wait for copy of container#1: begun' "$log"
}

# Prints the process that holds the lock for it.
rehearsing() { sed -n 's/^.*drp rehearse.*(pid \([0-9]*\)).*$/\1/p' "$(lab_root drp1)/run/svcmgr/vm1.lock"; }

ssh_guest() { lab_on "$1" ssh -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o ConnectTimeout=30 vm1 "${@:2}"; }

@test "production runs, and what it needs is replicated" {
    on_node node1 vm1 start
    exits 0
    ssh_guest node1 'printf before-the-disaster | dd of=/dev/vda conv=notrunc,fsync 2>/dev/null'
    on_node node1 vm1 sync drp
    exits 0
    cmp "$(images node1)/vm1-1.qcow2" "$(images drp1)/vm1-1.qcow2"
}

@test "a rehearsal brings a copy up beside it, measures, and leaves nothing behind" {
    local before_there before_here boot
    before_there=$(digests drp1) before_here=$(digests node1)
    boot=$(ssh_guest node1 cat /proc/sys/kernel/random/boot_id)
    on_node node1 vm1 drp rehearse --on drp1 --reason drill
    exits 0
    says 'bring up in copy ip#1: done'
    says 'bring up in copy app: done'
    is "$(digests drp1)" "$before_there"
    is "$(digests node1)" "$before_here"
    is "$(ssh_guest node1 cat /proc/sys/kernel/random/boot_id)" "$boot"
    leaves_nothing
    on_node drp1 vm1 drp status
    exits 0
    says 'done, usable after'
    says 'RTO'
}

@test "the copy is on a network that leads nowhere, with another uuid and MAC address" {
    begin_rehearsal
    run lab_on drp1 virsh dumpxml vm1-rehearsal
    exits 0
    local definition=$output
    grep -q "<source bridge='svcr" <<<"$definition" || fail 'it is on another bridge'
    ! grep -q "bridge='br0'" <<<"$definition" || fail 'it is on the bridge of production'
    is "$(lab_on drp1 ip -o link show master br0 | grep -c vnet)" 0
    is "$(lab_on drp1 ip -o address show | grep -c svcr)" 0
    wait $!
    leaves_nothing
}

@test "killed with -9 it takes its copy along, is shown, and recover cleans up; so does the next rehearsal" {
    local way
    for way in 'recover --undo' 'drp rehearse'; do
        begin_rehearsal
        lab_on drp1 kill -9 "$(rehearsing)"
        wait $! || true
        on_node drp1 vm1 print status
        says 'drp rehearse'
        # shellcheck disable=SC2086  # two words
        on_node drp1 vm1 $way
        exits 0
        leaves_nothing
    done
}

@test "Ctrl-C ends it and everything that it made" {
    begin_rehearsal
    lab_on drp1 kill -INT "$(rehearsing)"
    status=0
    wait $! || status=$?
    exits 130
    leaves_nothing
}

@test "after a disaster it starts at the other site, and what is written there comes home" {
    lab_kill_node node1
    on_node drp1 vm1 start --force --reason fire
    exits 0
    is "$(ssh_guest drp1 'dd if=/dev/vda bs=19 count=1 2>/dev/null')" before-the-disaster
    ssh_guest drp1 'printf after-the-disaster! | dd of=/dev/vda conv=notrunc,fsync 2>/dev/null'
    lab_boot_node node1
    own_images node1
    on_node node1 vm1 drp return
    exits 3
    says 'it runs on drp1'
    on_node drp1 vm1 stop
    exits 0
    on_node drp1 vm1 drp return
    exits 3
    says 'is no node of production'
    on_node node1 vm1 drp return --dry-run
    exits 0
    on_node node1 vm1 drp return
    exits 0
    does_not_say 'definition'
    is "$(ssh_guest node1 'dd if=/dev/vda bs=19 count=1 2>/dev/null')" 'after-the-disaster!'
}

@test "what production has written since is not replaced without a reason" {
    on_node node1 vm1 stop
    exits 0
    on_node node1 vm1 drp return
    exits 3
    says 'what was written here since would be lost'
}

@test "nobody has edited what ran at the other site: it is replicated to as before" {
    on_node node1 vm1 start
    exits 0
    on_node node1 vm1 sync drp
    exits 0
    does_not_say 'was changed there'
}

btrfs_image() { truncate -s 200M "$LAB_DIR/$1.btrfs" && mkfs.btrfs -q "$LAB_DIR/$1.btrfs" >/dev/null 2>&1; }

subvolumes() { lab_on "$1" btrfs subvolume list -o /mnt | sed 's/.* path //' | sort | tr '\n' ' '; }

@test "a subvolume of btrfs comes home into its file system, with the env file that was changed there" {
    btrfs_image node1 || skip 'there is no btrfs here'
    btrfs_image drp1
    # The site has its file system mounted whether the service runs there or not: that is where it gets its data.
    cat >"$(lab_root node1)/etc/svcmgr/data1.env" <<CONF
[default]
service_type = TST
nodes = node1
drpnodes = drp1

[fs#1]
type = btrfs
dev = $LAB_DIR/node1.btrfs
dev@drp1 = $LAB_DIR/drp1.btrfs
mnt = /mnt
standby@drpnodes = true

[fs#2]
type = tmpfs
dev = tmpfs
mnt = /media

[sync#1]
type = btrfs
src = /mnt/app
dst = /mnt/app
target = drpnodes
CONF
    on_node node1 data1 start
    exits 0
    lab_on node1 btrfs -q subvolume create /mnt/app
    lab_on node1 sh -c 'head -c 3000000 /dev/urandom >/mnt/app/large; echo before >/mnt/app/state'
    on_node node1 data1 sync drp --rid 'sync#i0'
    exits 0
    on_node drp1 data1 startstandby
    exits 0
    on_node node1 data1 sync drp
    exits 0
    is "$(lab_on drp1 cat /mnt/app/state)" before

    on_node node1 data1 stop
    exits 0
    on_node drp1 data1 start --force --reason fire
    exits 0
    lab_on drp1 sh -c 'echo after >/mnt/app/state'
    sed -i 's/^service_type = TST/&\ncomment = changed during the disaster/' "$(lab_root drp1)/etc/svcmgr/data1.env"
    on_node node1 data1 drp return
    exits 3
    says 'it runs on drp1'
    on_node drp1 data1 stop
    exits 0

    on_node node1 data1 drp return
    exits 0
    says 'mount here: done'
    says 'env fetched: it was changed there, and not here'
    is "$(lab_on node1 cat /mnt/app/state)" after
    is "$(lab_on node1 sha256sum /mnt/app/large)" "$(lab_on drp1 sha256sum /mnt/app/large)"
    grep -q 'changed during the disaster' "$(lab_root node1)/etc/svcmgr/data1.env"
    # Nothing is left but what the next replication is a difference to, and it is one.
    is "$(subvolumes node1)" '.svcmgr-data1.sync.1.drp1/kept app '
    is "$(subvolumes drp1)" '.svcmgr-data1.sync.1/kept app '
    lab_on node1 sh -c 'echo home >/mnt/app/state'
    on_node node1 data1 sync drp
    exits 0
    says 'sends what changed since the last time'
    is "$(lab_on drp1 cat /mnt/app/state)" home
    lab_on node1 umount /mnt
    lab_on drp1 umount /mnt
}
