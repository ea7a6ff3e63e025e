#!/usr/bin/env bats
# What start refuses, what it says then, and that nothing was changed. No guest boots here.
# Seconds: 30

setup_file() {
    load common
    begin_lab
    lab_guest vm188
    service vm188
    trust vm188
}

setup() { load common; }

teardown() {
    service vm188
    echo TST >"$SVCMGR_ROOT/etc/svcmgr/host_mode"
    rm -f "$state"/FROZEN*
    ip addr del 10.77.0.10/24 dev br0 2>/dev/null || true
}

# refused TEXT: start says TEXT, exits with 3, the guest stays shut off, and the journal agrees.
refused() {
    on vm188 start
    exits 3
    says "$1"
    says 'refused, nothing was changed'
    is "$(virsh domstate vm188)" 'shut off'
    is "$(journal vm188)" 'start refused 3'
}

# accepted OPTION…: the plan has no refusal.
accepted() {
    on vm188 start --dry-run "$@"
    exits 0
}

@test "a node that is not a member refuses, and says which are" {
    sed -i "s/^nodes = .*/nodes = node110 node111/" "$configuration/vm188.env"
    refused "this node, $LAB_NODE, is not one of the service's nodes (node110 node111)"
    says 'vm188.env:4'
    on vm188 start --dry-run
    exits 3
    says "$LAB_NODE, is not one of the service's nodes"
}

@test "a drpnode is a member, and starts what may run at home only when somebody says why" {
    sed -i "s/^nodes = .*/nodes = node110\ndrpnode = $LAB_NODE/" "$configuration/vm188.env"
    on vm188 start --dry-run --force
    exits 6
    says 'whether node110 runs it is not known'
    accepted --force --reason 'node110 is gone'
    sed -i "s/^drpnode = .*/drpnodes = node209 $LAB_NODE/" "$configuration/vm188.env"
    accepted --force --reason 'both are gone'
}

@test "a frozen service refuses until it is thawed; --force acts all the same" {
    on vm188 freeze
    exits 0
    refused 'the service is frozen here'
    says 'thaw'
    on vm188 print status
    says 'overall down frozen'
    json vm188 print status
    is "$(query .services.vm188.frozen)" true
    accepted --force
    on vm188 thaw
    exits 0
    accepted
}

@test "a frozen node refuses" {
    mkdir -p "$state"
    touch "$state/FROZEN"
    refused 'this node is frozen'
}

@test "a PRD node refuses a TST service, and takes a PRD one" {
    echo PRD >"$SVCMGR_ROOT/etc/svcmgr/host_mode"
    sed -i 's/^env = .*/env = TST/' "$configuration/vm188.env"
    refused 'a TST service may not run on a PRD node'
    sed -i 's/^env = .*/env = PRD/' "$configuration/vm188.env"
    accepted
}

@test "a PRD service may run on a TST node" {
    sed -i 's/^env = .*/env = PRD/' "$configuration/vm188.env"
    accepted
}

@test "a service that does not say what it is for is what its node is for" {
    sed -i '/^env = /d' "$configuration/vm188.env"
    echo PRD >"$SVCMGR_ROOT/etc/svcmgr/host_mode"
    accepted
    says 'env PRD on a PRD node'
}

@test "an address that answers already refuses; --force acts all the same" {
    ip addr add 10.77.0.10/24 dev br0
    refused 'vm188 answers ping although vm188 is down here'
    accepted --force
}

@test "an ip resource whose name answers already refuses" {
    sed -i "s/^ipname = .*/ipname = $LAB_NODE/" "$configuration/vm188.env"
    refused "$LAB_NODE answers ping although vm188 is down here"
}

@test "scsireserv = true refuses a guest whose disk can't be reserved" {
    sed -i 's/^scsireserv = .*/scsireserv = true/' "$configuration/vm188.env"
    refused 'scsireserv = true, and vda is the file'
}

@test "a guest's name that can't be resolved refuses" {
    service vm188 'hostname = nobody.invalid'
    refused "the guest's name nobody.invalid can't be resolved"
}

@test "a paused guest is warn and says why; start refuses; stop ends it" {
    deadlines 10s 2s
    virsh --quiet start --paused vm188
    status_is vm188 container#1 warn
    reason_is vm188 container#1 'vm188 is paused'
    agree vm188 2
    on vm188 start
    exits 3
    says 'vm188 is paused'
    is "$(virsh domstate vm188)" paused
    deadlines 10s 15s
    on vm188 stopcontainer
    exits 0
    is "$(virsh domstate vm188)" 'shut off'
}

@test "autostart is a warning that names the remedy" {
    virsh --quiet autostart vm188
    reason_is vm188 container#1 'autostart is on'
    says 'virsh autostart --disable vm188'
    on vm188 print status
    says 'overall warn'
    virsh --quiet autostart --disable vm188
    status_is vm188 overall down
}

@test "a name that no hypervisor knows: status says so, start says what is missing" {
    printf '10.77.0.99 nosuch\n' >>/etc/hosts
    service nosuch
    on nosuch print status
    exits 0
    says 'container#1 .... down nosuch'
    says 'libvirt knows no guest of this name'
    on nosuch start
    exits 3
    says 'there is no file to define it from'
    says 'copy the definition from a node that has it'
    on nosuch stop
    exits 0
    on nosuch diskupdate
    exits 6
    says '/etc/libvirt/qemu/nosuch.xml'
}

@test "a definition that libvirt refuses fails the start and names the file" {
    printf '10.77.0.98 broken\n' >>/etc/hosts
    service broken
    printf '<domain type="qemu"><name>broken</name><memory>nonsense</memory><os><type>hvm</type></os></domain>\n' >/etc/libvirt/qemu/broken.xml
    on broken start
    exits 1
    says 'libvirt refuses this definition'
    says '/etc/libvirt/qemu/broken.xml'
    run virsh domstate broken
    [[ $status -ne 0 ]]
    agree broken 1
}

@test "a definition that is no XML refuses the start and names file and line" {
    printf '10.77.0.98 noise\n' >>/etc/hosts
    service noise
    printf '<domain>\n<name>noise</nam\n' >/etc/libvirt/qemu/noise.xml
    on noise start
    exits 3
    says '/etc/libvirt/qemu/noise.xml'
    agree noise 1
}

@test "a definition of another guest is not used" {
    printf '10.77.0.98 alias\n' >>/etc/hosts
    service alias
    cp /etc/libvirt/qemu/vm188.xml /etc/libvirt/qemu/alias.xml
    on alias start
    exits 3
    says "defines the guest 'vm188' and not 'alias'"
    is "$(virsh domstate vm188)" 'shut off'
}

@test "one who is not root's friend can't change the env file unseen" {
    chmod 666 "$configuration/vm188.env"
    on vm188 start
    exits 2
    says 'chmod go-w'
    chmod 644 "$configuration/vm188.env"
}
