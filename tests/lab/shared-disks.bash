# shellcheck shell=bash
# Shared SCSI disks and nodes that see them. `load shared-disks` behind common.
#
#   start_target LUNS          an iSCSI target with LUNS disks of 16 MiB; $target is its URL
#   stop_target                ends it, and with it what it knows of reservations
#   scsi_node NAME PATHS…      boots a node whose kernel sees disk N of each PATH as a real SCSI disk: `scsi_node n1 1 1 2` has two paths to
#                              disk 1 and one to disk 2. svcmgr, its modules and the files of $LAB_DIR/nodes/NAME are in it
#   libvirt_node NAME PATHS…     the same with libvirtd and QEMU in it: a guest there is emulated twice, and has to be a small one
#   boot_node NAME               boots it again after its power was cut. What a node has is in its memory: it comes back as it was made
#   save_node NAME               what it has now in /etc and /var/lib, it will have when it boots again
#   begin_libvirt NAME           begins libvirtd on it
#   make_writer                  disk 1 has a small guest, which writes on it as long as it runs (boot-writer.S)
#   writer_xml DEVICE…           its definition with these disks, as vm188
#   written                      the number of the last sector that it wrote without leaving one out, and of the last that it wrote at all
#   writes_beyond SECTOR         whether the last is behind that one
#   state_on NAME                what libvirt says of vm188 there
#   node_files NAME            makes that directory: node.conf, known hosts, keys, the service svc1 with the guest vm188 on these disks
#   node NAME COMMAND…         runs COMMAND in the node, ended after a minute ($node_seconds) at the latest; sets $status and $output
#   guest_runs NAME yes|no     what the node's hypervisor (libvirt's test driver) says of vm188
#   write_disk NAME DEVICE     sets $status: 0 when the node may write there

target=iscsi://10.77.0.1/iqn.2026-01.lab:disks

tgt() { tgtadm -C 1 --lld iscsi "$@"; }

target_answers() { tgt --mode system --op show >/dev/null 2>&1; }

start_target() {
    local lun
    mkdir -p /run/tgtd
    tgtd -C 1 --iscsi portal=10.77.0.1:3260 >/dev/null 2>&1 3>&- || fail "tgtd does not start"
    lab_wait 10 target_answers || fail "tgtd does not answer"
    tgt --mode target --op new --tid 1 --targetname "${target##*/}"
    for ((lun = 1; lun <= $1; lun++)); do
        [[ -e $LAB_DIR/disk$lun ]] || truncate -s 16M "$LAB_DIR/disk$lun"
        tgt --mode logicalunit --op new --tid 1 --lun "$lun" --backing-store "$LAB_DIR/disk$lun"
    done
    tgt --mode target --op bind --tid 1 --initiator-address ALL
}

target_gone() { ! pgrep -x tgtd >/dev/null; }

# The lab has its own processes: there is no other tgtd here.
stop_target() {
    pkill -KILL -x tgtd
    lab_wait 10 target_gone || fail "tgtd does not end"
}

