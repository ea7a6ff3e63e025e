#!/usr/bin/env bats
# The commands that change env files, on real files: owner and mode, editors, several at once, what others may write.
# Seconds: 20

setup_file() {
    load common
    begin_lab
}

setup() {
    load common
    service vm188
    file=$configuration/vm188.env
}

teardown() { rm -rf "$configuration"/*.env "$state/edit" "$state/deleted"; }

@test "set keeps owner, mode and every other byte" {
    printf '# caf\xe9\r\n[default]\r\n nodes: %s\r\n[container#1]\r\n\ttype = kvm ; ours\r\n' "$LAB_NODE" >"$file"
    chmod 0640 "$file"
    chgrp 4 "$file"
    on vm188 set --kw container#1.type=kvm --kw app=ERP
    exits 0
    is "$(stat -c '%a %u %g' "$file")" '640 0 4'
    is "$(od -c "$file")" "$(printf '# caf\xe9\r\n[default]\r\n nodes: %s\r\n app = ERP\r\n[container#1]\r\n\ttype = kvm ; ours\r\n' "$LAB_NODE" | od -c)"
}

@test "twenty changes at once: none is lost" {
    local i jobs=()
    for i in {1..20}; do
        svcmgr -s vm188 set --kw "env.key$i=$i" &
        jobs+=($!)
    done
    wait "${jobs[@]}"
    on vm188 get --eval $(printf -- '--kw env.key%d ' {1..20})
    exits 0
    is "$(sort -V <<<"$output")" "$(printf 'env.key%d = %d\n' {1..20} {1..20} | awk '{ print "env.key" NR " = " NR }')"
}

@test "edit config runs the person's editor, and keeps what was not accepted" {
    EDITOR='sed -i s/kvm/kwm/' on vm188 edit config
    exits 2
    says "'kwm' is no technology"
    grep -q 'type = kvm' "$file"
    EDITOR=true on vm188 edit config
    exits 3
    VISUAL='sed -i -e s/kwm/kvm/ -e s/ERP/CRM/' EDITOR=false on vm188 edit config --recover
    exits 0
    grep -q 'app = CRM' "$file"
    [[ ! -e $state/edit/vm188.env ]]
}

@test "an edit does not overwrite what somebody else changed meanwhile" {
    printf '#!/bin/sh\nsed -i s/ERP/MINE/ "$1"\n%q -s vm188 set --kw comment=theirs\n' "$SVCMGR_BIN/svcmgr" >"$BATS_TEST_TMPDIR/editor"
    chmod +x "$BATS_TEST_TMPDIR/editor"
    EDITOR=$BATS_TEST_TMPDIR/editor on vm188 edit config
    exits 3
    says 'somebody else has changed the file'
    grep -q 'comment = theirs' "$file"
    grep -q 'app = ERP' "$file"
    grep -q 'app = MINE' "$state/edit/vm188.env"
    EDITOR=true on vm188 edit config --recover
    exits 0
    grep -q 'app = MINE' "$file"
}

@test "an env file that another user owns, or others can write, is refused" {
    chown 65534 "$file"
    on vm188 print status
    exits 2
    says 'chown root'
    chown 0 "$file"
    chmod g+w "$file"
    on vm188 set --kw app=X
    exits 2
    says "chmod go-w $file"
    chmod 0644 "$file"
    on vm188 set --kw app=X
    exits 0
}

@test "what can't be written leaves the file as it was" {
    local before
    before=$(cat "$file")
    mount -t tmpfs -o ro tmpfs "$state"
    on vm188 edit config
    exits 1
    umount "$state"
    mount --bind "$configuration" "$configuration"
    mount -o remount,ro,bind "$configuration"
    on vm188 set --kw app=X
    exits 1
    says 'read-only'
    umount "$configuration"
    is "$(cat "$file")" "$before"
}

@test "created, copied, deleted, and the copy is there" {
    on web1 create --config "$file" --kw container#1.hostname=web1.example.com
    exits 0
    is "$(stat -c %a "$configuration/web1.env")" 644
    on web1 get --kw container#1.hostname
    is "$output" web1.example.com
    on web1 delete --force
    exits 0
    [[ ! -e $configuration/web1.env ]]
    compgen -G "$state/deleted/web1-*.env"
    svcmgr validate config - <"$file"
}
