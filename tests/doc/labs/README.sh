# shellcheck shell=bash
# The page's node: a guest vm188 that runs until its key was recorded.

shut_off() { virsh --quiet shutdown vm188 && lab_wait_state vm188 'shut off'; }

prepare_lab() { lab_guest vm188 && virsh --quiet start vm188 && lab_wait_ssh vm188; }
