#!/usr/bin/env bats
# Pacemaker runs a service on two nodes through ocf:svcmgr:service, and fences them. Which node runs the guest is watched from outside, every
# 100 ms: whatever the engine, svcmgr and the hypervisor go through, two never do. The tests build on each other.
# Seconds: 120

setup_file() {
    load common
    load nodes.sh
    load cluster.sh
    lab_nodes node1 node2
    lab_ha_guest vm1 node1 node2
    # Time to kill svcmgr while it stops it.
    launcher "$LAB_DIR/more/svc/etc/init.d/K05wait" 'sleep 2'
    put_files vm1 "$LAB_DIR/more"
    # Of two that miss each other one is to live.
    LAB_FENCING_DELAY='node1:0s;node2:2s' lab_engine_files node1 node2
    lab_resource vm1 "$(lab_agent vm1)"
    lab_power
    lab_watch vm1
    lab_engine node1 node2
    lab_wait 60 lab_online node1 node1 node2 || lab_engine_says node1
}

setup() {
    load common
    load nodes.sh
    load cluster.sh
}

teardown() {
    # What a failure shows.
    [[ -n ${BATS_TEST_COMPLETED-} ]] || lab_engine_says node1 node2
    never_two
}

agent() {
    local node=$1
    shift
    run lab_on "$node" env OCF_ROOT=/usr/lib/ocf OCF_RESOURCE_INSTANCE=vm1 OCF_RESKEY_service=vm1 OCF_RESKEY_CRM_meta_timeout=12000 \
        "$@"
}
the_agent=/usr/lib/ocf/resource.d/svcmgr/service

boot_of_guest() { lab_on node1 lab_ssh vm1 cat /proc/sys/kernel/random/boot_id; }

fails_nothing() { [[ $(engine "$1" crm_mon -1 --output-as=xml --include=none,failures) != *'<failure '* ]]; }

is_settled() { engine "$1" crmadmin -S "$1" 2>/dev/null | grep -q S_IDLE || engine "$2" crmadmin -S "$2" 2>/dev/null | grep -q S_IDLE; }

move() { engine node1 crm_resource --move --resource vm1 --node "$1" && engine node1 crm_resource --wait --timeout 60s && engine node1 crm_resource --clear --resource vm1; }

# kill_svcmgr NODE WORD: once it acts.
kill_svcmgr() {
    local pid
    lab_wait 30 lab_svcmgr_of "$1" "$2" >/dev/null || fail "svcmgr does not $2 on $1" || return
    pid=$(lab_svcmgr_of "$1" "$2" | tail -n 1)
    lab_on "$1" kill -KILL "$pid"
}

@test "the engine starts it on the first node, and nowhere else" {
    lab_wait 60 runs_alone node1
    lab_wait 60 is_settled node1 node2
    fails_nothing node1
    agent node1 "$the_agent" monitor
    exits 0
    agent node2 "$the_agent" monitor
    exits 7
}

@test "it moves while it runs" {
    before=$(boot_of_guest)
    move node2
    lab_wait 30 runs_alone node2
    is "$(boot_of_guest)" "$before"
    fails_nothing node1
}

@test "svcmgr killed while it stops: the agent goes on with that, and nobody is fenced" {
    engine node1 crm_resource --resource vm1 --meta --set-parameter target-role --parameter-value Stopped
    kill_svcmgr node2 stop
    lab_wait 60 runs_nowhere
    engine node1 crm_resource --wait --timeout 60s
    fails_nothing node1
    is "$(fenced)" ''
}

@test "svcmgr killed while it starts: the engine takes back what was begun, and starts it" {
    engine node1 crm_resource --resource vm1 --meta --delete-parameter target-role
    lab_wait 30 lab_svcmgr_of node1 start || lab_svcmgr_of node2 start
    kill_svcmgr node1 start
    lab_wait 60 runs_alone node2
    engine node1 crm_resource --wait --timeout 60s
    is "$(fenced)" ''
    engine node1 crm_resource --cleanup
}

@test "a hypervisor that hangs for a moment is waited for" {
    lab_on node2 lab_freeze_libvirtd
    sleep 4 # more than a monitor
    lab_on node2 lab_thaw_libvirtd
    agent node2 "$the_agent" monitor
    exits 0
    runs_alone node2
    fails_nothing node1
}

@test "one that hangs on: nobody says that the guest is down, and its node is fenced before it starts elsewhere" {
    lab_on node2 lab_freeze_libvirtd
    agent node2 timeout 12 "$the_agent" monitor
    exits 1
    says "whether vm1 runs here can't be told"
    lab_wait 90 runs_alone node1
    is "$(fenced)" node2
}

@test "a fenced node comes back, and takes nothing away" {
    lab_boot_node node2
    lab_engine node2
    lab_wait 60 lab_online node1 node1 node2
    engine node1 crm_resource --wait --timeout 60s
    runs_alone node1
}

@test "the node that runs it loses its power: it is fenced, and the guest runs on the other" {
    lab_kill_node node1
    lab_wait 90 runs_alone node2
    is "$(fenced)" 'node2 node1'
    on_node node2 vm1 print status
    says 'container#1 .... up'
}
