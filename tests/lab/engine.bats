#!/usr/bin/env bats
# What `cluster export` writes, given to Pacemaker's own tools and to crmsh and pcs: they take it, the engine's scheduler does with it what the
# env files mean, and `cluster diff` finds the same again. No cluster runs: the tools work on a file.
# Seconds: 40

setup_file() {
    load common
    begin_lab
}

setup() {
    load common
    member db 'nodes = node1 node2 node3' 'children = web'
    member web 'nodes = node1 node2 node3' 'parents = db'
    member 1st.try 'nodes = node3 node2' 'soft_affinity = web'
    member beside 'nodes = node1 node2 node3' 'soft_anti_affinity = db'
    cib=$BATS_TEST_TMPDIR/cib.xml
    export CIB_file=$cib
    begin_cib
    mkdir -p "$BATS_TEST_TMPDIR/bin" /var/log/crmsh
    # Of an agent that is not installed here this tool wants to be told that it is meant.
    launcher "$BATS_TEST_TMPDIR/bin/pcs" "exec $(command -v pcs) --force \"\$@\""
}

teardown() {
    rm -f "$configuration"/*.env
    end_engine
}

# A service that an engine decides about; its name may not begin an id.
member() {
    local name=$1
    shift
    { printf '[DEFAULT]\norchestrate = ha\nenv = TST\n' && printf '%s\n' "$@" && printf '[container#1]\ntype = kvm\nname = %s\n' "$name"; } \
        >"$configuration/$name.env"
}

# What the tools begin with: four nodes, and no fencing, which is not what this is about.
begin_cib() {
    local n
    cibadmin --empty >"$cib"
    crm_attribute --type crm_config --name stonith-enabled --update false
    for n in 1 2 3; do cibadmin --create --scope nodes --xml-text "<node id=\"$n\" uname=\"node$n\"/>"; done
    cibadmin --create --scope nodes --xml-text '<node id="4" uname="drp1"/>'
}

export_as() {
    run svcmgr cluster export --format "$1" --output "$BATS_TEST_TMPDIR/$1"
    exits 0
}

taken() {
    run "$@"
    [[ $status -eq 0 ]] || { printf '%s\n' "$output" && return 1; }
}

same() {
    cibadmin --query >"$BATS_TEST_TMPDIR/now.xml"
    run svcmgr cluster diff --cib "$BATS_TEST_TMPDIR/now.xml"
    exits 0
    is "$output" ''
}

# Where the engine's scheduler would start what.
placed() { crm_simulate --xml-file "$cib" --simulate --quorum true "$@" | sed -n 's/^ *\* Start *\([^ ]*\) *( *\([^ ]*\) *).*/\1 \2/p' | sort | paste -sd, -; }

@test "the XML is valid, and cibadmin takes it whole, by parts, and twice" {
    export_as xml
    taken xmllint --noout --relaxng /usr/share/pacemaker/pacemaker-3.0.rng "$BATS_TEST_TMPDIR/xml"
    taken cibadmin --modify --allow-create --scope configuration --xml-file "$BATS_TEST_TMPDIR/xml"
    same
    taken crm_verify --xml-file "$cib"
    taken cibadmin --modify --allow-create --scope configuration --xml-file "$BATS_TEST_TMPDIR/xml"
    same
    begin_cib
    taken cibadmin --replace --scope resources --xml-text "$(xmllint --xpath '//resources' "$BATS_TEST_TMPDIR/xml")"
    taken cibadmin --replace --scope constraints --xml-text "$(xmllint --xpath '//constraints' "$BATS_TEST_TMPDIR/xml")"
    same
}

@test "crmsh takes what is written for it, and the engine has the same then" {
    export_as crmsh
    taken crm -F configure load update "$BATS_TEST_TMPDIR/crmsh"
    same
}

@test "pcs takes what is written for it, and the engine has the same then" {
    rm "$configuration/beside.env" "$configuration/1st.try.env"
    export_as pcs
    run svcmgr cluster diff --cib "$cib"
    exits 1
    PATH=$BATS_TEST_TMPDIR/bin:$PATH taken sh "$BATS_TEST_TMPDIR/pcs" "$cib"
    same
}

@test "the scheduler starts each on the first of its nodes that may run it, parents first, and nothing on a node that is none of its own" {
    # Who would rather be with web draws it to where both may run.
    export_as xml
    cibadmin --modify --allow-create --scope configuration --xml-file "$BATS_TEST_TMPDIR/xml"
    is "$(placed --node-up node1 --node-up node2 --node-up node3 --node-up drp1)" '_1st.try node2,beside node1,db node2,web node2'

    rm "$configuration/1st.try.env"
    begin_cib
    export_as xml
    cibadmin --modify --allow-create --scope configuration --xml-file "$BATS_TEST_TMPDIR/xml"
    is "$(placed --node-up node1 --node-up node2 --node-up node3 --node-up drp1)" 'beside node2,db node1,web node1'
    is "$(placed --node-up node2 --node-up node3)" 'beside node3,db node2,web node2'
    is "$(placed --node-up node1)" 'beside node1,db node1,web node1'
    is "$(placed --node-up drp1)" ''
    local order
    order=$(crm_simulate --xml-file "$cib" --simulate --quorum true --node-up node1 | sed -n 's/.*Resource action: \(db\|web\) *start on.*/\1/p' | paste -sd' ' -)
    is "$order" 'db web'
}

@test "what must not be on one node is not, also where only one node is left" {
    member apart 'nodes = node1 node2' 'hard_anti_affinity = db'
    export_as xml
    cibadmin --modify --allow-create --scope configuration --xml-file "$BATS_TEST_TMPDIR/xml"
    local both
    both=$(placed --node-up node1 --node-up node2 | tr , '\n' | sed -n 's/^\(apart\|db\) //p' | sort | paste -sd' ' -)
    is "$both" 'node1 node2'
    is "$(placed --node-up node2 | tr , '\n' | grep -cE '^(apart|db) node2')" 1
}

@test "what a person changes in the engine is found" {
    export_as xml
    cibadmin --modify --allow-create --scope configuration --xml-file "$BATS_TEST_TMPDIR/xml"
    crm_resource --resource db --ban --node node1 >/dev/null
    crm_resource --resource web --delete-parameter allow-migrate --meta >/dev/null
    cibadmin --query >"$BATS_TEST_TMPDIR/now.xml"
    rm "$configuration/beside.env"
    run svcmgr cluster diff --cib "$BATS_TEST_TMPDIR/now.xml"
    exits 1
    says 'cli-ban-db-on-node1'
    says 'web: allow-migrate: true is wanted, and the engine has none'
    says 'beside: resource: no env file asks for what the engine has, beside'
}

# begin_engine FILE: Pacemaker's own daemon of the configuration, alone, with the file as what it has.
begin_engine() {
    local home=/var/lib/pacemaker
    mkdir -p "$home"/{cib,blackbox,cores} /var/log/pacemaker /run/crm
    rm -f "$home"/cib/*
    cp "$1" "$home/cib/cib.xml"
    chown -R hacluster:haclient "$home" /var/log/pacemaker /run/crm
    chmod -R u=rwX,g=rX,o= "$home"
    /usr/lib/pacemaker/pacemaker-based --stand-alone >"$BATS_TEST_TMPDIR/engine.log" 2>&1 3>&- &
    engine=$!
    until_true cibadmin --query
}

end_engine() {
    [[ -z ${engine-} ]] || kill -KILL "$engine" 2>/dev/null || true
    wait 2>/dev/null || true
    engine=
}

until_true() {
    local -i tries=0
    until "$@" >/dev/null 2>&1; do
        tries+=1
        [[ $tries -lt 300 ]] || fail "not within 30 s: $*"
        sleep 0.1
    done
}

@test "what a real engine says: managed, left alone, hung and gone" {
    rm "$configuration"/*.env
    member here "nodes = $LAB_NODE"
    export_as xml
    taken cibadmin --modify --allow-create --scope configuration --xml-file "$BATS_TEST_TMPDIR/xml"
    crm_resource --resource here --meta --set-parameter is-managed --parameter-value true >/dev/null
    cp "$cib" "$BATS_TEST_TMPDIR/managed.xml"
    crm_resource --resource here --meta --set-parameter is-managed --parameter-value false >/dev/null
    unset CIB_file
    begin_engine "$BATS_TEST_TMPDIR/managed.xml"
    run svcmgr cluster diff
    exits 0
    on here start
    exits 3
    says 'a cluster engine manages it (its resource here)'
    on here stop
    exits 3
    on here print status
    does_not_say 'orchestrate = ha, and'
    on here print plan start --by-engine
    says 'a cluster engine asks for it'

    end_engine
    begin_engine "$cib"
    on here print status
    says 'the cluster engine does not manage it: is-managed = false, of its resource here'
    on here print plan start
    says 'here none does: is-managed = false, of its resource here'

    deadlines 2s 3s
    kill -STOP "$engine"
    on here print status
    says 'whether a cluster engine manages it is not known: cibadmin: no answer within its deadline'
    on here start
    exits 3
    says 'whether a cluster engine manages it is not known'

    end_engine
    on here print status
    says 'no cluster engine runs here'
    on here print plan start
    says 'here none does: cibadmin reaches none'
}

# asked ARGUMENT…: how many times cibadmin is begun.
asked() {
    strace -f -qq -e trace=execve -o "$BATS_TEST_TMPDIR/trace" "$SVCMGR_BIN/svcmgr" "$@" >/dev/null 2>&1 </dev/null || true
    grep -c 'cibadmin.*= 0$' "$BATS_TEST_TMPDIR/trace" || true
}

@test "the engine is asked once for all services, and not at all where none is its" {
    local name
    is "$(asked print status --local)" 0 # they are other nodes'
    for name in db web; do member "$name" "nodes = $LAB_NODE"; done
    is "$(asked print status --local)" 1
    is "$(asked -s web print status --local --rid container#1)" 0
    rm "$configuration"/*.env
    service plain
    is "$(asked print status --local)" 0
}

@test "an engine that does not run is not taken for one that has nothing" {
    run svcmgr cluster diff
    exits 6
    says 'no cluster engine answers here'
}
