# shellcheck shell=bash
# The installed root booted: its systemd as process 1 of namespaces of its own, without network, with hypervisors that only write down when they
# are started and stopped. The caller has `root`, `check` and the functions of checks.sh.

init='' # process 1, as it is seen here
order() { cat "$root/var/log/order"; }

# Prints nothing, or what did not happen within the seconds given first.
wait_until() {
    local -i end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [[ $SECONDS -lt $end ]] || { echo "waited for: $*"; return 1; }
        read -r -t 0.2 <> <(:) || true
    done
}

# They take a second to start, so that whoever does not wait for them is earlier.
fake_hypervisors() {
    local name
    for name in libvirtd docker lxc; do
        printf '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c "sleep 1; echo %s started >>/var/log/order"\nExecStop=/bin/sh -c "echo %s stopped >>/var/log/order"\n[Install]\nWantedBy=multi-user.target\n' \
            "$name" "$name" >"$root/etc/systemd/system/$name.service"
        in_root systemctl enable "$name.service" || return 1
    done
    # It stops the guests that run when it is stopped itself.
    printf '[Unit]\nAfter=libvirtd.service\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\nExecStop=/bin/sh -c "echo libvirt-guests stopped >>/var/log/order"\n[Install]\nWantedBy=multi-user.target\n' \
        >"$root/etc/systemd/system/libvirt-guests.service"
    in_root systemctl enable libvirt-guests.service
}

note_service_in_order() {
    sed -i 's/^case .*/[ "$1" = status ] || echo "web $1" >>\/var\/log\/order\n&/' "$root/etc/svcmgr/web.d/web"
    in_root svcmgr -s web stop && : >"$root/var/log/order"
}

prepare_boot() { fake_hypervisors && note_service_in_order; }

# Groups of its own in every hierarchy: its systemd makes others below them.
cgroups() {
    local hierarchy
    for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/*; do
        [[ ! -e $hierarchy/cgroup.procs ]] || printf '%s\n' "$hierarchy/svcmgr-package-$$"
    done
}
enter_cgroups() {
    local group
    for group in $(cgroups); do mkdir -p "$group" && echo "$BASHPID" >"$group/cgroup.procs"; done 2>/dev/null
}
leave_cgroups() {
    local group
    for group in $(cgroups); do find "$group" -depth -type d -exec rmdir {} \;; done 2>/dev/null
}

boot_root() {
    (
        enter_cgroups
        exec unshare --pid --fork --kill-child --mount --uts --ipc --net bash -e -c '
            root=$1
            umount -l "$root/run" "$root/tmp" "$root/proc"
            mount -t proc proc "$root/proc"
            mount -t tmpfs none "$root/run"
            mount --rbind /sys "$root/sys"
            mount -t tmpfs none "$root/dev"
            for name in null zero full random urandom tty; do touch "$root/dev/$name"; mount --bind "/dev/$name" "$root/dev/$name"; done
            mkdir "$root/dev/pts" "$root/dev/shm"
            touch "$root/dev/console"
            exec chroot "$root" env -i container=lab PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --log-target=console --show-status=false
        ' boot "$root"
    ) >"$root/../boot.log" 2>&1 &
    shepherd=$!
    wait_until 10 pgrep -P "$shepherd" && init=$(pgrep -P "$shepherd")
}

in_booted() { nsenter -t "$init" --pid --mount --uts --ipc --net --root --wd=/ env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"; }
boots_services() { wait_until 60 grep -qx 'web start' "$root/var/log/order" && wait_until 60 in_booted systemctl is-active svcmgr-boot.service; }

# Whether the first line comes before the second, and both are there.
before() {
    local order
    order=$(order)
    [[ $order == *"$1"*"$2"* ]] || { printf 'not "%s" before "%s":\n%s\n' "$1" "$2" "$order"; return 1; }
}

after_hypervisors() { before 'libvirtd started' 'web start' && before 'docker started' 'web start' && before 'lxc started' 'web start'; }
not_stopped_by_hand() { ! in_booted systemctl stop svcmgr-shutdown.service && ! order | grep -qx 'web stop'; }
journal_is_shortened() {
    in_booted systemctl start svcmgr-prune.service && return
    in_booted systemctl --no-pager status svcmgr-prune.service
    return 1
}
units_work() {
    rm -f "$root/var/lib/prometheus/node-exporter/svcmgr.prom"
    rm -f "$root/var/lib/svcmgr/drill.json"
    in_booted systemctl start svcmgr-monitor.service && in_booted systemctl start svcmgr-push.service && in_booted systemctl start svcmgr-metrics.service &&
        in_booted systemctl start svcmgr-drill.service && journal_is_shortened && metrics_are_written && drill_is_kept && in_booted systemctl --no-pager list-timers | grep svcmgr-monitor
}

# Of all that the unit has said of the start, the part that can be found by a field.
found_in_journal() { in_booted journalctl --no-pager -q -o cat "$@" | grep -c 'web start: begun'; }
journal_has_fields() {
    local found all
    found=$(found_in_journal SVCMGR_SERVICE=web SVCMGR_ACTION=start) all=$(found_in_journal -u svcmgr-boot.service)
    [[ $found -eq 1 && $all -eq 1 ]] || { printf '%s by field, %s of the unit\n' "$found" "$all"; in_booted journalctl --no-pager -u svcmgr-boot.service -o verbose | tail -n 60; return 1; }
}

# Beside a program that is gone nothing may happen to what runs, and an installation puts the shutdown back in force without starting anything.
reinstall_while_it_runs() {
    local -a names
    local before
    before=$(order)
    mapfile -t names < <(all_names)
    in_booted dpkg -r "${names[@]}" && in_booted sh -c 'dpkg -i /srv/packages/*.deb' || return 1
    [[ $(order) == "$before" ]] || { order; return 1; }
    in_booted systemctl is-active svcmgr-shutdown.service
}

power_off() {
    kill -s RTMIN+4 "$init" && wait_until 90 test ! -d "/proc/$init" && init=''
    [[ -z $init ]] || kill -KILL "$init"
    wait "$shepherd" 2>/dev/null
    leave_cgroups
}
before_hypervisors() { before 'web stop' 'libvirtd stopped' && before 'web stop' 'docker stopped' && before 'web stop' 'lxc stopped' && before 'web stop' 'libvirt-guests stopped'; }

# Every command of the documents' sh blocks, in the folder with the packages. tests/doc/run runs the others.
commands_of() { awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$1"; }
documents_are_right() {
    local command
    local -i count=0
    while IFS= read -r command; do
        in_booted sh -c "cd /srv/packages && $command" </dev/null || { printf 'failed with %d: %s\n' $? "$command"; return 1; }
        count+=1
    done < <(for page in "$top/README.md" "$top"/share/doc/*.md; do commands_of "$page"; done)
    [[ $count -ge 10 ]]
}
