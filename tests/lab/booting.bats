#!/usr/bin/env bats
# Three whole nodes boot in the same moment, and each may start the service: one instance is what comes of it, each time.
# Seconds: 130

setup_file() {
    load common
    load nodes.sh
    lab_nodes node1 node2 node3
    lab_on node1 lab_guest vm1
    lab_on node1 virsh dumpxml vm1 >"$LAB_DIR/vm1.xml"
    for name in node2 node3; do lab_on "$name" virsh --quiet define "$LAB_DIR/vm1.xml"; done
    lab_node_env vm1 'node1 node2 node3'
    for name in node1 node2 node3; do
        sed -i 's/^orchestrate = start/autostart_node = node1 node2 node3/' "$(lab_root "$name")/etc/svcmgr/vm1.env"
    done
    lab_node_trust vm1
}

setup() {
    load common
    load nodes.sh
}

where_it_is() {
    local name
    for name in node1 node2 node3; do
        [[ $(lab_on "$name" virsh domstate vm1) == 'shut off' ]] || printf '%s\n' "$name"
    done
}

@test "three nodes boot at once, five times: one of them runs it, and none fails" {
    local round name code homes
    for round in 1 2 3 4 5; do
        local -A booting=()
        for name in node1 node2 node3; do
            lab_on "$name" timeout 120 svcmgr boot >"$LAB_DIR/boot-$name" 2>&1 3>&- &
            booting[$name]=$!
        done
        for name in node1 node2 node3; do
            code=0
            wait "${booting[$name]}" || code=$?
            [[ $code -eq 0 ]] || fail "round $round: the boot of $name ended with $code: $(cat "$LAB_DIR/boot-$name")"
        done
        homes=$(where_it_is)
        [[ $(wc -w <<<"$homes") -eq 1 ]] || fail "round $round: it is on: $homes"
        on_node "$homes" vm1 stop
        exits 0
    done
}
