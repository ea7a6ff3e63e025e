#!/usr/bin/env bats
# The resource monitor on a real guest, what monitor_action does, and a change that libvirt refuses for a while.
# Seconds: 130

setup_file() {
    load common
    begin_lab
    lab_guest web
    service web 'start_timeout = 90s' 'stop_timeout = 10s' 'restart = 2' 'monitor = true'
    trust web
    # Under SVCMGR_ROOT the trigger of the kernel is a file like any other: this machine is not rebooted.
    mkdir -p "$SVCMGR_ROOT/proc"
    touch "$sysrq"
    on web start
    [[ $status -eq 0 ]]
    on web resource monitor
    [[ $status -eq 0 ]]
}

teardown_file() { virsh --quiet destroy web 2>/dev/null || true; }

sysrq=$SVCMGR_ROOT/proc/sysrq-trigger

setup() { load common; }

teardown() {
    local pid
    pid=$(cat /run/libvirt/qemu/web.pid 2>/dev/null) && kill -CONT "$pid"
    lab_start_libvirtd 2>/dev/null 3>&- || true
}

@test "a guest that died is started again, and the journal says who did it and why" {
    kill_qemu web
    lab_wait_state web 'shut off'
    on web resource monitor
    exits 0
    says 'went down by itself' || says 'and was up before'
    is "$(virsh domstate web)" running
    is "$(journal web)" 'start done 0'
    is "$(sql 'SELECT reason FROM action ORDER BY id DESC LIMIT 1')" 'resource monitor: container#1 went down, try 1 of 2'
}

@test "beside an action it does nothing; print status says who acts" {
    background web stop
    until_it_says 'container#1 stop: begun'
    kill -STOP "$job"
    on web print status
    says 'stop by root (pid '
    says 'runs now'
    on web resource monitor
    exits 0
    says 'left alone'
    kill -CONT "$job"
    finish
    exits 0
    on web resource monitor
    exits 0
    is "$(virsh domstate web)" 'shut off'
}

@test "a hung hypervisor is no reason to do anything" {
    on web set --kw DEFAULT.monitor_action=reboot
    on web start
    exits 0
    on web resource monitor
    exits 0
    deadlines 1s 3s
    lab_freeze_libvirtd
    on web resource monitor
    lab_thaw_libvirtd
    deadlines 10s 15s
    exits 0
    says 'which is not down'
    is "$(<"$sysrq")" ''
}

@test "one that can't be started again: the node is told to reboot, once" {
    kill_qemu web
    lab_wait_state web 'shut off'
    mv "$LAB_IMAGES/web-1.qcow2" "$LAB_IMAGES/away"
    on web resource monitor
    exits 1
    says 'web toc: begun'
    is "$(<"$sysrq")" b
    mv "$LAB_IMAGES/away" "$LAB_IMAGES/web-1.qcow2"
    on web resource monitor
    exits 0
    is "$(<"$sysrq")" b
}

@test "freezestop by hand, with the last words before" {
    launcher "$LAB_DIR/last_words" "virsh domstate web >$LAB_DIR/said"
    on web set --kw DEFAULT.monitor_action=freezestop --kw "DEFAULT.pre_monitor_action=$LAB_DIR/last_words"
    exits 0
    on web start
    exits 0
    on web toc --reason drill
    exits 0
    is "$(head -n 1 "$LAB_DIR/said")" running
    is "$(virsh domstate web)" 'shut off'
    on web start
    exits 3
    says 'by root: drill'
    on web thaw
    exits 0
}

# libvirt gives up waiting for the guest's lock after 30 s.
@test "libvirt refuses a change while another one hangs: svcmgr asks again, and the guest is stopped in the end" {
    on web start
    exits 0
    on web set --kw container#1.stop_timeout=120s
    local pid
    pid=$(cat /run/libvirt/qemu/web.pid)
    kill -STOP "$pid"
    timeout 60 virsh domblkinfo web vda >/dev/null 2>&1 3>&- &
    local holder=$!
    background web stopcontainer
    until_it_says 'container#1 stop: begun'
    local begun=$SECONDS
    # Longer than libvirt waits by itself.
    while ((SECONDS < begun + 33)); do
        job_ended && break
        sleep 0.5
    done
    kill -CONT "$pid"
    wait "$holder" || true
    finish
    exits 0
    is "$(virsh domstate web)" 'shut off'
}
