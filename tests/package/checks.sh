# shellcheck shell=bash
# shellcheck disable=SC2016,SC2154  # dpkg-query replaces ${Version}; the caller has `packages`
# What is checked of the packages, and in a root that they are installed in. The caller has `packages`, `check` and the functions of root.sh.

complain_free() { lintian --fail-on error,warning --suppress-tags bad-distribution-in-changes-file "$packages"/*.deb; }

depends_of() { dpkg-deb -f "$packages/$1"_*.deb Depends; }

own_packages() {
    local type
    for type in kvm xen docker lxc zone hpvm esx ldom vbox vz jail; do
        [[ $(depends_of "svcmgr-$type") == *'svcmgr (= '* ]] || { echo "svcmgr-$type does not depend on its svcmgr"; return 1; }
    done
    [[ $(depends_of svcmgr-kvm) == *libvirt0* && $(depends_of svcmgr-docker) == *libcurl4* && $(depends_of svcmgr-lxc) == *liblxc1* ]] || return 1
    [[ $(depends_of svcmgr) != *libvirt* && $(depends_of svcmgr) != *libcurl* && $(depends_of svcmgr) != *liblxc* ]]
}

# Of the names of files, as patterns.
# shellcheck disable=SC2206
install_packages() {
    local name
    local -a files=()
    for name in "$@"; do files+=("$root"/srv/packages/$name); done
    in_root dpkg --force-confdef -i "${files[@]/#$root/}"
}

installed_version() { in_root svcmgr --version | grep -qx "svcmgr $(in_root dpkg-query -W -f '${Version}' svcmgr)"; }

# --- a service that runs without a hypervisor

write_service() {
    install -D -m 755 "$top/tests/doc/labs/web" "$root/etc/svcmgr/web.d/web"
    in_root svcmgr -s web create --kw orchestrate=start --kw fs#1.type=directory --kw fs#1.path=/srv/web --kw app#1.script=web --kw app#1.start=10 --kw app#1.stop=10 \
        --kw app#1.check=10
}

service_starts() { write_service && in_root svcmgr -s web start && in_root svcmgr -s web print status; }
service_starts_again() { in_root svcmgr -s web start; }
service_is_up() { [[ $(in_root svcmgr -s web status) == up ]] && service_runs; }
service_runs() { [[ $(awk '/^State:/ { print $2 }' "/proc/$(<"$root/run/web.pid")/status") == [RS] && $(<"$root/run/web.pid") == "$first_pid" ]]; }

# --- modules

no_module_names_package() {
    printf '[container#1]\ntype = %s\nname = x\n' "$1" >"$root/etc/svcmgr/guest.env"
    local said
    said=$(in_root svcmgr -s guest print status 2>&1 | tr -s ' |\n' ' ')
    [[ $said == *"install the package svcmgr-$1"* ]] || { echo "$said"; return 1; }
}

each_missing_module_names_its_package() {
    local type
    for type in kvm xen docker lxc zone hpvm esx ldom vbox vz jail; do no_module_names_package "$type" || return 1; done
}

each_module_loads() {
    local type said
    for type in kvm xen docker lxc zone hpvm esx ldom vbox vz jail; do
        printf '[container#1]\ntype = %s\nname = x\n' "$type" >"$root/etc/svcmgr/guest.env"
        said=$(in_root svcmgr -s guest print status 2>&1 | tr -s ' |\n' ' ')
        [[ $said == *guest* && $said != *"module can't be loaded"* ]] || { echo "$type: $said"; return 1; }
    done
    rm "$root/etc/svcmgr/guest.env"
}

# --- units

unit_links() { (cd "$root/etc/systemd/system" 2>/dev/null && find . -name 'svcmgr-*' | sort | paste -sd ' '); }
units_are_enabled() {
    [[ $(unit_links) == './multi-user.target.wants/svcmgr-boot.service ./multi-user.target.wants/svcmgr-shutdown.service ./timers.target.wants/svcmgr-drill.timer ./timers.target.wants/svcmgr-metrics.timer ./timers.target.wants/svcmgr-monitor.timer ./timers.target.wants/svcmgr-prune.timer ./timers.target.wants/svcmgr-push.timer' ]] ||
        { unit_links; return 1; }
}
units_are_gone() { [[ -z $(unit_links) && ! -e $root/lib/systemd/system/svcmgr-boot.service ]]; }
units_are_clean() { in_root sh -c 'systemd-analyze verify --man=no /lib/systemd/system/svcmgr-*' && [[ -z $(in_root sh -c 'systemd-analyze verify --man=no /lib/systemd/system/svcmgr-* 2>&1') ]]; }

# What cron runs at @reboot, as it runs it.
cron_boots() {
    local line
    line=$(sed -n 's/^@reboot root //p' "$root/etc/cron.d/svcmgr")
    in_root sh -c "${line//\\%/%}"
}
cron_boots_without_systemd() { in_root svcmgr -s web stop && cron_boots && [[ $(in_root svcmgr -s web status) == up ]]; }
cron_leaves_systemd_alone() {
    in_root svcmgr -s web stop && mkdir -p "$root/run/systemd/system" && cron_boots
    rm -r "$root/run/systemd"
    [[ $(in_root svcmgr -s web status) != up ]] && in_root svcmgr -s web start
}
metrics_are_written() { grep -q '^svcmgr_service_status{service="web"} [0-9]$' "$root/var/lib/prometheus/node-exporter/svcmgr.prom"; }
drill_is_kept() { grep -q '"web": {' "$root/var/lib/svcmgr/drill.json"; }
each_cron_line_runs() {
    local line
    local -i count=0
    mkdir -p "$root/var/lib/prometheus/node-exporter"
    while IFS= read -r line; do
        line=${line#* root } line=${line//\\%/%} count+=1
        in_root sh -c "${line//sleep /echo sleeps }" || return 1
    done < <(grep -E '^[*0-9@].* root ' "$root/etc/cron.d/svcmgr")
    [[ $count -eq 6 ]] && metrics_are_written && drill_is_kept
}

# --- what is installed

manual_pages_are_there() { [[ -s $root/usr/share/man/man8/svcmgr.8.gz && -s $root/usr/share/man/man5/svcmgr.env.5.gz && -s $root/usr/share/man/man5/svcmgr.node.conf.5.gz ]]; }
completion_is_there() { [[ -s $root/usr/share/bash-completion/completions/svcmgr && $(head -n 1 "$root/usr/share/zsh/vendor-completions/_svcmgr") == '#compdef svcmgr' ]]; }
templates_are_right() {
    local file
    for file in "$root"/usr/share/svcmgr/templates/*.env; do
        in_root svcmgr -s fresh create --template "$(basename "$file" .env)" && in_root svcmgr -s fresh validate config && in_root svcmgr -s fresh delete --force || return 1
    done
}
example_is_right() {
    cp "$root/usr/share/doc/svcmgr/examples/node.conf" "$root/etc/svcmgr/node.conf"
    local said
    said=$(in_root svcmgr ls 2>&1) && [[ $said != *node.conf:* ]]
}

# The agent's language is the package's own: the engine need not be there.
agent_is_there() {
    local agent=$root/usr/lib/ocf/resource.d/svcmgr/service
    [[ -x $agent && $(dpkg-deb -f "$packages"/svcmgr_*.deb Suggests) == *pacemaker* ]] || return 1
    in_root /usr/lib/ocf/resource.d/svcmgr/service meta-data | xmllint --noout --nonet - || return 1
    local code=0
    in_root env OCF_RESKEY_service=web OCF_RESKEY_CRM_meta_timeout=20000 /usr/lib/ocf/resource.d/svcmgr/service monitor || code=$?
    [[ $code -eq $1 ]] || { echo "the agent says $code of the service web, not $1"; return 1; }
}

# --- later

# The same packages under a higher version, with another cron table.
make_newer() {
    local file work
    for file in "$root"/srv/packages/*.deb; do
        work=$(mktemp -d)
        dpkg-deb -R "$file" "$work" && sed -i -E 's/^Version: .*/Version: 99.0/; s/svcmgr \(= [^)]*\)/svcmgr (= 99.0)/' "$work/DEBIAN/control" || return 1
        [[ ! -e $work/etc/cron.d/svcmgr ]] || echo '# newer' >>"$work/etc/cron.d/svcmgr"
        dpkg-deb -Znone -b --root-owner-group "$work" "${file%_*_*}_99.0_all.deb" >/dev/null && rm -r "$work" "$file" || return 1
    done
}

