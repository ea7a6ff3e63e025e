#!/usr/bin/env bats
# Pacemaker runs a service on two nodes that see two real SCSI disks, and fences them: a node's power is cut, its keys stay on the disks. They are
# gone before the guest writes anywhere else. The nodes are machines of their own; a third one, which is none of the engine's, watches the disks
# with sg_persist. The tests build on each other.
# Seconds: 220

setup_file() {
    load common
    load shared-disks
    load nodes.sh
    load cluster.sh
    load cluster_disks
    begin_lab
    printf '10.77.0.188 vm188\n' >>/etc/hosts
    make_writer
    start_target 2
    scsi_node node1 1 1 2 1280 engine_node_files
    scsi_node node2 1 1 2 1280 engine_node_files
    scsi_node stranger 1 2 512 watcher_files
    LAB_TOKEN=4000 lab_engine_files node1 node2
    # Everything in the nodes is emulated.
    lab_resource svc1 "$(lab_agent svc1 | sed "s/timeout='[0-9]*s'/timeout='180s'/g; s/interval='3s'/interval='20s'/")"
    lab_power
    lab_power_line
    both begin_libvirt
    both prepare_engine
    lab_engine node1 node2
    lab_wait 60 lab_online node1 node1 node2 || lab_engine_says node1
}

teardown_file() {
    load common
    load shared-disks
    stop_target
}

setup() {
    load common
    load shared-disks
    load nodes.sh
    load cluster.sh
    load cluster_disks
}

# What a failure shows.
teardown() {
    [[ -n ${BATS_TEST_COMPLETED-} ]] || {
        tail -n 20 "$LAB_DIR"/disks-* 2>/dev/null
        lab_engine_says node1 node2
    }
}

@test "the engine starts it on the first node, which holds its disks on every path" {
    lab_wait 90 writes_beyond 0 || fail 'the guest does not write'
    engine node1 crm_resource --wait --timeout 60s
    only_holder_is node1
    may_not_write node2 /dev/sda /dev/sdb /dev/sdc
    is "$(fenced)" ''
}

@test "cut off it writes on until it is fenced; its keys are gone from every disk before the guest writes from the other node" {
    local key cut off gone
    key=$(key_of node1)
    save_node node1
    watch_begins
    is "$(last_line)" "$(held_by "$key")"
    cut=$(now)
    cut_off node1
    lab_wait 60 fenced_are node1 || fail "this was fenced: $(fenced)"
    off=$(cut -d ' ' -f 1 "$LAB_DIR/power/log")
    [[ $(writes_between "$cut" "$off") -gt 20 ]] || fail 'the guest did not go on'
    lab_wait 150 changed_hands "$key" || fail 'node2 does not get the disks'
    gone=$(awk 'END { print $1 }' "$LAB_DIR/disks-keys")
    lab_wait 60 writes_after "$gone" || fail 'the guest does not write on node2'
    # What was on its way when the power went may come a moment later.
    is "$(writes_between $((off + 200000)) "$gone")" 0
    watch_ends
    engine node2 crm_resource --wait --timeout 60s
    is "$(state_on node2)" running
    only_holder_is node2
    is "$(fenced)" node1
    echo "# $(((gone - off) / 1000)) ms from the end of node1 to that of its keys, the guest wrote $((($(first_write_after "$gone") - gone) / 1000)) ms later" >&3
}

@test "the fenced node comes back with what it remembers: it gets no key and may not write" {
    boot_node node1
    begin_libvirt node1
    lab_engine node1
    lab_wait 60 lab_online node2 node1 node2
    engine node2 crm_resource --wait --timeout 60s
    node node1 svcmgr -s svc1 print status --local
    says 'reserved by node2'
    is "$(state_on node1)" 'shut off'
    only_holder_is node2
    may_not_write node1 /dev/sda /dev/sdb /dev/sdc
    is "$(state_on node2)" running
    is "$(fenced)" node1
}

@test "without the engine's word the disks of a node that is off are taken from nobody" {
    second_key=$(key_of node2)
    engine node1 crm_attribute --name maintenance-mode --update true
    cut_power node2
    lab_wait 60 lab_online node1 node1
    node node1 svcmgr -s svc1 start
    exits 3
    says 'is reserved by node2'
    says '--force takes the disks from it'
    is "$(lab_ssh stranger watch-disks --once 4000 /dev/sda /dev/sdb)" "$(held_by "$second_key")"
    is "$(state_on node1)" 'shut off'
    node node1 svcmgr -s svc1 start --fenced node2
    exits 0
    only_holder_is node1
}
