// Env files of every OpenSVC, written in the style of their time, read with the real tables.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "svcmgr/cluster/env_shape.h"
#include "svcmgr/config/sections.h"

using namespace svcmgr;

namespace {

ShapeAnswer shape_of(std::string_view section, std::string_view type) {
    return *env_shape(section, type);
}

Sections on(const std::string& nodename, std::string text) {
    return Sections::evaluate(Document::parse(std::move(text), "vm188.env"), {nodename, "vm188"}, env_shape);
}

const Options& find(const Sections& sections, std::string_view name) {
    const auto& all = sections.all();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Options& options) { return options.section() == name; });
    REQUIRE(found != all.end());
    return *found;
}

std::string errors(const Sections& sections) {
    std::string text;
    for (const Finding& finding : sections.findings())
        if (finding.level == Finding::Level::error) text += to_text(finding) + "\n";
    return text;
}

std::vector<std::string> warnings(const Sections& sections) {
    std::vector<std::string> texts;
    for (const Finding& finding : sections.findings())
        if (finding.level == Finding::Level::warning) texts.push_back(fmt::format("{} {}", finding.place.line, finding.message));
    return texts;
}

using Words = std::vector<std::string>;

/// The sample of the reference page, byte for byte as it is printed, with its mixed tabs and blanks.
constexpr const char* reference_page =
    "\t[default]\n"
    "\tapp = ERP\n"
    "\tcomment = recette gen db #2\n"
    "\tservice_type = DEV\n"
    "\tnodes =  node109 node110 node111 node112\n"
    "\torchestrate = start\n"
    "\n"
    "        [container#1]\n"
    "        name = vm188\n"
    "        type = hpvm\n"
    "\n"
    "\t[ip#1]\n"
    "\tipname = vm188\n"
    "\tipdev = lan0\n"
    "\n"
    "\t[vmdg]\n"
    "\tscsireserv = false\n";

}  // namespace

TEST_CASE("The reference page's sample is a service with a container, an address and disks") {
    const Sections sections = on("node109", reference_page);
    CHECK(errors(sections) == "");
    CHECK(warnings(sections) == Words{"4 'service_type' is the old name of 'env'"});
    CHECK(sections.defaults().text("env") == "DEV");
    CHECK(sections.defaults().text("comment") == "recette gen db #2");
    CHECK(sections.defaults().list("nodes") == Words{"node109", "node110", "node111", "node112"});
    CHECK(sections.defaults().text("orchestrate") == "start");
    CHECK(find(sections, "container#1").text("name") == "vm188");
    CHECK(find(sections, "container#1").text("type") == "hpvm");
    CHECK(find(sections, "container#1").text("guestos") == "HP-UX");
    CHECK(find(sections, "ip#1").text("ipname") == "vm188");
    CHECK(find(sections, "ip#1").text("ipdev") == "lan0");
    CHECK(find(sections, "vmdg").said("scsireserv"));
    CHECK_FALSE(find(sections, "vmdg").flag("scsireserv"));
}

TEST_CASE("The sample with type kvm has nothing to complain about but the old name") {
    std::string text = reference_page;
    text.replace(text.find("hpvm"), 4, "kvm");
    const Sections sections = on("node109", text);
    CHECK(warnings(sections) == Words{"4 'service_type' is the old name of 'env'"});
    CHECK(find(sections, "container#1").duration("start_timeout") == std::chrono::minutes(4));
    CHECK(find(sections, "container#1").duration("stop_timeout") == std::chrono::minutes(2));
    CHECK_FALSE(find(sections, "container#1").flag("qga"));
}