# copy_with_libraries ROOT FILE[:DIRECTORY]…: into DIRECTORY of ROOT, which is /usr/bin unless it is said.
copy_with_libraries() {
    local root=$1 file library directory
    shift
    for file in "$@"; do
        directory=/usr/bin
        [[ $file != *:* ]] || directory=${file#*:} file=${file%:*}
        mkdir -p "$root$directory"
        strip -o "$root$directory/${file##*/}" "$file"
        while read -r library; do
            [[ -e $root$library ]] || install -D -m 755 "$(realpath "$library")" "$root$library"
        done < <(ldd "$file" | grep -o '/[^ ]*')
    done
}

node_files() {
    local name=$1 root=$LAB_DIR/nodes/$1
    mkdir -p "$root"/{etc/svcmgr,root/.ssh,var/lib/svcmgr,var/log/svcmgr}
    chmod 700 "$root/root" "$root/root/.ssh"
    copy_with_libraries "$root" "$SVCMGR_BIN"/{svcmgr,svcmgr-kvm.so,svcmgr-scsi.so,svcmgr-ssh.so,svcmgr-network.so}
    printf 'machine-of-%s\n' "$name" >"$root/etc/machine-id"
    cp "$HOME/.ssh/id_ed25519" "$root/root/.ssh/"
    cat >"$root/etc/svcmgr/node.conf" <<'END'
[node]
look_timeout = 20s
peer_timeout = 20s

[kvm]
uri = test:///etc/svcmgr/hypervisor.xml

[ssh]
identity = /root/.ssh/id_ed25519
END
    cat >"$root/etc/svcmgr/svc1.env" <<'END'
[DEFAULT]
nodes = node1 node2 node3
env = TST

[container#1]
name = vm188
type = kvm
guestos = windows

[vmdg]
scsireserv = true
END
    printf 'TST\n' >"$root/etc/svcmgr/host_mode"
}

# What libvirtd needs to run guests under QEMU.
libvirt_files() {
    local root=$LAB_DIR/nodes/$1 libraries=/usr/lib/x86_64-linux-gnu
    copy_with_libraries "$root" /usr/sbin/{libvirtd,virtlogd} /usr/bin/{virsh,virt-ssh-helper,qemu-system-x86_64} \
        "$libraries/libvirt/connection-driver/libvirt_driver_qemu.so:$libraries/libvirt/connection-driver" \
        "$libraries/qemu/accel-tcg-x86_64.so:$libraries/qemu"
    mkdir -p "$root/usr/share/seabios" "$root/etc/libvirt"
    cp -L /usr/share/seabios/{bios-256k,vgabios-stdvga}.bin /usr/share/qemu/kvmvapic.bin "$root/usr/share/seabios/"
    cp -r /usr/share/libvirt "$root/usr/share/"
    printf '%s\n' 'user = "root"' 'group = "root"' 'remember_owner = 0' 'cgroup_controllers = []' 'namespaces = []' 'security_driver = "none"' \
        'stdio_handler = "file"' >"$root/etc/libvirt/qemu.conf"
    printf 'host_uuid = "%s"\n' "$(cat /proc/sys/kernel/random/uuid)" >"$root/etc/libvirt/libvirtd.conf"
    printf 'root:x:0:0:root:/root:/bin/sh\nlibvirt-qemu:x:64055:108::/:/bin/false\n' >"$root/etc/passwd"
    printf 'root:x:0:\nkvm:x:104:\nlibvirt-qemu:x:108:\n' >"$root/etc/group"
    sed -i 's|^uri = .*|uri = qemu:///system|' "$root/etc/svcmgr/node.conf"
}

libvirt_node() {
    scsi_node "$@" 1024 libvirt_files
    begin_libvirt "$1"
}

begin_libvirt() {
    lab_ssh "$1" 'mkdir -p /run/libvirt /var/lib/libvirt /var/log/libvirt/qemu /var/cache/libvirt && virtlogd -d && libvirtd -d'
    lab_wait 60 lab_ssh "$1" 'virsh version --daemon >/dev/null 2>&1' || fail "libvirtd of $1 does not answer"
    # Who asks first waits until it has asked QEMU what it can do.
    lab_ssh "$1" 'virsh domcapabilities >/dev/null && virsh capabilities >/dev/null'
}

hypervisor_xml() {
    local state=$1 letter=a device
    shift
    printf "<node><domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'><name>vm188</name><memory>65536</memory>"
    printf "<test:runstate>%s</test:runstate><os><type>hvm</type></os><devices>" "$state"
    for device in "$@"; do
        printf "<disk type='block' device='disk'><source dev='%s'/><target dev='vd%s' bus='virtio'/></disk>" "$device" "$letter"
        letter=$(tr a-y b-z <<<"$letter")
    done
    printf '</devices></domain></node>\n'
}

# Behind the paths there may be the node's memory in MiB, and a function that adds to its files.
scsi_node() {
    local name=$1 number=0 lun xml=$LAB_DIR/guests/$1/domain.xml initrd=$LAB_DIR/guests/$1/initrd memory=512 more=:
    shift
    if declare -F "${!#}" >/dev/null; then
        more=${!#} memory=${*: -2:1}
        set -- "${@:1:$#-2}"
    fi
    lab_guest "$name" --memory "$memory" --disk qcow2:1M
    node_files "$name"
    "$more" "$name"
    # Every node knows every node that was made before it, and they are told of it later.
    cp /etc/hosts "$LAB_DIR/nodes/$name/etc/hosts"
    hypervisor_xml 5 /dev/sda >"$LAB_DIR/nodes/$name/etc/svcmgr/hypervisor.xml"
    (cd "$LAB_DIR/nodes/$name" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R +0:+0) >>"$initrd"
    {
        sed "s|<domain type='qemu'>|<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>|; /<\/domain>/d" "$xml"
        printf "<qemu:commandline>\n"
        argument() { printf "<qemu:arg value='%s'/>\n" "$@"; }
        argument -iscsi "initiator-name=iqn.2026-01.lab:$name" -device virtio-scsi-pci,id=shared,addr=0x10
        for lun in "$@"; do
            argument -drive "file=$target/$lun,if=none,id=path$number,format=raw,cache=none" \
                -device "scsi-generic,bus=shared.0,channel=0,scsi-id=$number,lun=0,drive=path$number"
            number=$((number + 1))
        done
        printf "</qemu:commandline>\n</domain>\n"
    } >"$xml.new"
    virsh --quiet undefine "$name" >/dev/null
    virsh --quiet define "$xml.new" >/dev/null || fail "the node $name can't be defined"
    boot_node "$name"
}

boot_node() {
    local name=$1 peer
    virsh --quiet start "$name" >/dev/null || fail "the node $name does not start"
    lab_wait_ssh "$name" 90 || fail "the node $name does not boot"
    name_disks "$name" "$(virsh dumpxml "$name" | grep -c ',drive=path')" || fail "the disks of $name do not come in their order"
    for peer in "$LAB_DIR"/nodes/*/; do tell_node "$(basename "$peer")"; done
}

save_node() { lab_ssh "$1" 'find /etc /var/lib | cpio -o -H newc 2>/dev/null' >>"$LAB_DIR/guests/$1/initrd"; }

# The kernel looks at all disks at once and names them as they answer; the tests need sda to be the first. One after the other, they get their names in order.
name_disks() {
    lab_ssh "$1" sh -s "$2" <<'END'
for disk in /sys/block/sd*; do echo 1 >"$disk/device/delete"; done
id=0
for letter in a b c d e f g h; do
    [ "$id" -lt "$1" ] || break
    for host in /sys/class/scsi_host/host*; do
        grep -q virtio "$host/proc_name" 2>/dev/null && echo "0 $id 0" >"$host/scan"
    done
    tries=0
    until [ -b "/dev/sd$letter" ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || exit 1
        sleep 0.1
    done
    id=$((id + 1))
done
END
}

# The names and host keys of all nodes that there are.
tell_node() {
    virsh domstate "$1" 2>/dev/null | grep -q running || return 0
    lab_ssh "$1" "cat >/etc/hosts" </etc/hosts
    local peer
    for peer in "$LAB_DIR"/nodes/*/; do
        peer=$(basename "$peer")
        printf '%s %s\n' "$peer" "$(cut -d' ' -f1,2 "$LAB_DIR/guests/$peer/host_key.pub")"
    done | lab_ssh "$1" "cat >/etc/svcmgr/known_hosts"
}

node() {
    local name=$1
    shift
    run timeout "${node_seconds:-60}" ssh -o BatchMode=yes "$name" "$@"
}

guest_runs() {
    local state=5 # shut off, as virDomainState has it
    [[ $2 == no ]] || state=1
    hypervisor_xml "$state" "${@:3}" | lab_ssh "$1" "cat >/etc/svcmgr/hypervisor.xml"
}

write_disk() { node "$1" "dd if=/dev/zero of=$2 bs=4096 count=1 oflag=direct 2>&1"; }

writer_sectors=32768

make_writer() {
    as --32 -o "$LAB_DIR/boot.o" "$BATS_TEST_DIRNAME/boot-writer.S"
    ld -m elf_i386 -Ttext 0x7c00 --oformat binary -o "$LAB_DIR/disk1" "$LAB_DIR/boot.o"
    truncate -s $((writer_sectors * 512)) "$LAB_DIR/disk1"
}

writer_xml() {
    cat <<'END'
<domain type='qemu'>
  <name>vm188</name>
  <uuid>3d1c6d38-5a8e-4c57-9f0e-0c6b6a1f8188</uuid>
  <memory unit='MiB'>16</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type><boot dev='hd'/></os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
END
    local device letter=a
    for device in "$@"; do
        cat <<END
    <disk type='block' device='disk'>
      <driver name='qemu' type='raw' cache='none'/>
      <source dev='$device'/>
      <target dev='hd$letter' bus='ide'/>
      <shareable/>
    </disk>
END
        letter=$(tr a-y b-z <<<"$letter")
    done
    cat <<'END'
    <controller type='usb' model='none'/>
    <memballoon model='none'/>
  </devices>
</domain>
END
}

written() {
    od -A n -v -t u4 -w512 -j 512 "$LAB_DIR/disk1" |
        awk '$1 == NR && !gap { whole = NR } $1 == NR { last = NR } $1 != NR { gap = 1 } END { print whole + 0, last + 0 }'
}
writes_beyond() { [[ $(written | cut -d ' ' -f 2) -gt $1 ]]; }

state_on() { lab_ssh "$1" virsh domstate vm188 | head -n 1; }
