# shellcheck shell=bash
# Many services of one node in a lab, all down; lib.sh and containers.sh of tests/lab are sourced before.
#
#   env_head TYPE            prints what their env files begin with, up to the container's type
#   kvm_services COUNT       defines the domains vm1… and writes their env files
#   docker_services COUNT    the same of containers of docker, box1…; dockerd runs
#   lxc_services COUNT       and of LXC, jar1…

configuration=$SVCMGR_ROOT/etc/svcmgr

env_head() { printf '[default]\napp = ERP\nservice_type = DEV\nnodes = %s\norchestrate = start\n\n[container#1]\ntype = %s\n' "$LAB_NODE" "$1"; }

# Domains are read by libvirtd when it starts: that is faster than defining them.
kvm_services() {
    lab_guest model >/dev/null
    virsh dumpxml --inactive model >"$TMPDIR/model.xml"
    lab_stop_libvirtd
    env_head kvm >"$TMPDIR/head"
    # One program for all of them: thousands would take minutes.
    python3 - "$1" "$TMPDIR/model.xml" "$TMPDIR/head" "$configuration" <<'END'
import re, sys
count, model, head, configuration = int(sys.argv[1]), open(sys.argv[2]).read(), open(sys.argv[3]).read(), sys.argv[4]
model = re.sub(r" *<mac .*\n", "", model)
for number in range(1, count + 1):
    domain = model.replace("<name>model</name>", f"<name>vm{number}</name>")
    domain = re.sub("<uuid>.*</uuid>", f"<uuid>00000000-0000-4000-8000-{number:012}</uuid>", domain)
    with open(f"/etc/libvirt/qemu/vm{number}.xml", "w") as file:
        file.write(domain)
    with open(f"{configuration}/vm{number}.env", "w") as file:
        file.write(f"{head}name = vm{number}\n\n[vmdg]\n")
END
    lab_wait 10 libvirtd -d 3>&- && lab_wait 300 lab_libvirtd_answers  # 3 is what bats waits for
}

docker_services() {
    local number
    for ((number = 1; number <= $1; number++)); do
        { env_head docker && printf 'image = lab:1\nnetns = none\n'; } >"$configuration/box$number.env"
        printf '%s\n' "--label svcmgr.service=box$number --label svcmgr.rid=container#1 --network none --name box$number.container.1 lab:1"
    done | xargs -P 4 -L 1 docker create >/dev/null
}

lxc_services() {
    local number
    lab_container many >/dev/null
    for ((number = 1; number <= $1; number++)); do
        mkdir -p "$LAB_LXC/jar$number"
        sed "s/many/jar$number/g" "$LAB_LXC/many/config" >"$LAB_LXC/jar$number/config"
        { env_head lxc && printf 'name = jar%d\n' "$number"; } >"$configuration/jar$number.env"
    done
}
