#!/usr/bin/env bats
# Looking at guests that run: ssh and its host keys, addresses, launchers, and a libvirtd that is stopped, killed or hung.
# Three guests are booted once, not by svcmgr: web is as it should be, wrong has its address on eth1, quiet has no ssh.
# Seconds: 100

setup_file() {
    load common
    begin_lab
    lab_guest web
    lab_guest wrong --second-nic --adapter eth1
    lab_guest quiet --no-ssh --deaf
    local name
    for name in web wrong quiet; do
        service "$name" 'stop_timeout = 4s'
        virsh --quiet start "$name"
    done
    lab_wait_ssh web
    lab_wait_ssh wrong
    lab_wait 60 busybox ping -c 1 -W 1 quiet >/dev/null
}

teardown_file() {
    local name
    for name in web wrong quiet; do virsh --quiet destroy "$name" 2>/dev/null || true; done
}

setup() { load common; }

teardown() {
    # 3 belongs to bats: a daemon must not keep it.
    lab_thaw_libvirtd 2>/dev/null || true
    lab_libvirtd_answers || lab_start_libvirtd 3>&-
    # Once they are trusted, they are trusted at the begin of every test.
    [[ ! -e $known_hosts ]] || { trust web && trust wrong; }
    deadlines 10s 15s
    sed -i '/^user = /d; /^port = /d' "$configuration/node.conf"
    sed -i "s|^identity = .*|identity = $HOME/.ssh/id_ed25519|" "$configuration/node.conf"
}

known_hosts=$SVCMGR_ROOT/etc/svcmgr/known_hosts

# --- ssh

@test "an unknown host key: what can be checked is shown, with the remedy" {
    on web print status
    exits 0
    says 'svcmgr node trust web'
    status_is web container#1 up
    status_is web ip#1 warn
    status_is web app undef
    reason_is web app 'svcmgr node trust web'
    agree web 2
}

@test "an unknown host key stops startapp, and says what to do" {
    on web startapp
    exits 6
    says 'svcmgr node trust web'
}

@test "node trust without --yes and without a terminal records nothing" {
    run svcmgr node trust web </dev/null
    exits 3
    says "$(ssh-keygen -lf "$(lab_host_key web)" | awk '{ print $2 }')"
    says '--yes'
    [[ ! -e $known_hosts ]]
}

@test "node trust --yes records the running guest's key" {
    run svcmgr node trust web --yes
    exits 0
    says "recorded in $known_hosts"
    is "$(awk '$1 == "web" && $2 == "ssh-ed25519" { print $2, $3 }' "$known_hosts")" "$(cut -d' ' -f1,2 "$(lab_host_key web)")"
    run svcmgr node trust web
    exits 0
    says 'recorded already'
    agree web 2 # its app was not started yet
}

@test "a changed host key is an error that names file and line" {
    # Line 2 holds a key of web that is not web's.
    sed -i '/^web /d' "$known_hosts"
    is "$(wc -l <"$known_hosts")" 1
    printf 'web %s\n' "$(cut -d' ' -f1,2 "$(lab_host_key quiet)")" >>"$known_hosts"
    reason_is web app "$known_hosts:2"
    reason_is web ip#1 "$known_hosts:2"
    on web startapp
    exits 6
    says "$known_hosts:2"
    run svcmgr node trust web </dev/null
    exits 3
    says "$known_hosts:2 records another key"
    run svcmgr node trust web --yes
    exits 0
    is "$(grep -c "$(cut -d' ' -f2 "$(lab_host_key quiet)")" "$known_hosts")" 0
    is "$(grep -c '^wrong ' "$known_hosts")" 1
    status_is web ip#1 up
}

@test "node trust says what is wrong with a key file and with a host that does not answer" {
    run svcmgr node trust web --yes --key /etc/passwd
    exits 2
    says '/etc/passwd'
    run svcmgr node trust web --yes --key /nonexistent
    exits 2
    run svcmgr node trust quiet --yes
    exits 6
    says 'quiet'
}

@test "a print status opens one connection to the guest, whatever it asks" {
    local before
    before=$(lab_console web | grep -c 'Child connection from')
    status_is web ip#1 up
    is "$(($(lab_console web | grep -c 'Child connection from') - before))" 1
}

