# shellcheck shell=bash
# Nodes for cluster_disks.bats: machines of their own with an engine and shared SCSI disks. `load` shared-disks and cluster.sh first.

# shellcheck disable=SC2034  # cluster.sh reads them
lab_engine_command=engine-begin lab_take_power=cut_power

# As nodes.sh has it for its nodes.
lab_on() { lab_ssh "$1" "$(printf '%q ' "${@:2}")"; }

engine_node_files() {
    local root=$LAB_DIR/nodes/$1 daemon
    libvirt_files "$1"
    # The agent needs a timeout with --foreground, and a shell that does not take busybox's instead.
    copy_with_libraries "$root" /usr/sbin/{corosync,corosync-cfgtool,pacemakerd,crm_mon,crm_resource,crmadmin,cibadmin,crm_attribute} /usr/bin/{timeout,dash}
    ln -s dash "$root/usr/bin/sh"
    for daemon in /usr/lib/pacemaker/*; do copy_with_libraries "$root" "$daemon:/usr/lib/pacemaker"; done
    cp -r /usr/share/pacemaker "$root/usr/share/"
    install -D "$LAB_HERE/../../share/ocf/service" "$root/usr/lib/ocf/resource.d/svcmgr/service"
    cp "$LAB_HERE"/{engine-begin,fence_lab} "$root/usr/bin/"
    printf 'hacluster:x:102:105::/var/lib/pacemaker:/bin/false\n' >>"$root/etc/passwd"
    printf 'haclient:x:105:\n' >>"$root/etc/group"
    mkdir -p "$root"/{etc/corosync,var/lib/corosync,var/lib/pacemaker,var/log/pacemaker} "$root/etc/libvirt/hooks"
    # The guest has no network: its node answers ping for it, as long as it runs.
    cat >"$root/etc/libvirt/hooks/qemu" <<'END'
#!/bin/sh
case "$1 $2" in
    'vm188 started') ip addr add 10.77.0.188/32 dev eth0 ;;
    'vm188 stopped') ip addr del 10.77.0.188/32 dev eth0 ;;
esac
END
    chmod 755 "$root/etc/libvirt/hooks/qemu"
    mkdir -p "$root/etc/libvirt/qemu"
    writer_xml /dev/sda /dev/sdc >"$root/etc/libvirt/qemu/vm188.xml"
    sed -i 's/^nodes = .*/nodes = node1 node2\norchestrate = ha/; s/^guestos = .*/&\nstop_timeout = 5s/' "$root/etc/svcmgr/svc1.env"
    # tgt knows no PREEMPT AND ABORT.
    echo no_preempt_abort = true >>"$root/etc/svcmgr/svc1.env"
}

watcher_files() {
    copy_with_libraries "$LAB_DIR/nodes/$1" /usr/bin/sg_persist
    cp "$LAB_HERE/watch-disks" "$LAB_DIR/nodes/$1/usr/bin/"
}

# prepare_engine NODE: what it has of the engine before it first begins.
prepare_engine() {
    lab_ssh "$1" 'cat >/etc/corosync/corosync.conf' <"$LAB_DIR/engine/etc/corosync.conf"
    lab_ssh "$1" 'cd /var/lib/pacemaker && mkdir -p blackbox cib cores pengine && cat >cib/cib.xml && chmod 600 cib/cib.xml && chmod 750 * &&
        chown -R hacluster:haclient . /var/log/pacemaker' <"$LAB_DIR/engine/cib.xml"
}

# The power of a node, for lab_power.
cut_power() {
    virsh --quiet destroy "$1" >/dev/null 2>&1
    lab_state_is "$1" 'shut off'
}

# The key of a node, as it has it in its node.conf.
key_of() { lab_ssh "$1" "sed -n 's/^prkey *= *//p' /etc/svcmgr/node.conf"; }

# may_not_write NODE DISK…
may_not_write() {
    is "$(lab_ssh "$1" "for disk in ${*:2}; do dd if=/dev/zero of=\$disk bs=4096 seek=4000 count=1 oflag=direct 2>/dev/null && echo \$disk; done; echo tried")" tried
}

fenced_are() { [[ $(fenced) == "$*" ]]; }
now() { printf '%s\n' "${EPOCHREALTIME/./}"; }

# As svcmgr sees it on the node, and as the stranger does.
only_holder_is() {
    node "$1" svcmgr -s svc1 prstatus --format json
    is "$(query '[.resources[0].disks[].holder_node] | join(" ")')" "$1 $1" || return
    is "$(query '[.resources[0].disks[].keys[].node] | unique | join(" ")')" "$1" || return
    is "$(query '[.resources[0].disks[] | .keys[0].registrations] | join(" ")')" '2 1' || return
    is "$(lab_ssh stranger watch-disks --once 4000 /dev/sda /dev/sdb)" "$(held_by "$(key_of "$1")")"
}

cut_off() { lab_cut_port "$(virsh domiflist "$1" | awk '$3 == "br0" { print $1 }')"; }

# From now on: what the stranger sees, and when the guest writes. The latter are the times between two looks: one at which the disk was as
# before, and one at which it was not.
watch_begins() {
    (
        lab_close_descriptors
        lab_ssh stranger watch-disks 4000 /dev/sda /dev/sdb | while read -r line; do printf '%s %s\n' "$(now)" "$line"; done >"$LAB_DIR/disks-keys"
    ) 2>/dev/null </dev/null &
    (
        lab_close_descriptors
        seen=$(stat -c %y "$LAB_DIR/disk1") before=$(now)
        until [[ -e $LAB_DIR/disks-end ]]; do
            time=$(now)
            changed=$(stat -c %y "$LAB_DIR/disk1")
            [[ $changed == "$seen" ]] || printf '%s %s\n' "$before" "$(now)"
            seen=$changed before=$time
            sleep 0.03
        done >"$LAB_DIR/disks-writes"
    ) 2>/dev/null </dev/null &
    lab_wait 20 test -s "$LAB_DIR/disks-keys" || fail 'the stranger sees nothing'
}
watch_ends() {
    touch "$LAB_DIR/disks-end"
    lab_ssh stranger touch /stop
    ! grep written "$LAB_DIR/disks-keys" || fail 'the stranger wrote'
}

# held_by KEY: the stranger's line, when both disks are held by it and know no other.
held_by() { printf 'sda %s %s sdb %s %s\n' "$1" "$1" "$1" "$1"; }
last_line() { tail -n 1 "$LAB_DIR/disks-keys" | cut -d ' ' -f 2-; }
# Whether both disks are held by one other than this key, and know no third.
changed_hands() { last_line | awk -v old="$1" '{ exit !($2 ~ /^0x[0-9a-f]*$/ && $2 != old && $3 == $2 && $5 == $2 && $6 == $2) }'; }

# Times are microseconds. A write belongs to the earliest time at which it can have been.
writes_between() { awk -v from="$1" -v to="$2" '$1 > from && $1 < to { n++ } END { print n + 0 }' "$LAB_DIR/disks-writes"; }
first_write_after() { awk -v from="$1" '$1 > from { print $1; exit }' "$LAB_DIR/disks-writes"; }
writes_after() { [[ -n $(first_write_after "$1") ]]; }

# both COMMAND: on both nodes, side by side.
both() {
    local first
    "$1" node1 3>&- &
    first=$!
    "$1" node2 && wait "$first"
}
