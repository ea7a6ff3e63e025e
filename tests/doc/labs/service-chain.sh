# shellcheck shell=bash
# A node with dockerd, whose networks of CNI are below SVCMGR_ROOT as its other files are.

# What the page says of in half a sentence: the second network of CNI, and the other end.
second_ones() {
    local networks=$SVCMGR_ROOT/etc/cni/net.d services=$SVCMGR_ROOT/etc/svcmgr
    sed 's/net1/net2/g; s/10\.1\.1\.254/10.1.2.254/' "$networks/net1.conflist" >"$networks/net2.conflist"
    sed 's/alp1/alp2/; s/net1/net2/g; s/10\.1\.1\.2$/10.1.2.2/; s#subnet = .*#subnet = 10.1.2.0/24#; s#spec = .*#spec = 10.1.1.0/24 via 10.1.2.254#' \
        "$services/alp1.env" >"$services/alp2.env"
}

prepare_lab() {
    printf '\n[cni]\nconfig = %s/etc/cni/net.d\n' "$SVCMGR_ROOT" >>"$SVCMGR_ROOT/etc/svcmgr/node.conf"
    lab_start_dockerd
}
