# shellcheck shell=bash
# The page's node: a guest vm188 that runs, with a launcher; docker with an image of busybox.

prepare_lab() {
    install -d "$SVCMGR_ROOT/usr/share/svcmgr"
    cp -r "$LAB_HERE/../../etc/templates" "$SVCMGR_ROOT/usr/share/svcmgr/"
    lab_guest vm188 && virsh --quiet start vm188 && lab_start_dockerd && docker tag lab:1 busybox:1.36 && lab_wait_ssh vm188
}