TEST_CASE("A file of 1.4: the virtual machine is in DEFAULT") {
    const Sections sections =
        on("node109",
           "[default]\nmode = kvm\nvm_name = vm188.example.com\nguest_os = Linux\napp = ERP\nservice_type = PRD\n"
           "nodes = node109 node110\nautostart_node = node109\ndrpnode = node209\nscsireserv = true\n"
           "[ip#1]\nipname@nodes = vm188\nipname@drpnodes = vm188-drp\nipdev = eth0\n[vmdg]\n[sync#1]\nsrc = /etc/libvirt/qemu/vm188.xml\n"
           "dst = /\ntarget = nodes drpnodes\n");
    CHECK(errors(sections) == "");
    CHECK(find(sections, "container").text("type") == "kvm");
    CHECK(find(sections, "container").text("name") == "vm188.example.com");
    CHECK(find(sections, "container").text("guestos") == "Linux");
    CHECK(find(sections, "vmdg").flag("scsireserv"));
    CHECK(find(sections, "ip#1").text("ipname") == "vm188");
    CHECK(find(sections, "sync#1").list("target") == Words{"nodes", "drpnodes"});
    CHECK(sections.defaults().list("autostart_node") == Words{"node109"});
    CHECK(warnings(sections).size() == 5);
}

TEST_CASE("A file of 1.5: containers have sections, disks have kinds of their own") {
    const Sections sections =
        on("node110",
           "[DEFAULT]\nservice_type = PRD\nnodes = node109 node110\nautostart_node = node109\nanti_affinity = vm189\n"
           "[container#1]\ntype = kvm\nname = vm188\nguestos = unix\n[vg#0]\nvgname = vgsvc1\nscsireserv = true\nalways_on = drpnodes\n"
           "[fs#0]\ndev = /dev/vgsvc1/lvapp\nmnt = /svc1/app\ntype = ext4\nmnt_opt = defaults\n[pool#1]\npoolname = data\n"
           "[ip#2]\ntags = encap\nipname = 128.0.0.2\nipdev = lo\n[subset#fs:first]\nparallel = true\n");
    CHECK(errors(sections) == "");
    CHECK(find(sections, "vg#0").text("name") == "vgsvc1");
    CHECK(find(sections, "vg#0").list("always_on") == Words{"drpnodes"});
    CHECK(find(sections, "pool#1").text("name") == "data");
    CHECK(find(sections, "subset#fs:first").flag("parallel"));
    CHECK(sections.defaults().list("hard_anti_affinity") == Words{"vm189"});
    const Words all = warnings(sections);
    CHECK(std::find(all.begin(), all.end(), "10 [vg#0] is an old form") != all.end());
}

TEST_CASE("A file of 1.8: references, arithmetic, triggers, apps with numbers") {
    const std::string text =
        "[DEFAULT]\nenv = PRD\nnodes = node109 node110\nflex_primary = node109\ncluster_type = flex\nflex_min_nodes = 1\n"
        "docker_data_dir = {env.base}/docker\n[env]\nbase = /srv/{svcname}\nsize = 5\n"
        "[container#1]\ntype = docker\nrun_image = nginx:1.25\nrun_args = -v {env.base}/www:/www:ro\n"
        "[disk#1]\ntype = vg\nname = vg{short_svcname}\npvs = /dev/sdb\n[disk#2]\ntype = loop\nfile = {env.base}/loop\nsize = $({env.size} "
        "* 2)g\n"
        "[app#1]\nscript = tomcat\nstart = 10\nstop = 10\ncheck = 10\ntimeout = 60\nlimit_nofile = 4096\n"
        "start_requires = ip#1 disk#1(up,stdby up)\npre_start = /usr/bin/logger starting ${HOME} $(date)\n"
        "[sync#1]\nsrc = {env.base}\ndst = {env.base}\ntarget = nodes\nschedule = 04:00-06:00@121\nsync_max_delay = 1440\n"
        "[task#1]\ncommand = /bin/true\nschedule = @60\n[hb#1]\ntype = openha\n[stonith#1]\ntype = callout\ntarget = node110\ncmd = "
        "/sbin/off {nodes[1]}\n";
    const Sections sections = on("node109", text);
    CHECK(errors(sections) == "");
    CHECK(sections.defaults().text("container_data_dir") == "/srv/vm188/docker");
    CHECK(sections.defaults().text("topology") == "flex");
    CHECK(sections.defaults().integer("flex_min") == 1);
    CHECK(find(sections, "container#1").text("image") == "nginx:1.25");
    CHECK(find(sections, "container#1").list("run_args") == Words{"-v", "/srv/vm188/www:/www:ro"});
    CHECK(find(sections, "disk#1").text("name") == "vgvm188");
    CHECK(find(sections, "disk#2").size("size") == 10ULL << 30);
    CHECK(find(sections, "app#1").text("pre_start") == "/usr/bin/logger starting ${HOME} $(date)");
    CHECK(find(sections, "sync#1").duration("sync_max_delay") == std::chrono::hours(24));
    CHECK(find(sections, "hb#1").text("name") == "vm188");
    CHECK(find(sections, "stonith#1").list("cmd") == Words{"/sbin/off", "node110"});
}

