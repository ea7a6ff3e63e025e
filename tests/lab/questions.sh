# shellcheck shell=bash
# What svcmgr asks hypervisors: each function runs a command and prints a line for each question.
#
#   libvirt_questions COMMAND…    the names of the calls, without those that open and close a connection
#   docker_questions COMMAND…     the requests: GET /containers/json?…
#   lxc_questions COMMAND…        the reads of the list of running containers, and the connections to their monitors

# libvirt's own log of what its client sends; names as in src/remote/remote_protocol.x.
libvirt_questions() {
    local log
    log=$(mktemp)
    LIBVIRT_LOG_FILTERS='1:rpc' LIBVIRT_LOG_OUTPUTS="1:file:$log" "$@" >/dev/null 2>&1 </dev/null || true
    # The program 0x20008086 is that of hypervisors. Of a connection: open 1, close 2, the name of its URI 110, authentication 66 to 69, features
    # 60, closing callbacks 360 and 361, identity.
    sed -n 's/.*RPC_CLIENT_MSG_TX_QUEUE.* prog=536903814 .* proc=\([0-9]*\) type=0 .*/\1/p' "$log" |
        awk '$1 != 1 && $1 != 2 && $1 != 110 && ($1 < 66 || $1 > 69) && $1 != 60 && $1 != 360 && $1 != 361 && $1 != 404 { print "call " $1 }'
    rm -f "$log"
}

# -s: how much of each is shown.
docker_questions() {
    local trace
    trace=$(mktemp)
    strace -f -qq -s 200 -e trace=write,send,sendto,sendmsg -o "$trace" "$@" >/dev/null 2>&1 </dev/null || true
    grep -o '"\(GET\|POST\) [^ ]*' "$trace" | tr -d '"'
    rm -f "$trace"
}

lxc_questions() {
    local trace
    trace=$(mktemp)
    strace -f -qq -e trace=openat,connect -o "$trace" "$@" >/dev/null 2>&1 </dev/null || true
    grep -o '"/proc/net/unix"\|sun_path=@"[^"]*lxc[^"]*"' "$trace" || true
    rm -f "$trace"
}
