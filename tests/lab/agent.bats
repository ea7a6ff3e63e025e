#!/usr/bin/env bats
# ocf:svcmgr:service by itself: what it answers, in time, whatever it is asked and whatever has become of svcmgr's files and the hypervisor.
# Seconds: 60

# shellcheck disable=SC2154  # common.bash has them
agents=/usr/lib/ocf/resource.d

setup_file() {
    load common
    begin_lab
    mkdir -p "$LAB_DIR/agents/svcmgr" "$LAB_DIR/bin"
    cp "$BATS_TEST_DIRNAME/../../share/ocf/service" "$LAB_DIR/agents/svcmgr/"
    mount -t overlay overlay -o "lowerdir=$LAB_DIR/agents:$agents" "$agents"
    ln -s "$SVCMGR_BIN/svcmgr" "$LAB_DIR/bin/svcmgr"
    printf '[default]\nnodes = %s\nenv = DEV\norchestrate = ha\n\n[container#1]\ntype = netns\nname = space\n' "$LAB_NODE" >"$configuration/net.env"
    lab_guest vm1 --no-ssh
    printf '[default]\nnodes = %s\nenv = DEV\norchestrate = ha\n\n[container#1]\ntype = kvm\nname = vm1\nguestos = windows\n' "$LAB_NODE" >"$configuration/vm1.env"
}

setup() {
    load common
    export PATH=$LAB_DIR/bin:$PATH
}

# agent SERVICE ACTION [NAME=VALUE…]: with 12 s, which is what `in_time` measures.
agent() {
    local service=$1 action=$2
    shift 2
    SECONDS=0
    run env OCF_ROOT=/usr/lib/ocf OCF_RESOURCE_INSTANCE=it OCF_RESKEY_CRM_meta_timeout=12000 OCF_RESKEY_service="$service" "$@" \
        "$agents/svcmgr/service" "$action"
}

actions() { sql 'SELECT count(*) FROM action'; }

in_time() { [[ $SECONDS -lt 12 ]] || fail "it took $SECONDS s"; }

@test "ocf-tester finds nothing wrong" {
    run ocf-tester -n it -o service=net "$agents/svcmgr/service"
    exits 0
    says 'passed all tests'
}

@test "the engine reads its meta-data" {
    agent '' meta-data
    exits 0
    (cd /usr/share/resource-agents && xmllint --noout --valid - <<<"$output")
}

@test "nonsense is answered as such, and nothing is done" {
    before=$(actions)
    agent net dance
    exits 3
    agent net ''
    exits 3
    for name in '' '*' 'net,vm1' '../net' '-s' 'a b'; do
        agent "$name" start
        exits 2
        says 'the parameter service has to be'
    done
    agent net migrate_to
    exits 2
    agent net monitor OCF_RESKEY_CRM_meta_timeout=soon
    exits 7
    is "$(actions)" "$before"
}

@test "what is up is started, and what is down is stopped" {
    agent net stop
    exits 0
    agent net start
    exits 0
    agent net start
    exits 0
    agent net monitor
    exits 0
    is "$(sql "SELECT reason FROM action WHERE service = 'net' ORDER BY id DESC LIMIT 1")" 'the cluster engine: start of it'
}

@test "an env file that is gone: not installed to a probe, and a stop does not say that it stopped anything" {
    mv "$configuration/net.env" "$LAB_DIR/"
    agent net monitor
    exits 5
    in_time
    says 'there is no env file of net on this node'
    agent net start
    exits 5
    agent net validate-all
    exits 5
    agent net stop
    exits 1
    says "whether it runs here can't be told"
    mv "$LAB_DIR/net.env" "$configuration/"
    ip netns list | grep -q space
}

@test "an env file that was changed under the engine: the monitor goes on, a start with errors is none" {
    cp "$configuration/net.env" "$LAB_DIR/"
    echo 'no keyword here' >>"$configuration/net.env"
    agent net monitor
    exits 0
    agent net validate-all
    exits 2
    agent net start
    exits 2
    cp "$LAB_DIR/net.env" "$configuration/"
    agent net validate-all
    exits 0
}