@test "a key that the guest does not accept is named" {
    ssh-keygen -q -t ed25519 -N '' -f "$BATS_TEST_TMPDIR/stranger"
    deadlines 10s 15s
    sed -i '/^user = /d; /^port = /d' "$configuration/node.conf"
    sed -i "s|^identity = .*|identity = $BATS_TEST_TMPDIR/stranger|" "$configuration/node.conf"
    reason_is web app 'stranger'
}

@test "node.conf's user and port are those that guests are reached with" {
    sed -i 's/^\[ssh\]$/[ssh]\nuser = operator\nport = 2222/' "$configuration/node.conf"
    reason_is web app 'port 2222'
    sed -i '/^port = 2222$/d' "$configuration/node.conf"
    reason_is web app 'operator@web'
}

# --- addresses

@test "an address on another adapter is a warning that names it" {
    status_is wrong ip#1 warn
    reason_is wrong ip#1 'is on the adapter eth1 of wrong, not on eth0'
    sed -i 's/^ipdev = .*/ipdev = eth1/' "$configuration/wrong.env"
    status_is wrong ip#1 up
}

@test "an address that is on the adapter and does not answer ping is a warning" {
    lab_ssh web 'echo 1 >/proc/sys/net/ipv4/icmp_echo_ignore_all'
    status_is web ip#1 warn
    reason_is web ip#1 'web does not answer ping'
    lab_ssh web 'echo 0 >/proc/sys/net/ipv4/icmp_echo_ignore_all'
    status_is web ip#1 up
}

@test "an address that answers ping and can't be checked inside is a warning" {
    status_is quiet ip#1 warn
    reason_is quiet ip#1 "the adapter eth0 can't be checked in quiet"
    status_is quiet app undef
    reason_is quiet app 'container is unreachable'
}

@test "a name that can't be resolved is said" {
    sed -i 's/^ipname = .*/ipname = nobody.invalid/' "$configuration/wrong.env"
    reason_is wrong ip#1 "nobody.invalid"
    status_is wrong container#1 up
    sed -i 's/^ipname = .*/ipname = wrong/' "$configuration/wrong.env"
}

# --- launchers

@test "launchers are run in order with their argument, and made executable" {
    local kind
    lab_ssh wrong "cd /svc/etc/init.d && rm * && for l in S90last S10first S20second K90last K10first; do
        printf '#!/bin/sh\necho \${0##*/} \$* >>/tmp/calls\necho said by \$0\n' >\$l; done; printf 'echo no >>/tmp/calls\n' >'S50 a;b'; touch README s10lower"
    on wrong startapp
    exits 0
    is "$(lab_ssh wrong cat /tmp/calls | paste -sd,)" 'S10first start,S20second start,S90last start'
    on wrong stopapp
    exits 0
    is "$(lab_ssh wrong cat /tmp/calls | tail -n 2 | paste -sd,)" 'K10first stop,K90last stop'
}

@test "what a launcher says is kept" {
    is "$(cat "$logs/wrong.S10first.log")" 'said by /svc/etc/init.d/S10first'
    is "$(cat "$logs/wrong.K90last.log")" 'said by /svc/etc/init.d/K90last'
}

@test "no C file: the app's status is n/a and says why" {
    status_is wrong app n/a
    reason_is wrong app 'no checkup scripts'
}

@test "C files: all well is up, one that fails is a warning that names it, all that fail is down" {
    lab_ssh wrong "cd /svc/etc/init.d && printf '#!/bin/sh\n[ \"\$*\" = status ]\n' >C10ok && cp C10ok C20too && chmod +x C*"
    status_is wrong app up
    lab_ssh wrong "printf '#!/bin/sh\nexit 3\n' >/svc/etc/init.d/C20too"
    status_is wrong app warn
    reason_is wrong app 'C20too status'
    agree wrong 2
    lab_ssh wrong "printf '#!/bin/sh\nexit 1\n' >/svc/etc/init.d/C10ok"
    status_is wrong app down
    reason_is wrong app 'C10ok'
}

@test "a launcher that fails makes the action fail, is reported, and what was started is stopped" {
    lab_ssh wrong "rm /tmp/calls; printf '#!/bin/sh\necho \${0##*/} \$* >>/tmp/calls\necho no database >&2\nexit 7\n' >/svc/etc/init.d/S20second"
    on wrong startapp
    exits 1
    says '/svc/etc/init.d/S20second start'
    says "$logs/wrong.S20second.log"
    is "$(cat "$logs/wrong.S20second.log")" 'no database'
    is "$(lab_ssh wrong cat /tmp/calls | paste -sd,)" 'S10first start,S20second start,K10first stop,K90last stop'
    is "$(journal wrong)" 'startapp undone 1'
    is "$(virsh domstate wrong)" running
}

