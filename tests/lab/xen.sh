# shellcheck shell=bash
# A host of Xen for what runs inside `tests/lab/lab run`; lib.sh is sourced before. The host is a machine of QEMU on the lab's bridge, and so
# are its guests. The lab's node drives it: its xl is the host's, over ssh, and /etc/xen is what the host gets.
#
#   lab_xen_start                boots the host (10.77.0.2, the name xen), which takes some 15 s; xen-image has built it before: a lab has no network
#   lab_xen_ssh COMMAND…         runs COMMAND on the host
#   lab_xen_guest NAME [--deaf] [--disk]   makes the configuration /etc/xen/NAME.cfg and what the guest boots from; it gets an address and a name
#   lab_console NAME             prints what the guest wrote on its console: that of lib.sh knows guests of libvirt
#   lab_xen_freeze, lab_xen_thaw   its xenstored: without it xl hangs
#   lab_xen_restore              the host has no guests, and its xenstored runs

LAB_XEN_ADDRESS=10.77.0.2

lab_xen_ssh() { ssh -o BatchMode=yes -o ConnectTimeout=10 xen "$@"; }

lab_xen_is_up() { grep -q 'the Xen host is up' "$LAB_DIR/xen/console" && lab_answers_tcp xen 22; }

lab_xen_start() {
    local image dir=$LAB_DIR/xen
    image=$("$LAB_HERE/xen-image" "$SVCMGR_LAB_CACHE/xen") || return
    mkdir -p "$dir/root"/{boot,root/.ssh,etc/dropbear}
    ssh-keygen -q -t ed25519 -N '' -C xen -f "$dir/host_key"
    dropbearconvert openssh dropbear "$dir/host_key" "$dir/root/etc/dropbear/host_key" 2>/dev/null
    cp "$HOME/.ssh/id_ed25519.pub" "$dir/root/root/.ssh/authorized_keys"
    chmod 700 "$dir/root/root" "$dir/root/root/.ssh"
    chmod 600 "$dir/root/root/.ssh/authorized_keys"
    cp "$image/vmlinux" "$dir/root/boot/vmlinux"
    cat "$SVCMGR_LAB_CACHE/initrd-base" "$image/guest-modules.cpio" >"$dir/root/boot/guest-base"
    cp "$image/dom0.cpio" "$dir/dom0.cpio"
    (cd "$dir/root" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R +0:+0) >>"$dir/dom0.cpio"
    printf '%s xen\n' "$LAB_XEN_ADDRESS" >>/etc/hosts
    printf 'xen %s\n' "$(cut -d' ' -f1,2 "$dir/host_key.pub")" >>"$HOME/.ssh/known_hosts"

    ip tuntap add xen0 mode tap
    ip link set xen0 master br0 up
    # Without -smap QEMU faults on what Xen returns from interrupts with; one processor is faster than two.
    qemu-system-x86_64 -accel tcg,thread=multi -machine pc -cpu max,-smap,-pku,-rdtscp -smp 1 -m 1280 -display none -no-reboot \
        -serial "file:$dir/console" -monitor none -daemonize -pidfile "$dir/pid" \
        -netdev tap,id=n0,ifname=xen0,script=no,downscript=no -device e1000,netdev=n0,mac=52:54:00:78:65:6e \
        -kernel "$image/xen" -append 'console=com1 com1=115200,8n1 dom0_mem=640M,max:640M noreboot=1 bootscrub=0' \
        -initrd "$image/vmlinux console=hvc0 quiet panic=-1 lab_address=$LAB_XEN_ADDRESS/24,$dir/dom0.cpio" || return
    if ! lab_wait 90 lab_xen_is_up; then
        tail -n 30 "$dir/console" >&2
        lab_fail 'the Xen host does not come up'
        return 1
    fi
    # One connection for all: the host is too slow for a handshake with each call.
    printf 'Host xen\n    ControlMaster auto\n    ControlPath %s/mux\n    ControlPersist yes\n' "$dir" >>"$HOME/.ssh/config"
    ssh -o BatchMode=yes -fN xen >/dev/null 2>&1 || lab_fail 'the Xen host takes no ssh' || return
    lab_xen_wrapper
}