TEST_CASE("A file of 1.9: orchestrate, topology, standby, apps with words") {
    const Sections sections = on(
        "node109",
        "[DEFAULT]\nid = 6b5e2c1a-7f5c-4cf1-8d1d-6a1a2d2b9f70\norchestrate = ha\ntopology = failover\nplacement = nodes order\n"
        "nodes = node109 node110\nhard_anti_affinity = vm189\nmonitor_action = switch\nsync_max_delay = 1d3h\n"
        "[container#1]\ntype = kvm\nname = vm188\nshared = true\n"
        "[ip#1]\ntype = netns\nnetns = container#2\nipname = 10.0.3.17\nipdev = br0\nmode = bridge\n"
        "[app#1]\ntype = simple\nstart = /bin/sh -c 'exec sleep 1000'\nkill = tree\nuser = nobody\n"
        "[disk#1]\ntype = lv\nname = data\nvg = vg0\nsize = 100%FREE\nstandby = true\nstandby@node110 = false\n"
        "[fs#1]\ntype = directory\npath = /srv/vm188\nuser = root\nperm = 755\n[share#1]\ntype = nfs\npath = /srv/vm188\nopts = *(ro)\n");
    CHECK(errors(sections) == "");
    CHECK(sections.defaults().duration("sync_max_delay") == std::chrono::hours(27));
    CHECK(find(sections, "disk#1").flag("standby"));
    CHECK(find(sections, "app#1").text("start") == "/bin/sh -c 'exec sleep 1000'");
    CHECK(find(sections, "fs#1").text("path") == "/srv/vm188");
    CHECK(warnings(sections).empty());
}

TEST_CASE("A file of 2.x: durations, the guest agent, values over several lines") {
    const Sections sections =
        on("node109",
           "[DEFAULT]\nnodes =\n    node109\n    node110\nenv = PRD\n[container#1]\ntype = kvm\nname = vm188\nqga = true\nstart_timeout = "
           "1h30m\n"
           "stop_timeout = 90\nscsireserv = true\npromote_rw = true\n[app#1]\nstart = {env.start}\nretcodes = 0:up 1:down 3:warn\n"
           "environment = LANG=C TZ=UTC\numask = 022\n[env]\nstart = /opt/app/start\n[volume#1]\nname = {svcname}-data\nsize = 10g\nformat "
           "= true\n");
    CHECK(errors(sections) == "");
    CHECK(sections.defaults().list("nodes") == Words{"node109", "node110"});
    CHECK(find(sections, "container#1").flag("qga"));
    CHECK(find(sections, "container#1").duration("start_timeout") == std::chrono::minutes(90));
    CHECK(find(sections, "container#1").flag("scsireserv"));
    CHECK(find(sections, "app#1").text("start") == "/opt/app/start");
    CHECK(find(sections, "volume#1").text("name") == "vm188-data");
}

