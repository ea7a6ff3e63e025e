#include "drivers/hypervisor/lxc/copy.h"

#include <doctest/doctest.h>

#include "tests/unit/machine.h"

namespace svcmgr::lxc {

namespace {

constexpr const char* path = "/var/lib/lxc/vm188/config";
const GuestCopy copy{"vm188-rehearsal", "/var/lib/svcmgr-rehearsal/vm188", "svcr0"};

/// The lines that every container needs.
constexpr const char* least = "lxc.rootfs.path = dir:/srv/vm188\nlxc.net.0.type = veth\nlxc.net.0.link = br0\n";

struct Copying : test::Machine {
    tl::expected<CopyDefinition, std::string> of(const std::string& text) {
        files.put(path, text);
        const auto entries = read_entries(files, path);
        REQUIRE(entries.has_value());
        return copy_of_container(files, *entries, path, copy);
    }
    CopyDefinition made_of(const std::string& text) {
        auto made = of(text);
        REQUIRE_MESSAGE(made.has_value(), made.error());
        return std::move(*made);
    }
    std::string refusal_of(const std::string& text) {
        const auto made = of(text);
        return made ? "" : made.error();
    }
};

bool has_line(const CopyDefinition& made, const std::string& line) {
    return ("\n" + made.config).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("a copy writes into a layer above the root file system, and nowhere else") {
    Copying copying;
    const auto made = copying.made_of(least);
    REQUIRE(made.layers.size() == 1);
    CHECK(made.layers[0].lower == "/srv/vm188");
    CHECK(made.layers[0].upper() == "/var/lib/svcmgr-rehearsal/vm188/layer0/upper");
    CHECK(made.config.starts_with("lxc.include = /var/lib/lxc/vm188/config\n"));
    CHECK(has_line(made, "lxc.rootfs.path = overlay:/srv/vm188:/var/lib/svcmgr-rehearsal/vm188/layer0/upper"));
}

TEST_CASE("it runs no hook, starts by itself never, and has a control group of its own") {
    Copying copying;
    const auto made =
        copying.made_of(std::string(least) +
                        "lxc.hook.pre-start = /usr/bin/mount-data\nlxc.ephemeral = 1\nlxc.start.auto = 1\nlxc.cgroup.dir = mine\n"
                        "lxc.console.logfile = /var/log/lxc/vm188.console\n");
    for (const char* line : {"lxc.hook.pre-start = ", "lxc.hook.post-stop = ", "lxc.ephemeral = 0", "lxc.start.auto = 0",
                             "lxc.cgroup.dir = ", "lxc.console.logfile = /var/lib/svcmgr-rehearsal/vm188/console"}) {
        CAPTURE(line);
        CHECK(has_line(made, line));
    }
}

TEST_CASE("its interfaces are on the copy's bridge, with the container's addresses and without its MAC address") {
    Copying copying;
    const auto made = copying.made_of(
        "lxc.rootfs.path = /srv/vm188\nlxc.net.0.type = phys\nlxc.net.0.link = eth7\nlxc.net.0.hwaddr = 00:16:3e:11:22:33\n"
        "lxc.net.0.ipv4.address = 10.0.0.5/24\nlxc.net.0.ipv4.address = 10.0.0.6/24\nlxc.net.0.ipv4.gateway = auto\n"
        "lxc.net.0.script.up = /usr/bin/route-it\nlxc.net.3.type = macvlan\nlxc.net.3.link = eth1\nlxc.net.3.name = data0\n"
        "lxc.net.3.ipv6.address = 2001:db8::5/64\nlxc.net.3.ipv6.gateway = 2001:db8::1\nlxc.net.4.type = veth\nlxc.net.4 =\n");
    const std::string networks = made.config.substr(made.config.find("lxc.net = \n"));
    CHECK(networks ==
          "lxc.net = \nlxc.net.0.type = veth\nlxc.net.0.link = svcr0\nlxc.net.0.flags = up\nlxc.net.0.name = eth7\n"
          "lxc.net.0.ipv4.address = 10.0.0.5/24\nlxc.net.0.ipv4.address = 10.0.0.6/24\n"
          "lxc.net.1.type = veth\nlxc.net.1.link = svcr0\nlxc.net.1.flags = up\nlxc.net.1.name = data0\n"
          "lxc.net.1.ipv6.address = 2001:db8::5/64\nlxc.net.1.ipv6.gateway = 2001:db8::1\n");
}

TEST_CASE("a directory of the node that it may write to is below a layer, a file is copied, what it only reads stays") {
    Copying copying;
    copying.files.put_directory("/srv/data");
    copying.files.put("/etc/app.conf", "a = 1\n");
    copying.files.put("/srv/fstab", "# data\n/srv/data srv/data none bind,create=dir 0 0\nproc proc proc nodev 0 0\n");
    const auto made =
        copying.made_of(std::string(least) +
                        "lxc.mount.fstab = /srv/fstab\nlxc.mount.entry = /etc/app.conf etc/app.conf none bind,create=file 0 0\n"
                        "lxc.mount.entry = /usr/share usr/share none bind,ro 0 0\n"
                        "lxc.mount.entry = /dev/net/tun dev/net/tun none bind,create=file 0 0\n"
                        "lxc.mount.entry = /srv/gone srv/gone none bind,optional 0 0\n");
    REQUIRE(made.layers.size() == 2);
    CHECK(made.layers[1].lower == "/srv/data");
    REQUIRE(made.files.size() == 1);
    CHECK(made.files[0].from == "/etc/app.conf");
    const std::string own = "/var/lib/svcmgr-rehearsal/vm188";
    CHECK(has_line(made, "lxc.mount.fstab = " + own + "/fstab"));
    CHECK(has_line(made, "lxc.mount.entry = "));
    CHECK(has_line(made, "lxc.mount.entry = overlay srv/data overlay lowerdir=/srv/data,upperdir=" + own + "/layer1/upper,workdir=" + own +
                             "/layer1/work,create=dir 0 0"));
    CHECK(has_line(made, "lxc.mount.entry = " + own + "/file0 etc/app.conf none bind,create=file 0 0"));
    CHECK(has_line(made, "lxc.mount.entry = /usr/share usr/share none bind,ro 0 0"));
    CHECK(has_line(made, "lxc.mount.entry = /dev/net/tun dev/net/tun none bind,create=file 0 0"));
    CHECK(has_line(made, "lxc.mount.entry = proc proc proc nodev 0 0"));
    CHECK(made.config.find("/srv/gone") == std::string::npos);
}

TEST_CASE("a container whose copy could touch what is not its own is not copied") {
    Copying copying;
    copying.files.put_directory("/srv/a b");
    const std::string begin = least;
    struct Refused {
        std::string config;
        const char* why;
    };
    for (const auto& [config, why] :
         {Refused{"lxc.rootfs.path = lvm:/dev/vg/vm188\nlxc.net.0.type = veth\n", "is no directory"},
          Refused{"lxc.rootfs.path = overlay:/srv/base:/srv/vm188\nlxc.net.0.type = veth\n", "is no directory"},
          Refused{"lxc.rootfs.path = /srv/a:b\nlxc.net.0.type = veth\n", "no layer can be put above"},
          Refused{"lxc.rootfs.path = /srv/vm188\n", "no network of its own"},
          Refused{"lxc.rootfs.path = /srv/vm188\nlxc.net.0.type = none\n", "this node's own network"},
          Refused{begin + "lxc.mount.entry = /dev/vg/data srv ext4 defaults 0 0\n", "mounts /dev/vg/data"},
          Refused{begin + "lxc.mount.entry = filer:/data srv nfs ro 0 0\n", "mounts filer:/data"},
          Refused{begin + "lxc.mount.entry = overlay srv overlay lowerdir=/a,upperdir=/b,workdir=/c 0 0\n", "a layer of its own"},
          Refused{begin + "lxc.mount.entry = /srv/gone srv none bind 0 0\n", "/srv/gone, which it mounts, is not here"},
          Refused{begin + "lxc.mount.fstab = /srv/gone\n", "/srv/gone can't be read"},
          Refused{begin + "lxc.namespace.share.net = other\n", "in a namespace of other"},
          Refused{begin + "lxc.namespace.keep = ipc\n", "in namespaces of this node"},
          Refused{"lxc.rootfs = /srv/vm188\nlxc.network.type = veth\n", "words of LXC before 2.1"}}) {
        const std::string the_why = why;
        CAPTURE(the_why);
        CHECK(copying.refusal_of(config).find(the_why) != std::string::npos);
    }
    CHECK(copying.refusal_of(begin) == "");
}

}  // namespace svcmgr::lxc
