#!/usr/bin/env bats
# Two whole nodes: what one of them needs to take over reaches it, through a key that is good for `svcmgr peer` and nothing else. The tests build on each other.
# Seconds: 200

setup_file() {
    load common
    load nodes.sh
    lab_nodes node1 node2
    lab_on node1 lab_guest vm1
    lab_node_env vm1 'node1'
    local root1 root2
    root1=$(lab_root node1)
    root2=$(lab_root node2)
    sed -i 's/^nodes = .*/nodes = node1 node2/' "$root1/etc/svcmgr/vm1.env"
    mkdir -p "$root1/etc/svcmgr/vm1.d" "$root1/data/below" "$root2/data"
    printf '#!/bin/sh\n' >"$root1/etc/svcmgr/vm1.d/S10db"
    chmod 755 "$root1/etc/svcmgr/vm1.d/S10db"
    printf 'one\n' >"$root1/data/below/file"
    cat >>"$root1/etc/svcmgr/vm1.env" <<CONF

[sync#1]
type = rsync
src = $root1/data/
dst = $root2/data
target = nodes
CONF
    # node2 lets node1 do what svcmgr needs, and nothing else.
    sed "s|^|command=\"svcmgr peer\",restrict |" "$LAB_DIR/nodes/keys" >"$(lab_node_directory node2)/home/.ssh/authorized_keys"
}

setup() {
    load common
    load nodes.sh
    root1=$(lab_root node1)
    root2=$(lab_root node2)
}

@test "the key is good for svcmgr peer only" {
    run lab_on node1 ssh -o BatchMode=yes -i "$(lab_node_directory node1)/home/.ssh/id_ed25519" -o "UserKnownHostsFile=$root1/etc/svcmgr/known_hosts" node2 id
    [[ $status -ne 0 ]]
    says 'svcmgr peer'
    does_not_say 'uid='
}

@test "it brings no file that root would run, unless the other node allows it" {
    on_node node1 vm1 sync nodes --rid 'sync#i0'
    exits 1
    says 'node2 takes no files of services from a node whose key is limited'
    says 'accept_files = true'
    [[ ! -e $root2/etc/svcmgr/vm1.env && ! -e $root2/etc/svcmgr/vm1.d ]]
    printf '\n[node]\naccept_files = true\n' >>"$root2/etc/svcmgr/node.conf"
}

@test "env file, launchers and the definition reach the other node" {
    on_node node1 vm1 sync nodes --rid 'sync#i0'
    exits 0
    cmp "$root1/etc/svcmgr/vm1.env" "$root2/etc/svcmgr/vm1.env"
    cmp "$root1/etc/svcmgr/vm1.d/S10db" "$root2/etc/svcmgr/vm1.d/S10db"
    [[ -x $root2/etc/svcmgr/vm1.d/S10db ]]
    is "$(lab_on node2 cat /etc/libvirt/qemu/vm1.xml)" "$(lab_on node1 cat /etc/libvirt/qemu/vm1.xml)"
}

@test "data is replicated by rsync, and what was removed goes" {
    on_node node1 vm1 sync nodes
    exits 0
    cmp "$root1/data/below/file" "$root2/data/below/file"
    rm "$root1/data/below/file"
    printf 'two\n' >"$root1/data/other file"
    on_node node1 vm1 sync nodes --rid 'sync#1'
    exits 0
    [[ ! -e $root2/data/below/file ]]
    cmp "$root1/data/other file" "$root2/data/other file"
    on_node node2 vm1 print status
    says 'replica of node1'
}

@test "a destination that is not this node's own is refused, and nothing is written" {
    sed -i "s|^dst = .*|dst = $root2/elsewhere|" "$root1/etc/svcmgr/vm1.env"
    on_node node1 vm1 sync nodes --rid 'sync#1'
    [[ $status -ne 0 ]]
    says 'dst is'
    [[ ! -e $root2/elsewhere ]]
    sed -i "s|^dst = .*|dst = $root2/data|" "$root1/etc/svcmgr/vm1.env"
}

@test "a file system that must be mounted there, and is not, keeps the data away" {
    sed -i "s|^target = .*|target = nodes\ndstfs = $root2/data|" "$root1/etc/svcmgr/vm1.env"
    on_node node1 vm1 sync nodes --rid 'sync#i0'
    exits 0
    printf 'three\n' >"$root1/data/third"
    on_node node1 vm1 sync nodes --rid 'sync#1'
    exits 1
    says 'is not mounted on node2'
    [[ ! -e $root2/data/third ]]
}

@test "nothing is written through a link that stands in a launcher's place" {
    printf 'precious\n' >"$root2/precious"
    rm "$root2/etc/svcmgr/vm1.d/S10db"
    ln -s "$root2/precious" "$root2/etc/svcmgr/vm1.d/S10db"
    printf '#!/bin/sh\n# new\n' >"$root1/etc/svcmgr/vm1.d/S10db"
    on_node node1 vm1 sync nodes --rid 'sync#i0' --force
    exits 1
    says 'it is a link on this node'
    is "$(cat "$root2/precious")" precious
    rm "$root2/etc/svcmgr/vm1.d/S10db"
    on_node node1 vm1 sync nodes --rid 'sync#i0'
    exits 0
    cmp "$root1/etc/svcmgr/vm1.d/S10db" "$root2/etc/svcmgr/vm1.d/S10db"
}

@test "a full disk of the peer is said, and the peer keeps what it had" {
    lab_on node2 mount -t tmpfs -o size=4k tmpfs "$root2/etc/svcmgr/vm1.d"
    head -c 20000 /dev/zero >"$root1/etc/svcmgr/vm1.d/large"
    on_node node1 vm1 sync nodes --rid 'sync#i0'
    exits 1
    says 'no space left on the device'
    is "$(lab_on node2 find "$root2/etc/svcmgr/vm1.d" -type f -name '*large*')" ''
    lab_on node2 umount "$root2/etc/svcmgr/vm1.d"
    on_node node1 vm1 sync nodes --rid 'sync#i0'
    exits 0
    cmp "$root1/etc/svcmgr/vm1.d/large" "$root2/etc/svcmgr/vm1.d/large"
}

@test "a snapshot of btrfs is of one moment between its triggers, and is gone afterwards, also after a failure" {
    mkdir -p "$root1/btrfs" "$root2/copy"
    truncate -s 200M "$LAB_DIR/btrfs.img"
    mkfs.btrfs -q "$LAB_DIR/btrfs.img" || skip 'there is no btrfs here'
    lab_on node1 mount -o loop "$LAB_DIR/btrfs.img" "$root1/btrfs" || skip 'btrfs can not be mounted here'
    lab_on node1 bash -c "echo running >'$root1/btrfs/state'; echo data >'$root1/btrfs/data'"
    launcher "$root1/quiesce" "echo quiesced >'$root1/btrfs/state'"
    launcher "$root1/resume" "echo resumed >'$root1/btrfs/state'"
    cat >>"$root1/etc/svcmgr/vm1.env" <<CONF

[sync#2]
type = rsync
src = $root1/btrfs/
dst = $root2/copy
target = nodes
snap = true
presnap_trigger = $root1/quiesce
postsnap_trigger = $root1/resume
CONF
    on_node node1 vm1 sync nodes --rid 'sync#i0'
    exits 0
    on_node node1 vm1 sync nodes --rid 'sync#2'
    exits 0
    is "$(cat "$root2/copy/state")" quiesced
    is "$(cat "$root2/copy/data")" data
    is "$(lab_on node1 cat "$root1/btrfs/state")" resumed
    is "$(lab_on node1 btrfs subvolume list "$root1/btrfs")" ''

    launcher "$root1/quiesce" 'exit 7'
    on_node node1 vm1 sync nodes --rid 'sync#2'
    exits 1
    says 'exited with 7'
    launcher "$root1/quiesce" true
    sed -i "s|^dst = $root2/copy|dst = $root2/elsewhere|" "$root1/etc/svcmgr/vm1.env"
    on_node node1 vm1 sync nodes --rid 'sync#2'
    exits 1
    is "$(lab_on node1 btrfs subvolume list "$root1/btrfs")" ''
    is "$(lab_on node1 cat "$root1/btrfs/state")" resumed
    [[ ! -e $root2/elsewhere ]]
    sed -i "s|^dst = $root2/elsewhere|dst = $root2/copy|; s|^src = $root1/btrfs/|src = $root1/data/|" "$root1/etc/svcmgr/vm1.env"
    on_node node1 vm1 sync nodes --rid 'sync#2'
    exits 1
    says 'of which no snapshot is taken'
    lab_on node1 umount "$root1/btrfs"
}

@test "a replication that takes its time tells how far it is" {
    sed -i "/^dstfs = /d; s|^dst = $root2/data|dst = $root2/data\nbwlimit = 150|" "$root1/etc/svcmgr/vm1.env"
    on_node node1 vm1 sync nodes --rid 'sync#i0'
    exits 0
    head -c 2500000 /dev/urandom >"$root1/data/large"
    on_node node1 vm1 sync nodes --rid 'sync#1'
    exits 0
    grep -Eq 'sync#1 sync node2: [0-9,]+ bytes, [0-9]+%, ' <<<"$output" || fail 'it did not tell'
    cmp "$root1/data/large" "$root2/data/large"
}

btrfs_on() { # NODE PATH
    truncate -s 600M "$LAB_DIR/$1.img"
    mkfs.btrfs -q "$LAB_DIR/$1.img" 2>/dev/null && mkdir -p "$2" && lab_on "$1" mount -o loop "$LAB_DIR/$1.img" "$2"
}

snapshots_of() { lab_on "$1" btrfs subvolume list -o "$2" | sed 's/.* path //' | sort | tr '\n' ' '; }

@test "a subvolume of btrfs is replicated, then what changed of it, and what is cut off leaves the old replica whole" {
    # The same path on both nodes, each with a file system of its own.
    local data=/mnt
    btrfs_on node1 $data || skip 'btrfs can not be mounted here'
    btrfs_on node2 $data
    lab_on node1 btrfs -q subvolume create $data/vm1
    lab_on node1 bash -c "head -c 3000000 /dev/urandom >$data/vm1/large; echo one >$data/vm1/state"
    sed -i "/^\[sync#2\]/,\$d" "$root1/etc/svcmgr/vm1.env"
    printf '[sync#3]\ntype = btrfs\nsrc = %s/vm1\ndst = %s/vm1\ntarget = nodes\n' $data $data >>"$root1/etc/svcmgr/vm1.env"
    on_node node1 vm1 sync nodes --rid 'sync#i0'
    exits 0
    on_node node1 vm1 sync nodes --rid 'sync#3'
    exits 0
    says 'sends all of it'
    is "$(lab_on node2 cat $data/vm1/state)" one
    is "$(lab_on node2 sha256sum $data/vm1/large)" "$(lab_on node1 sha256sum $data/vm1/large)"
    lab_on node2 touch $data/vm1/it-can-be-written

    lab_on node1 bash -c "echo two >$data/vm1/state"
    on_node node1 vm1 sync nodes --rid 'sync#3'
    exits 0
    says 'sends what changed since the last time'
    is "$(lab_on node2 cat $data/vm1/state)" two
    is "$(lab_on node2 ls $data/vm1)" "$(lab_on node1 ls $data/vm1)"
    is "$(snapshots_of node1 $data)" '.svcmgr-vm1.sync.3.node2/kept vm1 '
    is "$(snapshots_of node2 $data)" '.svcmgr-vm1.sync.3/kept vm1 '

    # A receiver that is killed in the middle, as by a network that is cut.
    lab_on node1 bash -c "head -c 60000000 /dev/urandom >$data/vm1/larger; echo three >$data/vm1/state"
    local log=$BATS_TEST_TMPDIR/sync
    lab_on node1 svcmgr -s vm1 sync nodes --rid 'sync#3' >"$log" 2>&1 3>&- &
    lab_wait 30 lab_on node2 pgrep -x btrfs >/dev/null
    lab_on node2 pkill -9 -x btrfs
    status=0
    wait $! || status=$?
    output=$(<"$log")
    exits 1
    is "$(lab_on node2 cat $data/vm1/state)" two
    is "$(snapshots_of node1 $data)" '.svcmgr-vm1.sync.3.node2/kept vm1 '
    on_node node1 vm1 sync nodes --rid 'sync#3'
    exits 0
    says 'sends what changed since the last time'
    is "$(lab_on node2 cat $data/vm1/state)" three
    is "$(lab_on node2 sha256sum $data/vm1/larger)" "$(lab_on node1 sha256sum $data/vm1/larger)"
    is "$(snapshots_of node2 $data)" '.svcmgr-vm1.sync.3/kept vm1 '

    # A peer that has lost the snapshot gets all of it.
    lab_on node2 btrfs -q subvolume delete $data/.svcmgr-vm1.sync.3/kept
    on_node node1 vm1 sync nodes --rid 'sync#3'
    exits 0
    says 'sends all of it'
    on_node node2 vm1 print status
    says 'replica of node1'
    lab_on node1 umount $data
    lab_on node2 umount $data
    on_node node1 vm1 sync nodes --rid 'sync#3'
    exits 1
    says 'is not on btrfs on node2'
}
