# shellcheck shell=bash
# The lab's functions, for what runs inside `tests/lab/lab run`. Source it; it changes no shell option.
#
# A function that fails says why on stderr and returns non-zero. Times are seconds.
#
#   lab_guest NAME [OPTION…]          makes the guest NAME and defines its domain, shut off
#       --address ADDRESS[@ADAPTER]   its address, of 10.77.0.0/24 (default: the next free one from 10.77.0.10 on); may be repeated
#       --adapter ADAPTER             the adapter of addresses that name none (default: eth0)
#       --second-nic                  it has eth1 too
#       --deaf                        it ignores a request to shut down
#       --no-ssh                      it answers ping, not ssh
#       --disk FORMAT:SIZE | PATH     a new disk, or an existing raw file or device (default: qcow2:16M); may be repeated.
#                                     Disks are vda, vdb… with the serials NAME-1, NAME-2…; new ones are $LAB_IMAGES/NAME-N.FORMAT
#       --memory MIB                  (default: 96)
#   lab_guest_env NAME                writes NAME.env: a service of the guest NAME on this node; prints its path
#   lab_host_key NAME                 prints the path of the guest's public host key
#   lab_ssh NAME COMMAND…             runs COMMAND in the guest; plain `ssh NAME` does the same
#   lab_wait_ssh NAME [SECONDS]       waits until the guest answers ssh (default: 60)
#   lab_wait_state NAME STATE [SECONDS]  waits until `virsh domstate` says STATE (default: 30)
#   lab_wait SECONDS COMMAND…         runs COMMAND until it succeeds
#   lab_console NAME                  prints what the guest wrote on its console
#   lab_start_libvirtd, lab_stop_libvirtd, lab_kill_libvirtd (-9), lab_freeze_libvirtd (SIGSTOP), lab_thaw_libvirtd
#                                     guests outlive their libvirtd
#   lab_start_dockerd OPTION…         starts docker, with an image of busybox by the name lab:1; with the option --live-restore containers
#                                     outlive their dockerd
#   lab_registry                      starts a registry on 127.0.0.1:5000 that has the image lab:1 as 127.0.0.1:5000/lab:1
#   lab_stop_dockerd, lab_kill_dockerd (-9), lab_freeze_dockerd (SIGSTOP), lab_thaw_dockerd
#
# The lab exports: LAB_DIR (its own tmpfs), LAB_NODE (its host name), LAB_ADDRESS (its address on the bridge br0), LAB_IMAGES,
# LAB_CGROUP (of its containers), SVCMGR_ROOT, SVCMGR_LAB_CACHE, HOME (with an ssh key that guests accept), TMPDIR, LIBVIRT_DEFAULT_URI.

LAB_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
LAB_IMAGES=/var/lib/libvirt/images

lab_fail() {
    printf 'lab: %s\n' "$*" >&2
    return 1
}

lab_wait() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < deadline)) || return 1
        sleep 0.1
    done
}

lab_host_key() {
    printf '%s\n' "$LAB_DIR/guests/$1/host_key.pub"
}

lab_console() {
    cat "$LAB_DIR/guests/$1/console"
}

lab_ssh() {
    ssh -o BatchMode=yes "$@"
}

