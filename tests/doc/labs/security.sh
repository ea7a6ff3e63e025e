# shellcheck shell=bash
# A node with a service that anybody may write, and one with a password.

prepare_lab() {
    svcmgr -s web create --kw fs#1.type=directory --kw fs#1.path=/run/web && chmod 666 "$SVCMGR_ROOT/etc/svcmgr/web.env" || return
    svcmgr -s db create --kw container#1.type=docker --kw container#1.image=postgres:16 --kw 'container#1.environment=POSTGRES_PASSWORD=correct-horse PGDATA=/data'
}
