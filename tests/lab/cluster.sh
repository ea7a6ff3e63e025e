# shellcheck shell=bash
# A real cluster engine on the nodes of a lab. Source nodes.sh first, and make the nodes with lab_nodes.
#
#   lab_ha_guest NAME NODE…      a guest that the nodes have in common, and its service with orchestrate = ha
#   lab_engine_files NODE…       the configuration of a cluster of these nodes, with fencing; no resource. On a busy machine one may come late: nodes
#                                that were not seen yet are not fenced. $LAB_TOKEN: corosync's token in ms; $LAB_FENCING_DELAY: pcmk_delay_base
#   lab_resource NAME XML        one more resource of it, which is to run on the nodes in their order
#   lab_agent NAME               prints the resource of the service NAME, for lab_resource
#   lab_power                    the switch by which the engine fences, see fence_lab; it says in $LAB_DIR/power/log what it switched off.
#                                $lab_take_power NODE takes a node's power (default: lab_end_node, for those of nodes.sh)
#   fenced                       prints which nodes were switched off, in their order
#   lab_power_line               the same switch for nodes that are machines of their own, over the lab's network
#   lab_engine NODE…             begins the engine on these nodes, by $lab_engine_command there (default: engine-node)
#   lab_online NODE NODE…        whether the engine, asked on the first node, has exactly these nodes online
#   engine NODE COMMAND…         runs a command of the engine there, ended after 90 s
#   lab_watch NAME               watches from now on which nodes run the guest
#   never_two                    whether the guest never ran on two nodes since then
#   runs_alone NODE              whether the guest runs on that node and on no other, as the watch saw last
#   lab_svcmgr_of NODE WORD      the processes of svcmgr on that node whose command line has WORD
#
# The guest that is meant is $watched; what was seen of it is in $LAB_DIR/watch-$watched.

watched=vm1

lab_ha_guest() {
    local name=$1 first=$2 node
    shift 2
    lab_on "$first" lab_guest "$name"
    # The same everywhere, down to its uuid, and without a disk: libvirt moves no guest with a file of one node.
    lab_on "$first" virsh dumpxml "$name" | sed '/<disk /,/<\/disk>/d' >"$LAB_DIR/$name.xml"
    for node in "$first" "$@"; do lab_on "$node" virsh --quiet define "$LAB_DIR/$name.xml"; done
    lab_node_env "$name" "$first $*"
    sed -i "s/^orchestrate = .*/orchestrate = ha/; s/^stop_timeout = .*/stop_timeout = 10s/" "$LAB_DIR"/nodes/*/"root/etc/svcmgr/$name.env"
    lab_node_trust "$name"
}

lab_engine_files() {
    local node number=0 members='' nodes=''
    for node in "$@"; do
        number=$((number + 1))
        members+="    node {
        name: $node
        nodeid: $number
        ring0_addr: $(awk -v node="$node" '$2 == node { print $1 }' /etc/hosts)
    }
"
        nodes+="<node id='$number' uname='$node'/>"
    done
    mkdir -p "$LAB_DIR/engine/etc" "$LAB_DIR/power"
    chmod 755 "$LAB_DIR/engine"
    cat >"$LAB_DIR/engine/etc/corosync.conf" <<CONF
totem {
    version: 2
    cluster_name: lab
    transport: knet
    token: ${LAB_TOKEN:-3000}
    crypto_cipher: none
    crypto_hash: none
}
nodelist {
$members}
quorum {
    provider: corosync_votequorum
    two_node: $(($# == 2))
    wait_for_all: $(($# == 2))
}
system {
    sched_rr: yes
    move_to_root_cgroup: no
    allow_knet_handle_fallback: yes
}
logging {
    to_syslog: no
    to_stderr: no
    to_logfile: yes
    logfile: /var/log/corosync.log
}
CONF
    lab_engine_nodes=("$@")
    cat >"$LAB_DIR/engine/cib.xml" <<CIB
<cib crm_feature_set="3.0.0" validate-with="pacemaker-3.9" epoch="1" num_updates="0" admin_epoch="1">
<configuration>
<crm_config><cluster_property_set id="options">
<nvpair id="o1" name="stonith-enabled" value="true"/>
<nvpair id="o2" name="stonith-action" value="off"/>
<nvpair id="o3" name="dc-deadtime" value="2s"/>
<nvpair id="o4" name="no-quorum-policy" value="stop"/>
<nvpair id="o5" name="stonith-timeout" value="30s"/>
<nvpair id="o6" name="startup-fencing" value="false"/>
</cluster_property_set></crm_config>
<nodes>$nodes</nodes>
<resources>
<primitive id="power" class="stonith" type="fence_lab"><instance_attributes id="power-a">
<nvpair id="power-1" name="pcmk_host_check" value="static-list"/><nvpair id="power-2" name="pcmk_host_list" value="$*"/>
<nvpair id="power-3" name="pcmk_delay_base" value="${LAB_FENCING_DELAY:-0s}"/>
</instance_attributes></primitive>
</resources>
<constraints></constraints>
<rsc_defaults><meta_attributes id="defaults"><nvpair id="d1" name="resource-stickiness" value="200"/></meta_attributes></rsc_defaults>
</configuration>
<status/>
</cib>
CIB
}

lab_resource() {
    local name=$1 xml=$2 node score=100 scores=''
    for node in "${lab_engine_nodes[@]}"; do
        scores+="<rsc_location id='$name-on-$node' rsc='$name' node='$node' score='$score'/>"
        score=$((score - 10))
    done
    sed -i "s|^</resources>|${xml//$'\n'/}\\n&|; s|^<constraints>|&$scores|" "$LAB_DIR/engine/cib.xml"
}

lab_agent() {
    cat <<XML
<primitive id='$1' class='ocf' provider='svcmgr' type='service'><instance_attributes id='$1-a'><nvpair id='$1-name' name='service' value='$1'/></instance_attributes>
<meta_attributes id='$1-m'><nvpair id='$1-live' name='allow-migrate' value='true'/></meta_attributes>
<operations><op id='$1-start' name='start' interval='0' timeout='90s'/><op id='$1-stop' name='stop' interval='0' timeout='40s'/>
<op id='$1-monitor' name='monitor' interval='3s' timeout='16s'/><op id='$1-to' name='migrate_to' interval='0' timeout='90s'/></operations></primitive>
XML
}

lab_end_node() { lab_node_ended "$(cat "$LAB_DIR/nodes/$1/unshare")" || lab_kill_node "$1"; }

lab_power() {
    (
        lab_close_descriptors
        while true; do
            for order in "$LAB_DIR"/power/*.order; do
                [[ -e $order ]] || continue
                node=$(basename "$order" .order)
                "${lab_take_power:-lab_end_node}" "$node" || continue
                printf '%s %s\n' "${EPOCHREALTIME/./}" "$node" >>"$LAB_DIR/power/log"
                mv "$order" "$LAB_DIR/power/$node.off"
            done
            sleep 0.05
        done
    ) >/dev/null 2>&1 </dev/null &
}

fenced() { cut -d ' ' -f 2 "$LAB_DIR/power/log" 2>/dev/null | paste -sd ' '; }

lab_power_line() {
    # shellcheck disable=SC2016  # the script's shell replaces it
    printf '%s\n' '#!/bin/sh' "$LAB_HERE/fence_lab" 'echo $?' >"$LAB_DIR/power/line"
    chmod 755 "$LAB_DIR/power/line"
    (
        lab_close_descriptors
        exec busybox nc -ll -p 7005 -e "$LAB_DIR/power/line"
    ) >/dev/null 2>&1 </dev/null &
    lab_wait 10 lab_answers_tcp "$LAB_ADDRESS" 7005
}

# Side by side: one that comes late is taken for lost.
lab_engine() {
    local node process
    local -a processes=()
    for node in "$@"; do
        (
            lab_close_descriptors
            lab_on "$node" "${lab_engine_command:-$LAB_HERE/engine-node}"
        ) >>"$LAB_DIR/nodes/$node/log" 2>&1 </dev/null &
        processes+=($!)
    done
    for process in "${processes[@]}"; do
        wait "$process" || lab_fail "an engine does not begin; see $LAB_DIR/nodes/*/log" || return
    done
}