@test "a part that is still up is not down" {
    cp "$configuration/net.env" "$LAB_DIR/"
    printf '\n[fs#1]\ntype = directory\npath = %s/part\n' "$LAB_DIR" >>"$configuration/net.env"
    mkdir -p "$LAB_DIR/part"
    agent net monitor
    exits 0
    ip netns del space
    agent net monitor
    exits 1
    in_time
    says 'neither up nor down'
    rmdir "$LAB_DIR/part"
    cp "$LAB_DIR/net.env" "$configuration/"
    agent net monitor
    exits 7
}

@test "a service that refuses to stop was not stopped" {
    agent net start
    svcmgr -s net freeze
    agent net stop
    exits 1
    says 'the service is frozen here'
    agent net monitor
    exits 0
    svcmgr -s net thaw
    agent net stop
    exits 0
}

@test "svcmgr is not installed: so says the agent" {
    without=${PATH#*:}
    ! env PATH="$without" which svcmgr || skip 'it is installed on this machine'
    agent net monitor PATH="$without"
    exits 5
}

@test "nor is the guest's driver: a node that lacks a package is not fenced for it" {
    mkdir -p "$LAB_DIR/alone"
    cp "$SVCMGR_BIN/svcmgr" "$LAB_DIR/alone/"
    agent vm1 monitor PATH="$LAB_DIR/alone:$PATH"
    exits 5
    says "svcmgr's module"
}

@test "a service without a guest" {
    printf '[default]\nnodes = %s\nenv = DEV\norchestrate = ha\n\n[fs#1]\ntype = directory\npath = %s/data\n' "$LAB_NODE" "$LAB_DIR" >"$configuration/data.env"
    agent data monitor
    exits 7
    agent data start
    exits 0
    agent data monitor
    exits 0
}

@test "what operating.md has pcs do is a configuration that the engine accepts" {
    local command commands=0
    cd "$LAB_DIR"
    cibadmin --empty >cib
    while IFS= read -r command; do
        run sh -c "pcs -f cib ${command#pcs }"
        exits 0
        commands=$((commands + 1))
    done < <(awk '/^```pcs/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$BATS_TEST_DIRNAME/../../share/doc/operating.md")
    is "$commands" 2
    sed -i 's|<crm_config/>|<crm_config><cluster_property_set id="o"><nvpair id="o1" name="stonith-enabled" value="false"/></cluster_property_set></crm_config>|' cib
    crm_verify --xml-file cib
}

@test "a guest that stands still for a moment is up, and one that stands still longer is an error" {
    virsh --quiet start vm1
    virsh --quiet suspend vm1
    (sleep 2 && virsh --quiet resume vm1) >/dev/null 2>&1 3>&- &
    agent vm1 monitor
    exits 0
    virsh --quiet suspend vm1
    agent vm1 monitor
    exits 1
    in_time
    virsh --quiet resume vm1
}

@test "a guest that svcmgr has something to say about is up: it starts with its node, its hypervisor is being restarted" {
    virsh --quiet autostart vm1
    agent vm1 monitor
    exits 0
    lab_stop_libvirtd
    agent vm1 monitor
    exits 0
    lab_start_libvirtd 3>&-
    virsh --quiet autostart --disable vm1
}

@test "a hung hypervisor: each action answers in its time, and none says that the guest is down" {
    lab_freeze_libvirtd
    for action in monitor start stop migrate_from; do
        agent vm1 "$action" OCF_RESKEY_CRM_meta_timeout=6000
        exits 1
        [[ $SECONDS -le 6 ]] || fail "$action took $SECONDS s"
    done
    lab_thaw_libvirtd
    agent vm1 monitor
    exits 0
}

@test "a stop for which there is not enough time is no stop" {
    lab_guest deaf --deaf --no-ssh
    sed 's/vm1/deaf/; s/^guestos = .*/&\nstop_timeout = 30s/' "$configuration/vm1.env" >"$configuration/deaf.env"
    agent deaf start OCF_RESKEY_CRM_meta_timeout=60000
    exits 0
    agent deaf stop OCF_RESKEY_CRM_meta_timeout=6000
    [[ $SECONDS -le 6 ]] || fail "it took $SECONDS s"
    exits 1
    says 'timeout of 6 s'
    agent deaf monitor
    exits 0
}