upgrade() {
    echo '# by hand' >>"$root/etc/cron.d/svcmgr"
    in_root systemctl disable svcmgr-push.timer
    make_newer && install_packages '*.deb' && [[ $(in_root dpkg-query -W -f '${Version}' svcmgr) == 99.0 ]]
}
kept_configuration() { grep -qx '# by hand' "$root/etc/cron.d/svcmgr" && [[ -s $root/etc/svcmgr/web.env && -s $root/etc/svcmgr/node.conf ]]; }
kept_disabled() { [[ ! -L $root/etc/systemd/system/timers.target.wants/svcmgr-push.timer && -L $root/etc/systemd/system/timers.target.wants/svcmgr-monitor.timer ]]; }

all_names() { in_root dpkg-query -W -f '${Package}\n' 'svcmgr*'; }
remove() { local -a names; mapfile -t names < <(all_names); in_root dpkg -r "${names[@]}" && [[ ! -e $root/usr/bin/svcmgr && -s $root/var/lib/svcmgr/svcmgr.db ]]; }
purge() {
    in_root dpkg -P svcmgr && [[ ! -e $root/var/lib/svcmgr && ! -e $root/var/log/svcmgr && ! -e $root/etc/cron.d/svcmgr ]] && [[ -s $root/etc/svcmgr/web.env ]]
}