lab_guest() {
    local name=$1 adapter=eth0 memory=96 addresses=() disks=() nics=1 initrd_options=()
    shift
    while (($#)); do
        case $1 in
            --address) addresses+=("$2") && shift ;;
            --adapter) adapter=$2 && shift ;;
            --disk) disks+=("$2") && shift ;;
            --memory) memory=$2 && shift ;;
            --second-nic) nics=2 ;;
            --deaf | --no-ssh) initrd_options+=("$1") ;;
            *) lab_fail "lab_guest: unknown option $1" || return ;;
        esac
        shift
    done
    [[ $name =~ ^[A-Za-z0-9][A-Za-z0-9.-]*$ ]] || lab_fail "lab_guest: '$name' is no host name" || return
    local dir=$LAB_DIR/guests/$name
    [[ ! -e $dir ]] || lab_fail "the guest $name is already there" || return
    mkdir -p "$dir"

    local taken=("$LAB_DIR"/guests/*/)
    ((${#addresses[@]})) || addresses=("10.77.0.$((9 + ${#taken[@]}))")
    local address ip
    for address in "${addresses[@]}"; do
        ip=${address%@*}
        [[ $address == *@* ]] || address+=@$adapter
        initrd_options+=(--address "${address#*@}=$ip/24")
        printf '%s %s\n' "$ip" "$name" >>/etc/hosts
    done

    ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$dir/host_key"
    printf '%s %s\n' "$name" "$(cut -d' ' -f1,2 "$dir/host_key.pub")" >>"$HOME/.ssh/known_hosts"
    "$LAB_HERE/guest-initrd" --name "$name" --host-key "$dir/host_key" \
        --authorized-keys "${LAB_GUEST_KEYS:-$HOME/.ssh/id_ed25519.pub}" \
        "${initrd_options[@]}" "$SVCMGR_LAB_CACHE/initrd-base" "$dir/initrd" || return

    lab_domain_xml "$name" "$memory" "$nics" "${disks[@]:-qcow2:16M}" >"$dir/domain.xml" || return
    virsh --quiet define "$dir/domain.xml" >/dev/null
}

# lab_domain_xml NAME MEMORY NICS DISK…: makes the disks that are new and prints the domain.
lab_domain_xml() {
    local name=$1 memory=$2 nics=$3 disk format path number=0 letters=abcdefghijklmnop source
    shift 3
    cat <<END
<domain type='qemu'>
  <name>$name</name>
  <memory unit='MiB'>$memory</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    <kernel>$SVCMGR_LAB_CACHE/vmlinuz</kernel>
    <initrd>$LAB_DIR/guests/$name/initrd</initrd>
    <cmdline>console=ttyS0 quiet panic=-1</cmdline>
  </os>
  <features><acpi/></features>
  <cpu mode='maximum'/>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <controller type='usb' model='none'/>
    <memballoon model='none'/>
    <serial type='file'><source path='$LAB_DIR/guests/$name/console'/></serial>
END
    while ((nics-- > 0)); do
        echo "    <interface type='bridge'><source bridge='br0'/><model type='virtio'/><rom enabled='no'/></interface>"
    done
    for disk in "$@"; do
        if [[ $disk == /* ]]; then
            path=$disk format=raw
        else
            format=${disk%%:*}
            path=$LAB_IMAGES/$name-$((number + 1)).$format
            qemu-img create -q -f "$format" "$path" "${disk#*:}" || return
        fi
        source="type='file'><source file"
        [[ ! -b $path ]] || source="type='block'><source dev"
        cat <<END
    <disk $source='$path'/><driver name='qemu' type='$format'/>
      <target dev='vd${letters:number:1}' bus='virtio'/><serial>$name-$((number + 1))</serial></disk>
END
        number=$((number + 1))
    done
    printf '  </devices>\n</domain>\n'
}

lab_guest_env() {
    local file=$SVCMGR_ROOT/etc/svcmgr/$1.env
    cat >"$file" <<END
[default]
app = ERP
comment = recette gen db #2
service_type = DEV
nodes = $LAB_NODE
orchestrate = start

[container#1]
name = $1
type = kvm

[ip#1]
ipname = $1
ipdev = eth0

[vmdg]
scsireserv = false
END
    printf '%s\n' "$file"
}

lab_answers_tcp() {
    timeout 0.3 bash -c "exec 3<>/dev/tcp/$1/$2" 2>/dev/null
}

lab_wait_ssh() {
    local seconds=${2:-60}
    if ! lab_wait "$seconds" lab_answers_tcp "$1" 22 || ! lab_ssh -o ConnectTimeout="$seconds" "$1" true; then
        lab_console "$1" | tail -n 20 >&2
        lab_fail "the guest $1 does not answer ssh after $seconds s"
    fi
}

lab_state_is() {
    [[ $(virsh domstate "$1" 2>/dev/null) == "$2" ]]
}

lab_wait_state() {
    lab_wait "${3:-30}" lab_state_is "$1" "$2" ||
        lab_fail "the guest $1 is not '$2' after ${3:-30} s but '$(virsh domstate "$1" 2>&1)'"
}

lab_libvirtd_answers() {
    [[ -S /run/libvirt/libvirt-sock ]] && virsh --quiet uri >/dev/null 2>&1
}

lab_signal_libvirtd() {
    local pid
    pid=$(cat /run/libvirtd.pid 2>/dev/null) || lab_fail "libvirtd does not run" || return
    kill "-$1" "$pid"
}

lab_start_libvirtd() { lab_start_libvirtd_with -d; }

# lab_start_libvirtd_with OPTION…
lab_start_libvirtd_with() {
    # On a busy machine the first try may meet what the last one has not yet let go of.
    lab_wait 10 libvirtd "$@" || lab_fail "libvirtd does not start; see /var/log/libvirt/libvirtd.log" || return
    lab_wait 20 lab_libvirtd_answers || lab_fail "libvirtd does not answer; see /var/log/libvirt/libvirtd.log"
}

lab_libvirtd_gone() {
    ! kill -0 "$1" 2>/dev/null
}

# lab_end_libvirtd SIGNAL
lab_end_libvirtd() {
    local pid
    pid=$(cat /run/libvirtd.pid 2>/dev/null) || lab_fail "libvirtd does not run" || return
    kill "-$1" "$pid" || return
    # A frozen one hears nothing else.
    kill -CONT "$pid" 2>/dev/null || true
    lab_wait 20 lab_libvirtd_gone "$pid" || lab_fail "libvirtd does not end"
}

lab_stop_libvirtd() { lab_end_libvirtd TERM; }
lab_kill_libvirtd() { lab_end_libvirtd KILL; }
lab_freeze_libvirtd() { lab_signal_libvirtd STOP; }
lab_thaw_libvirtd() { lab_signal_libvirtd CONT; }

lab_dockerd_answers() {
    docker version >/dev/null 2>&1
}

lab_signal_dockerd() {
    local pid
    pid=$(cat /run/docker.pid 2>/dev/null) || lab_fail "dockerd does not run" || return
    kill "-$1" "$pid"
}

# What of the control groups docker needs beyond what the lab has: the controllers of version 1, where this machine has them there.
lab_mount_cgroups() {
    [[ ! -e /run/lab-cgroups ]] || return 0
    touch /run/lab-cgroups
    local directory options
    local -a mounts
    mapfile -t mounts < <(awk '$3 == "cgroup" { gsub(/(rw|relatime|nosuid|nodev|noexec),/, "", $4); print $2, $4 }' /proc/mounts)
    [[ ${#mounts[@]} -gt 0 ]] || return 0
    mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
    for directory in "${mounts[@]}"; do
        read -r directory options <<<"$directory"
        mkdir -p "$directory"
        mount -t cgroup -o "$options" cgroup "$directory"
    done
}

# Where docker keeps its own: each further node (nodes.sh) has its own.
lab_docker_directory() {
    local node=$LAB_DIR/nodes/$LAB_NODE
    if [[ -d $node ]]; then printf '%s/docker\n' "$node"; else printf '%s/docker\n' "$LAB_DIR"; fi
}

lab_start_dockerd() {
    lab_mount_cgroups || lab_fail "the control groups can't be mounted" || return
    # Bats waits for whoever has its descriptor 3.
    setsid dockerd --data-root "$(lab_docker_directory)" --bridge=none --iptables=false --ip6tables=false "$@" \
        --cgroup-parent "/$LAB_CGROUP/$LAB_NODE" >>"$LAB_DIR/dockerd.log" 2>&1 </dev/null 3>&- &
    lab_wait 30 lab_dockerd_answers || lab_fail "dockerd does not answer; see $LAB_DIR/dockerd.log" || return
    docker image inspect lab:1 >/dev/null 2>&1 || lab_docker_image
}

lab_docker_image() {
    local root=$LAB_DIR/image
    mkdir -p "$root"/{bin,etc,tmp,proc,sys,dev}
    cp "$(command -v busybox)" "$root/bin/busybox"
    "$root/bin/busybox" --install -s "$root/bin" 2>/dev/null
    local link
    for link in "$root"/bin/*; do [[ ! -L $link ]] || ln -sf busybox "$link"; done
    printf 'root:x:0:0:root:/:/bin/sh\n' >"$root/etc/passwd"
    tar -C "$root" -c . | docker import --change 'CMD ["sleep", "600"]' - lab:1 >/dev/null
}

# lab_blob FILE NAME: puts the file where the registry has its blobs; prints its digest.
lab_blob() {
    local digest
    digest=sha256:$(sha256sum "$1" | cut -d ' ' -f 1)
    cp "$1" "$LAB_DIR/registry/v2/lab/blobs/$digest"
    printf '%s' "$digest"
}

lab_registry() {
    local files=$LAB_DIR/registry/v2/lab work=$LAB_DIR/registry-work type=application/vnd.docker
    mkdir -p "$files"/{blobs,manifests} "$work"
    echo '{}' >"$LAB_DIR/registry/v2/index"
    echo '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}' >"$LAB_DIR/registry/not-found"
    tar -C "$LAB_DIR/image" -cf "$work/layer" .
    gzip -k -f -n "$work/layer"
    jq -cn --arg layer "sha256:$(sha256sum "$work/layer" | cut -d ' ' -f 1)" \
        '{architecture: "amd64", os: "linux", config: {Cmd: ["sleep", "600"]}, rootfs: {type: "layers", diff_ids: [$layer]}, history: []}' >"$work/config"
    jq -cn --arg type "$type" --arg config "$(lab_blob "$work/config")" --arg layer "$(lab_blob "$work/layer.gz")" \
        --argjson config_size "$(stat -c %s "$work/config")" --argjson layer_size "$(stat -c %s "$work/layer.gz")" \
        '{schemaVersion: 2, mediaType: ($type + ".distribution.manifest.v2+json"),
          config: {mediaType: ($type + ".container.image.v1+json"), size: $config_size, digest: $config},
          layers: [{mediaType: ($type + ".image.rootfs.diff.tar.gzip"), size: $layer_size, digest: $layer}]}' >"$files/manifests/1"
    cp "$files/manifests/1" "$files/manifests/sha256:$(sha256sum "$files/manifests/1" | cut -d ' ' -f 1)"
    printf '#!/bin/sh\nexec %s %s\n' "$LAB_HERE/registry" "$LAB_DIR/registry" >"$work/serve"
    chmod 755 "$work/serve"
    setsid busybox nc -ll -p 5000 -e "$work/serve" >/dev/null 2>&1 </dev/null 3>&- &
    lab_wait 10 lab_answers_tcp 127.0.0.1 5000
}

lab_dockerd_gone() {
    ! kill -0 "$1" 2>/dev/null
}

# lab_end_dockerd SIGNAL
lab_end_dockerd() {
    local pid
    pid=$(cat /run/docker.pid 2>/dev/null) || lab_fail "dockerd does not run" || return
    kill "-$1" "$pid" || return
    kill -CONT "$pid" 2>/dev/null || true
    lab_wait 30 lab_dockerd_gone "$pid" || lab_fail "dockerd does not end" || return
    rm -f /run/docker.pid
}

lab_stop_dockerd() { lab_end_dockerd TERM; }
lab_kill_dockerd() { lab_end_dockerd KILL; }

# Whether each of its threads has stopped; on a busy machine one may go on for a moment after the signal was sent.
lab_dockerd_is_frozen() {
    local pid
    pid=$(cat /run/docker.pid 2>/dev/null) && ! cat /proc/"$pid"/task/*/stat | sed 's/.*) //' | grep -qv '^T'
}

lab_freeze_dockerd() {
    lab_signal_dockerd STOP && lab_wait 20 lab_dockerd_is_frozen || lab_fail "dockerd does not freeze"
}
lab_thaw_dockerd() { lab_signal_dockerd CONT; }