engine() { lab_on "$1" timeout 90 "${@:2}"; }

lab_online() {
    local there
    there=$(engine "$1" crm_mon -1 --output-as=xml --include=none,nodes 2>/dev/null | sed -n 's/.*<node name="\([^"]*\)".* online="true".* unclean="false".*/\1/p' | sort | paste -sd ' ')
    [[ $there == "${*:2}" ]]
}

lab_watch() {
    watched=$1
    (
        lab_close_descriptors
        exec "$LAB_HERE/watch-guests" "$1" "$LAB_DIR/watch-$1"
    ) >/dev/null 2>&1 </dev/null &
    printf '%s\n' $! >"$LAB_DIR/watch-$1.pid"
    lab_wait 10 test -s "$LAB_DIR/watch-$1"
}

never_two() {
    local watch=$LAB_DIR/watch-$watched before
    before=$(stat -c %s "$watch.looks")
    kill -0 "$(cat "$watch.pid")" && sleep 0.5 && [[ $(stat -c %s "$watch.looks") -gt $before ]] || lab_fail 'nobody watches' || return
    ! awk 'NF > 2' "$watch" | grep . || lab_fail "$watched ran on two nodes at once"
}

runs_alone() { [[ $(tail -n 1 "$LAB_DIR/watch-$watched") == *" $1" && $(tail -n 1 "$LAB_DIR/watch-$watched") != *' '*' '* ]]; }
runs_nowhere() { [[ $(tail -n 1 "$LAB_DIR/watch-$watched") != *' '* ]]; }

lab_svcmgr_of() { lab_on "$1" pgrep -f -- "^[^ ]*svcmgr -s .* $2"; }

# The log of a node's engine; that of a node which is off, too, where the lab has its files.
lab_engine_log() {
    local log=/var/log/pacemaker/pacemaker.log
    if [[ -e $LAB_DIR/nodes/$1/files$log ]]; then cat "$LAB_DIR/nodes/$1/files$log"; else engine "$1" cat "$log"; fi
}

# What a failure shows.
lab_engine_says() {
    local node
    cat "$LAB_DIR/watch-$watched" "$LAB_DIR/power/log" 2>/dev/null
    for node in "$@"; do
        engine "$node" crm_mon -1rf 2>&1
        lab_engine_log "$node" | grep -E ' (error|crit|warning): |ocf-exit-reason|notice: (Result|Fencing|Peer)' | tail -n 25
    done
    return 1
}