root_checks() {
    check 'svcmgr alone is installed' install_packages 'svcmgr_*.deb'
    check 'it says its version' installed_version
    check 'units are enabled' units_are_enabled
    check 'systemd has nothing to say of the units' units_are_clean
    check 'manual pages are installed' manual_pages_are_there
    check 'completion is installed' completion_is_there
    check 'a missing module names its package' each_missing_module_names_its_package
    check 'the other packages are installed' install_packages 'svcmgr-*.deb'
    check 'each module is found and loaded' each_module_loads
    check 'the templates make services' templates_are_right
    check 'the example of node.conf has no error' example_is_right
    check 'a service starts' service_starts
    check 'cron boots a node without systemd' cron_boots_without_systemd
    check 'cron does nothing beside systemd' cron_leaves_systemd_alone
    check 'each line of the cron table runs' each_cron_line_runs
    first_pid=$(<"$root/run/web.pid")
    check 'it is up' service_is_up
    check "the cluster engine's agent sees it" agent_is_there 0
    check 'an upgrade to a higher version' upgrade
    check 'the upgrade leaves the service running' service_is_up
    check 'the upgrade keeps what was configured' kept_configuration
    check 'the upgrade leaves a disabled unit disabled' kept_disabled
    check 'the service is made ready for a boot' prepare_boot
    boot_root
    check 'the node boots' test -n "$init"
    if [[ -n $init ]]; then
        check 'the boot starts the service' boots_services
        check 'behind the hypervisors' after_hypervisors
        check 'the journal has the boot, with fields, and each event once' journal_has_fields
        check 'the other units do their work' units_work
        check 'nobody stops all services by stopping a unit' not_stopped_by_hand
        check 'each command of the documents that needs packages or systemd' documents_are_right
        check 'the service runs on' in_booted svcmgr -s web status
        check 'packages are removed and installed while the service runs' reinstall_while_it_runs
        power_off
        check 'the node goes down' test -z "$init"
        check 'the service was stopped before the hypervisors' before_hypervisors
    fi
    check 'the service starts again' service_starts_again
    first_pid=$(<"$root/run/web.pid")
    check 'a removal' remove
    check 'the removal leaves the service running' service_runs
    check 'a purge forgets the journal and leaves /etc/svcmgr' purge
    check 'the purge leaves the service running' service_runs
    check 'no unit is left' units_are_gone
}
