# shellcheck shell=bash
# A node whose guest vm188 runs, as it did under OpenSVC.

prepare_lab() {
    lab_guest vm188 && virsh --quiet start vm188 && lab_wait_ssh vm188 && svcmgr node trust vm188 --yes --key "$(lab_host_key vm188)"
}