@test "a K launcher that fails does not keep the others from being run, and fails the action" {
    lab_ssh wrong "rm /tmp/calls /svc/etc/init.d/C*; printf '#!/bin/sh\nexit 1\n' >/svc/etc/init.d/K10first"
    on wrong stopapp
    exits 1
    says '/svc/etc/init.d/K10first stop'
    is "$(lab_ssh wrong cat /tmp/calls)" 'K90last stop'
}

@test "a guest without a launcher directory has nothing to start" {
    lab_ssh wrong 'rm -r /svc'
    on wrong startapp
    exits 0
    status_is wrong app n/a
}

# --- the guest and libvirtd

@test "start of a guest that runs already leaves it alone" {
    lab_ssh web 'rm /svc/etc/init.d/C10web'
    on web start
    exits 0
    is "$(steps_of_journal web)" 'app start done'
}

@test "a paused guest is a warning that says why; start is refused" {
    deadlines 10s 2s
    virsh --quiet suspend web
    status_is web container#1 warn
    reason_is web container#1 'paused (by a user)'
    agree web 2
    on web start
    exits 3
    says 'paused'
    deadlines 10s 15s
    virsh --quiet resume web
    status_is web container#1 up
}

@test "libvirtd stopped: a running guest is up, with a warning and its process; none is called down" {
    service off
    lab_guest off
    lab_stop_libvirtd
    status_is web container#1 up
    reason_is web container#1 "found by its process $(cat /run/libvirt/qemu/web.pid)"
    on web print status
    does_not_say 'container#1 .... down'
    status_is off container#1 undef
    status_is off avail undef
    on off start
    exits 3
    says "whether off runs here can't be established"
    on off diskupdate
    exits 0
    lab_start_libvirtd 3>&-
    status_is off container#1 down
    status_is web container#1 up
}

@test "libvirtd restarted in between: the guest is up without a warning" {
    lab_kill_libvirtd
    lab_start_libvirtd 3>&-
    status_is web container#1 up
    grep -qx 'container#1 up: ' <<<"$output" || fail 'something is said of container#1'
}

@test "libvirtd hung: undef with the cause, within the deadline, and never down" {
    deadlines 1s 3s
    lab_freeze_libvirtd
    for name in web off; do
        run timeout 20 "$SVCMGR_BIN/svcmgr" -s "$name" print status --rid container#1
        exits 0
        says 'container#1 .... undef'
        says 'libvirtd did not answer within 1 s'
    done
    agree web 2 # its address answers all the same
    run timeout 20 "$SVCMGR_BIN/svcmgr" -s off start
    exits 3
    says "whether off runs here can't be established"
    run timeout 40 "$SVCMGR_BIN/svcmgr" -s web stopcontainer
    [[ $status -ne 0 && $status -ne 124 ]] || fail 'it must fail by itself'
    says 'libvirtd did not answer'
    run timeout 40 "$SVCMGR_BIN/svcmgr" -s web push
    exits 0
    run timeout 40 "$SVCMGR_BIN/svcmgr" -s off diskupdate
    [[ $status -ne 124 ]]
    lab_thaw_libvirtd
    deadlines 10s 15s
    status_is web container#1 up
    is "$(virsh domstate web)" running
}

@test "libvirtd hung: a service of which nothing is known is undef" {
    deadlines 1s 3s
    lab_freeze_libvirtd
    agree off 5
}

@test "a deaf guest is asked again at half time and its power is taken away at the deadline" {
    on quiet stopcontainer
    exits 0
    says 'still runs; asked it again to shut down'
    says 'taking its power away'
    is "$(virsh domstate --reason quiet)" 'shut off (destroyed)'
}

@test "stop of a paused guest takes its power away at once" {
    deadlines 10s 2s
    virsh --quiet suspend wrong
    on wrong stop
    says "can't shut down by itself"
    is "$(virsh domstate wrong)" 'shut off'
}

@test "a guest that went away by itself is down, and stop has nothing to do" {
    kill_qemu web
    lab_wait_state web 'shut off'
    agree web 1
    on web stop
    exits 0
    says 'nothing to do'
}
