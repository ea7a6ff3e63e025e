#!/usr/bin/env bats
# The five commands of the page, in its order, on a service that is stopped and on one that is up. The tests build on each other.
# Seconds: 45

setup_file() {
    load common
    begin_lab
    truncate -s 8M "$LAB_DIR/block"
    export BLOCK=''
    # Detached at once: it goes away with the last who has it open, also when the lab is killed.
    if BLOCK=$(losetup --find --show "$LAB_DIR/block" 2>/dev/null); then
        exec 7<"$BLOCK"
        losetup --detach "$BLOCK"
        sleep infinity 3>&- &
        export HOLDER=$!
        exec 7<&-
        lab_guest vm188 --disk qcow2:16M --disk "$BLOCK"
    else
        lab_guest vm188 --disk qcow2:16M
    fi
    lab_guest_env vm188
    sed -i 's/^type = kvm$/&\nstart_timeout = 90s\nstop_timeout = 20s/' "$configuration/vm188.env"
    trust vm188
}

teardown_file() {
    virsh --quiet destroy vm188 2>/dev/null || true
    [[ -z ${HOLDER-} ]] || kill "$HOLDER" 2>/dev/null || true
}

setup() { load common; }

disk_rows() { sql "SELECT rid, kind, source, target, serial, size FROM disk WHERE service = 'vm188' ORDER BY n"; }

check_disks() {
    local expected="vmdg file $LAB_IMAGES/vm188-1.qcow2 vda vm188-1 $((16 << 20))"
    [[ -z $BLOCK ]] || expected+=$'\n'"vmdg block $BLOCK vdb vm188-2 $((8 << 20))"
    is "$(disk_rows)" "$expected"
}

@test "print status of the stopped service shows the tree of the page's resources" {
    on vm188 print status
    exits 0
    for line in 'overall down' "'- avail down" '|- ip#1 ...E down vm188@eth0' '|- vmdg .... n/a vmdg' \
        '|- container#1 .... down vm188' "'- app ...E n/a app" 'info: container is down'; do
        says "$line"
    done
}

@test "stopped: printed status, JSON and exit code agree" {
    agree vm188 1
}

@test "print status as JSON has the promised shape" {
    json vm188 print status
    exits 0
    is "$(query '.schema, .node, (.observed | test("^[0-9-]+T[0-9:]+Z$"))' | paste -sd ' ')" "svcmgr.status/1 $LAB_NODE true"
    is "$(query '.services.vm188 | keys_unsorted | join(" ")')" \
        'overall avail frozen orchestrate placement_leader groups interrupted resources'
    is "$(query '.services.vm188.resources."container#1" | keys_unsorted | join(" ")')" \
        'type status label log tags monitor disable optional encap standby age_seconds'
    is "$(query '.services.vm188 | [.orchestrate, .placement_leader, .frozen, .interrupted] | map(tostring) | join(" ")')" \
        'start true false null'
}

@test "push of the stopped service writes configuration and state to the inventory" {
    on vm188 push
    exits 0
    says "written to $database"
    is "$(sql "SELECT env, app, comment, nodes, orchestrate, avail, overall FROM service WHERE service = 'vm188' AND node = '$LAB_NODE'")" \
        "DEV ERP recette gen db #2 $LAB_NODE start down down"
    is "$(sql "SELECT config FROM service")" "$(<"$configuration/vm188.env")"
    is "$(sql "SELECT rid, type, status FROM resource ORDER BY n" | paste -sd,)" \
        'ip#1 ip down,vmdg disk.vmdg n/a,container#1 container.kvm down,app app n/a'
}

@test "diskupdate of the stopped service writes its disks to the inventory" {
    on vm188 diskupdate
    exits 0
    says "$LAB_IMAGES/vm188-1.qcow2"
    check_disks
}

@test "a block device is inventoried as one" {
    [[ -n $BLOCK ]] || skip 'this machine gives no loop device'
    is "$(sql "SELECT kind, source FROM disk WHERE target = 'vdb'")" "block $BLOCK"
}

@test "start --dry-run prints the steps and changes nothing" {
    on vm188 start --dry-run
    exits 0
    says 'container#1 wait operational after 8'
    is "$(virsh domstate vm188)" 'shut off'
    run svcmgr -s vm188 print plan start
    exits 0
    says 'container#1 start'
    json vm188 start --dry-run
    is "$(query .schema)" svcmgr.plan/1
    query '.steps[] | select(.verb | startswith("check") | not) | "\(.rid) \(.verb)"' >"$BATS_FILE_TMPDIR/planned"
    is "$(sql "SELECT count(*) FROM action")" 0
}