TEST_CASE("Every form of the disks' section names its driver") {
    const std::pair<const char*, const char*> examples[] = {{"vmdg", "vmdg"},     {"vmdg#1", "vmdg"}, {"vg#1", "vg"},
                                                            {"loop#1", "loop"},   {"drbd#1", "drbd"}, {"pool#1", "zpool"},
                                                            {"vdisk#1", "vdisk"}, {"disk#1", "vg"}};
    for (const auto& [section, driver] : examples) {
        const auto& the_section = section;
        CAPTURE(the_section);
        const ShapeAnswer answer = shape_of(section, "");
        REQUIRE(answer.shape);
        CHECK(answer.shape->kind == "disk");
        CHECK(answer.shape->driver == driver);
    }
    CHECK(shape_of("vmdg", "").write_instead.empty());
    CHECK(shape_of("vg#7", "").write_instead == "[disk#7] with type = vg");
    CHECK(shape_of("disk#1", "vmdg").shape->driver == "vmdg");
    CHECK(shape_of("disk#1", "pool").shape->driver == "zpool");
    CHECK(shape_of("disk#1", "lvm").shape->driver == "vg");
}

TEST_CASE("A type that nothing knows is an error with the nearest one; a file system may have any") {
    const ShapeAnswer disk = shape_of("disk#1", "vgg");
    CHECK(disk.problem.starts_with("'vgg' is no type of disk; there are: vmdg, vg"));
    CHECK(disk.suggestion == "vg");
    CHECK(disk.problem_is_type);
    CHECK(disk.level == Finding::Level::error);
    CHECK(shape_of("fs#1", "xfs").problem.empty());
    CHECK(shape_of("ip#1", "").problem.empty());
    CHECK(shape_of("ip#1", "cnii").suggestion == "cni");
    CHECK(shape_of("stonith#1", "").problem.empty());
}

TEST_CASE("A container's type: driven here, known elsewhere, unknown") {
    CHECK(shape_of("container#1", "kvm").problem.empty());
    const ShapeAnswer elsewhere = shape_of("container#1", "srp");
    CHECK(elsewhere.level == Finding::Level::warning);
    CHECK(elsewhere.shape->driver == "srp");
    CHECK(elsewhere.shape->keywords.find("prm_cores"));
    const ShapeAnswer unknown = shape_of("container#1", "kmv");
    CHECK(unknown.level == Finding::Level::error);
    CHECK(unknown.suggestion == "kvm");
    CHECK(unknown.shape->driver.empty());
    CHECK(unknown.shape->keywords.find("hostname"));
}

TEST_CASE("A section that nothing knows is an error that says what was meant") {
    CHECK(shape_of("ipp#1", "").suggestion == "ip#1");
    CHECK(shape_of("ip1", "").suggestion == "ip#1");
    CHECK(shape_of("Container#1", "").suggestion == "container#1");
    CHECK(shape_of("DEFAULTS", "").suggestion == "DEFAULT");
    CHECK(shape_of("somethingelse", "").suggestion.empty());
    CHECK_FALSE(shape_of("ipp#1", "").shape);
    CHECK(shape_of("ip#", "").problem == "[ip#] has nothing behind its '#'; write [ip#1]");
}

TEST_CASE("[env] and its like may say anything, a subset only what is its own") {
    for (const char* section : {"env", "metadata", "data"}) CHECK(shape_of(section, "").shape->free);
    CHECK_FALSE(shape_of("subset#fs:first", "").shape->keywords.find("tags"));
    CHECK(shape_of("ip#1", "").shape->keywords.find("tags"));
    CHECK_FALSE(shape_of("ip#1", "").shape->keywords.find("scsireserv"));
}

TEST_CASE("What a section may say is worked out once for its name and type, unless they are long") {
    const auto one = env_shape("container#1", "kvm");
    CHECK(env_shape("container#1", "kvm") == one);
    CHECK(one->shape->driver == "kvm");
    CHECK(env_shape("container#1", "docker")->shape->driver == "docker");
    CHECK(env_shape("container#2", "kmv")->problem_is_type);
    const std::string long_name = "zip#" + std::string(100, '1');
    CHECK(env_shape(long_name, "") != env_shape(long_name, ""));
    CHECK(env_shape(long_name, "")->problem == "there are no sections 'zip'");
}

TEST_CASE("A name that the technology makes of service and resource is not said to be the service's") {
    CHECK(find(on("node109", "[container#1]\ntype = kvm\n"), "container#1").text("name") == "vm188");
    CHECK(find(on("node109", "[container#1]\ntype = docker\nimage = lab:1\n"), "container#1").values().size() == 2);
}
