# shellcheck shell=bash
# A node with a service that needs no hypervisor.

prepare_lab() {
    install -D -m 755 "$here/labs/web" "$SVCMGR_ROOT/etc/svcmgr/web.d/web"
    svcmgr -s web create --kw orchestrate=start --kw fs#1.type=directory --kw fs#1.path=/run/web --kw app#1.script=web --kw app#1.start=10 --kw app#1.stop=10 \
        --kw app#1.check=10
}
