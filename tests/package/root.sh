# shellcheck shell=bash
# A root of Debian without svcmgr and with the libraries that its packages need. It is made once, and used below a layer that is thrown away.
# The caller has `top`, `packages` and a mount namespace of its own.

cache=$top/build/package-root
root='' layer=''

# The names in the Depends of all packages but our own.
needed_packages() {
    local file
    for file in "$packages"/*.deb; do dpkg-deb -f "$file" Depends; done | tr ',' '\n' | sed -E 's/^ *//; s/[ |(].*//' |
        grep -v '^svcmgr' | sort -u
}

mirror() { awk '/^URIs:/ { print $2; exit } /^deb / { print $2; exit }' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null; }

make_cache() {
    local needed
    needed=$(needed_packages | paste -sd ,)
    [[ $(cat "$cache.needs" 2>/dev/null) != "$needed" ]] || return 0
    [[ -e $cache.made ]] || { rm -rf "$cache" && debootstrap --variant=minbase --include=systemd,systemd-sysv,init-system-helpers,cron bookworm "$cache" "$(mirror)" && touch "$cache.made"; } || return 1
    printf '#!/bin/sh\nexit 101\n' >"$cache/usr/sbin/policy-rc.d" && chmod 755 "$cache/usr/sbin/policy-rc.d"
    # shellcheck disable=SC2046
    chroot "$cache" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(tr , ' ' <<<"$needed") || return 1
    rm "$cache/usr/sbin/policy-rc.d"
    printf '%s' "$needed" >"$cache.needs"
}

clean_root() {
    make_cache >"$cache.log" 2>&1 || { tail -n 20 "$cache.log"; return 1; }
    layer=$(mktemp -d) root=$layer/root
    mount -t tmpfs none "$layer" && mkdir "$layer"/{upper,work,root} &&
        mount -t overlay none -o "lowerdir=$cache,upperdir=$layer/upper,workdir=$layer/work" "$root" &&
        mount -t proc proc "$root/proc" && mount -t tmpfs none "$root/run" && mount -t tmpfs none "$root/tmp" &&
        mkdir "$root/srv/packages" && cp "$packages"/*.deb "$root/srv/packages"
}

in_root() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }

leave_root() {
    local process
    for process in /proc/[0-9]*; do
        [[ $(readlink "$process/root" 2>/dev/null) != "$root" ]] || kill -KILL "${process#/proc/}" 2>/dev/null
    done
    umount -R -l "$layer" 2>/dev/null
    rmdir "$layer" 2>/dev/null
}