# The node's own xl. /usr/sbin is the lab's own from here on.
lab_xen_wrapper() {
    local dir=$LAB_DIR/xen
    mkdir -p "$dir/sbin" "$dir/work" "$dir/etc/auto"
    cat >"$dir/sbin/xl" <<END
#!/usr/bin/env bash
[[ \$1 != create ]] || ssh xen "mkdir -p /etc/xen && cat >/etc/xen/\${2##*/}" <"\$2" || exit
[[ \$1 != create ]] || set -- create "/etc/xen/\${2##*/}"
command=\$(printf '%q ' /bin/xl "\$@")
# A connection on which a call was given up may end with it, also a moment from now; who only looks may ask again.
if [[ \$1 == list ]] && ssh -o BatchMode=yes -O check xen 2>/dev/null; then
    said=\$(ssh -o BatchMode=yes xen "\$command") && code=0 || code=\$?
    [[ \$code -eq 255 ]] || { printf '%s\n' "\$said" && exit "\$code"; }
fi
exec ssh -o BatchMode=yes -o ControlPath=none xen "\$command"
END
    chmod 755 "$dir/sbin/xl"
    mount -t overlay overlay -o "lowerdir=$dir/sbin:/usr/sbin" /usr/sbin
    mkdir -p /etc/xen 2>/dev/null || true
    mount --bind "$dir/etc" /etc/xen
}

lab_xen_guest() {
    local name=$1 deaf='' disk='' dir=$LAB_DIR/guests/$1 number
    shift
    while (($#)); do
        case $1 in
            --deaf) deaf=yes ;;
            --disk) disk=yes ;;
            *) lab_fail "lab_xen_guest: unknown option $1" || return ;;
        esac
        shift
    done
    mkdir -p "$dir"
    number=$(($(cat "$LAB_DIR/xen/guests" 2>/dev/null || echo 0) + 1))
    echo "$number" >"$LAB_DIR/xen/guests"
    printf '10.77.0.%d %s\n' $((20 + number)) "$name" >>/etc/hosts
    ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$dir/host_key"
    printf '%s %s\n' "$name" "$(cut -d' ' -f1,2 "$dir/host_key.pub")" >>"$HOME/.ssh/known_hosts"
    "$LAB_HERE/guest-initrd" --name "$name" --host-key "$dir/host_key" --authorized-keys "$HOME/.ssh/id_ed25519.pub" \
        --deaf --address "eth0=10.77.0.$((20 + number))/24" /dev/null "$dir/own" || return
    if [[ -n $deaf ]]; then
        # The kernel of a guest that is told to shut down runs this.
        mkdir -p "$dir/deaf/usr/bin"
        printf '#!/bin/sh\nexit 0\n' >"$dir/deaf/usr/bin/poweroff"
        chmod 755 "$dir/deaf/usr/bin/poweroff"
        (cd "$dir/deaf" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R +0:+0) >>"$dir/own"
    fi
    lab_xen_ssh "mkdir -p /boot/guests && cat /boot/guest-base - >/boot/guests/$name" <"$dir/own" || return
    {
        # Debian's kernel 6.1.192 keeps 47 MiB of it, and with 92 MiB it dies unpacking its initrd.
        printf "name = '%s'\nmemory = 160\nvcpus = 1\nkernel = '/boot/vmlinux'\nramdisk = '/boot/guests/%s'\nextra = 'console=hvc0 quiet panic=-1'\n" "$name" "$name"
        printf "vif = [ 'bridge=xenbr0' ]\non_crash = 'preserve'\n"
        [[ -z $disk ]] || printf "disk = [ '/srv-%s.img,raw,xvda,rw' ]\n" "$name"
    } >"/etc/xen/$name.cfg"
    [[ -z $disk ]] || lab_xen_ssh "dd if=/dev/zero of=/srv-$name.img bs=1M count=16 2>/dev/null"
}

lab_console() { lab_xen_ssh "cat /var/log/xen/console/guest-$1.log"; }

# shellcheck disable=SC2016  # the host expands them
lab_xen_freeze() { lab_xen_ssh 'kill -STOP "$(cat /run/xenstore.pid)"'; }
# shellcheck disable=SC2016
lab_xen_thaw() { lab_xen_ssh 'kill -CONT "$(cat /run/xenstore.pid)"'; }

lab_xen_domains() { xl list | awk 'NR > 1 && $1 != "Domain-0" { print $1 }'; }

lab_xen_restore() {
    local name
    lab_xen_thaw
    for name in $(lab_xen_domains); do xl destroy "$name" || true; done
    find /etc/xen -name '*.cfg' -delete
    find /etc/xen/auto -mindepth 1 -delete
    lab_xen_ssh 'rm -f /srv-*.img /boot/guests/* /etc/xen/*.cfg'
}
