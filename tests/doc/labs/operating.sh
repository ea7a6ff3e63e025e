# shellcheck shell=bash
# A node with a service that needs no hypervisor.

prepare_lab() {
    local launcher=$SVCMGR_ROOT/etc/svcmgr/web.d/web
    mkdir -p "${launcher%/*}"
    cat >"$launcher" <<'END'
#!/bin/sh
case "$1" in
    start) setsid sleep 3600 >/dev/null 2>&1 </dev/null & echo $! >/run/web.pid ;;
    stop) kill "$(cat /run/web.pid)"; rm /run/web.pid ;;
    status) kill -0 "$(cat /run/web.pid 2>/dev/null)" 2>/dev/null ;;
esac
END
    chmod 755 "$launcher"
    svcmgr -s web create --kw orchestrate=start --kw fs#1.type=directory --kw fs#1.path=/run/web --kw app#1.script=web --kw app#1.start=10 --kw app#1.stop=10 \
        --kw app#1.check=10
}
