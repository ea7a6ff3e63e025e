# shellcheck shell=bash
# Two sites, node1 and drp1, each with disks of its own under the same names. The guest vm188 is defined on node1 alone and accepts both nodes' keys.

own_images() {
    local images
    images=$(lab_node_directory "$1")/own-images
    mkdir -p "$images" && lab_on "$1" mount --bind "$images" "$LAB_IMAGES"
}

# power_off NODE: whoever asks it gets no answer, whatever the kernel remembers of its address.
power_off() { lab_kill_node "$1" && lab_on drp1 ip neigh replace "$(address_of "$1")" lladdr 02:00:00:00:00:01 dev br0 nud permanent; }

# power_back NODE: it boots, and has its disks again.
power_back() { lab_on drp1 ip neigh del "$(address_of "$1")" dev br0 && lab_boot_node "$1" && own_images "$1"; }

address_of() { cat "$(lab_node_directory "$1")/address"; }

prepare_lab() {
    lab_nodes node1 drp1 && lab_on node1 lab_guest vm188 && own_images node1 && own_images drp1 || return
    mv "$LAB_IMAGES/vm188-1.qcow2" "$(lab_node_directory node1)/own-images/"
    # What the page does itself.
    rm -f "$(lab_root node1)/etc/svcmgr/known_hosts" "$(lab_root drp1)/etc/svcmgr/known_hosts"
    lab_node_trust vm188
}