@test "start brings the guest and its launchers up" {
    on vm188 start
    exits 0
    is "$(virsh domstate vm188)" running
    is "$(lab_ssh vm188 'wget -q -O /dev/null http://127.0.0.1/ && echo served')" served
    is "$(journal vm188)" 'start done 0'
}

@test "what --dry-run printed is what was run, and what the journal has" {
    is "$(steps_of_journal vm188 | sed 's/ done$//')" "$(<"$BATS_FILE_TMPDIR/planned")"
    is "$(sql "SELECT count(*) FROM step WHERE state = 'done' AND (begun IS NULL OR ended IS NULL) AND verb NOT LIKE 'check%'")" 0
    run cat "$logs/vm188.log"
    says 'vm188.container#1 - INFO - start: done'
    says 'vm188 - INFO - start: done in'
}

@test "up: printed status, JSON and exit code agree" {
    agree vm188 0
    is "$(query '.services.vm188.resources | map_values(.status) | to_entries | map("\(.key) \(.value)") | join(", ")')" \
        'ip#1 up, vmdg n/a, container#1 up, app up'
}

@test "start of a service that is up has nothing to do" {
    on vm188 start
    exits 0
    says 'nothing to do'
}

@test "push of the running service writes its state, processors and memory" {
    json vm188 push
    exits 0
    is "$(sql "SELECT avail, overall FROM service")" 'up up'
    is "$(sql "SELECT status, vcpus, memory_kib FROM resource WHERE rid = 'container#1'")" "up 1 $((96 << 10))"
}

@test "diskupdate of the running service writes the same disks" {
    json vm188 diskupdate
    exits 0
    check_disks
}

@test "print disklist and print devlist read the disks live" {
    on vm188 print disklist
    exits 0
    says '16 MiB file'
    on vm188 print devlist
    exits 0
    says "vm188 vmdg $LAB_IMAGES/vm188-1.qcow2 file vda vm188-1"
    json vm188 print disklist
    is "$(query '.disks | length')" "$([[ -z $BLOCK ]] && echo 1 || echo 2)"
    json vm188 print devlist
    is "$(query '.disks[0].source')" "$LAB_IMAGES/vm188-1.qcow2"
}

@test "stop ends the launchers and the guest" {
    on vm188 stop
    exits 0
    says 'K10web stop done'
    is "$(virsh domstate --reason vm188)" 'shut off (shutdown)'
    is "$(steps_of_journal vm188 | paste -sd,)" 'app stop done,container#1 stop done'
    agree vm188 1
}

@test "stop of a service that is down has nothing to do" {
    on vm188 stop
    exits 0
    says 'nothing to do'
}

@test "start after stop brings it up again" {
    on vm188 start
    exits 0
    says 'usually'
    agree vm188 0
}

@test "stopapp and startapp act on the launchers alone" {
    on vm188 stopapp
    exits 0
    is "$(virsh domstate vm188)" running
    status_is vm188 app down
    on vm188 startapp
    exits 0
    status_is vm188 app up
}

@test "--rid acts on one resource" {
    on vm188 stop --rid app
    exits 0
    is "$(steps_of_journal vm188)" 'app stop done'
    on vm188 start --rid app
    exits 0
    is "$(steps_of_journal vm188)" 'app start done'
    on vm188 start --rid nosuch
    exits 2
    says 'there is no resource nosuch'
    json vm188 print status --rid container#1
    is "$(query '.services.vm188.resources | keys | join(" ")')" 'container#1'
}

@test "startip and stopip change nothing" {
    for action in startip stopip; do
        on vm188 "$action"
        exits 0
        says 'nothing to do'
    done
    is "$(virsh domstate vm188)" running
}

@test "stopcontainer ends the guest; startapp is then refused" {
    on vm188 stopcontainer
    exits 0
    is "$(steps_of_journal vm188)" 'container#1 stop done'
    is "$(virsh domstate vm188)" 'shut off'
    on vm188 startapp
    exits 3
    says 'container#1 is down, and app lives inside it'
}

@test "startcontainer plans the guest alone" {
    json vm188 startcontainer --dry-run
    exits 0
    is "$(query '[.steps[].rid] | unique | map(select(. != "")) | join(" ")')" 'container#1'
}
