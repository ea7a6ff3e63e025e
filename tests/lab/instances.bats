#!/usr/bin/env bats
# Service instances: guests of libvirt that a service makes from a template. The tests build on each other.
# Seconds: 120

setup_file() {
    load common
    begin_lab
    local name
    for name in fw gate; do
        lab_guest "$name"
        virsh --quiet undefine "$name"
        trust "$name"
    done
    template_of fw >"$configuration/fw.xml"
    service fw 'start_timeout = 90s' 'stop_timeout = 20s' 'template = fw.xml' 'networks = bridge:br0'
}

teardown_file() {
    local name
    for name in $(virsh list --name); do virsh --quiet destroy "$name"; done
}

setup() { load common; }

# What the lab makes a guest from, without what is this guest's alone.
template_of() { grep -v '<name>' "$LAB_DIR/guests/$1/domain.xml"; }

# The identity that a service without an id gets (RFC 4122, 4.3), by other tools than ours.
uuid_of() {
    local hash
    hash=$({ printf '\x5f\x1a\x1c\x0e\x6a\x5b\x4f\x3c\x9d\x0e\x2b\x8f\x6f\x0c\x7a\x51' && printf '%s/container#1' "$1"; } | sha1sum)
    printf '%s-%s-5%s-%x%s-%s' "${hash:0:8}" "${hash:8:4}" "${hash:13:3}" $((0x${hash:16:1} & 3 | 8)) "${hash:17:3}" "${hash:20:12}"
}

guest_of() { local uuid && uuid=$(uuid_of "$1") && printf '%s-%s' "$1" "${uuid:0:5}"; }

field() { virsh dumpxml "$1" | xmllint --xpath "string($2)" -; }

@test "an image that is missing is found before anything is changed" {
    mv "$LAB_IMAGES/fw-1.qcow2" "$LAB_IMAGES/away"
    on fw start
    exits 3
    says "$LAB_IMAGES/fw-1.qcow2: no such file"
    is "$(virsh list --all --name | tr -d '\n')" ''
    mv "$LAB_IMAGES/away" "$LAB_IMAGES/fw-1.qcow2"
    status_is fw container#1 down
}

@test "a template that others can write is refused" {
    chmod g+w "$configuration/fw.xml"
    on fw start
    exits 3
    says 'others than its owner can write it'
    chmod g-w "$configuration/fw.xml"
}

@test "start makes the guest with its name, its uuid, its address and its device" {
    on fw start
    exits 0
    local guest
    guest=$(guest_of fw)
    is "$(virsh list --name | tr -d '\n')" "$guest"
    is "$(field "$guest" /domain/uuid)" "$(uuid_of fw)"
    [[ $(field "$guest" //interface/mac/@address) == 52:54:00:* ]] || fail 'this is no address of ours'
    is "$(field "$guest" //interface/source/@bridge)" br0
    is "$(field "$guest" //interface/target/@dev)" "tap$(uuid_of fw | cut -c1-8)-0"
    ip -brief link show "$(field "$guest" //interface/target/@dev)"
    status_is fw container#1 up
    status_is fw ip#1 up
    field "$guest" //interface/mac/@address >"$LAB_DIR/mac"
}

@test "the address of a guest that answered is known to its node" {
    json fw print status
    is "$(query '.services.fw.resources."container#1".addresses | join(" ")')" "$(getent hosts fw | awk '{ print $1 }')"
}

@test "stop brings it down, and it stays what it is" {
    on fw stop
    exits 0
    status_is fw container#1 down
    is "$(virsh domstate "$(guest_of fw)")" 'shut off'
}

@test "a changed template counts at the next start, and a network more is an interface more" {
    sed -i "s|<memory unit='MiB'>96|<memory unit='MiB'>112|" "$configuration/fw.xml"
    sed -i 's/^networks = .*/networks = bridge:br0 bridge:br0/' "$configuration/fw.env"
    on fw start
    exits 0
    local guest
    guest=$(guest_of fw)
    is "$(field "$guest" /domain/memory)" $((112 << 10))
    is "$(field "$guest" 'count(//interface)')" 2
    is "$(field "$guest" '//interface[1]/mac/@address')" "$(<"$LAB_DIR/mac")"
    [[ $(field "$guest" '//interface[2]/mac/@address') != "$(<"$LAB_DIR/mac")" ]] || fail 'both have one address'
    is "$(lab_ssh fw ls /sys/class/net | grep -c eth)" 2
}

@test "another service has its template in its env file, and is another guest beside the first" {
    service gate 'start_timeout = 90s' 'stop_timeout = 20s' 'template =' "$(template_of gate | sed 's/^/    /')"
    on gate validate config
    exits 0
    on gate start
    exits 0
    is "$(virsh list --name | sort | paste -sd' ' | tr -s ' ')" " $(guest_of fw) $(guest_of gate)"
    [[ $(field "$(guest_of gate)" //interface/mac/@address) != "$(<"$LAB_DIR/mac")" ]] || fail 'both have one address'
    on gate stop
    exits 0
}

@test "one that was renamed is neither called down nor started a second time" {
    on fw stop
    exits 0
    virsh --quiet domrename "$(guest_of fw)" other
    status_is fw container#1 undef
    reason_is fw container#1 "libvirt's guest other has its uuid"
    on fw start
    exits 3
    virsh --quiet domrename other "$(guest_of fw)"
    status_is fw container#1 down
}

@test "one of the disaster recovery site finds it in its SMBIOS, and no more when it is back" {
    sed -i "s/^nodes = .*/nodes = node110\ndrpnode = $LAB_NODE/" "$configuration/gate.env"
    on gate start --force --reason drill
    exits 0
    lab_ssh gate grep -q io.systemd.credential:svcmgr.drp=1 /sys/firmware/dmi/tables/DMI
    # Its definition is what the other nodes have.
    is "$(virsh dumpxml --inactive "$(guest_of gate)" | grep -c svcmgr.drp)" 0
    on gate stop
    exits 0
    sed -i "s/^nodes = .*/nodes = $LAB_NODE/; /^drpnode/d" "$configuration/gate.env"
    on gate start
    exits 0
    lab_ssh gate test -e /sys/firmware/dmi/tables/DMI
    run ! lab_ssh gate grep -q svcmgr.drp /sys/firmware/dmi/tables/DMI
    on gate stop
    exits 0
}
