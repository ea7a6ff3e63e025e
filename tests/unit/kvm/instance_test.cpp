// Service instances: guests that are made from a template. What users lose if these fail: the identity of their guests, since a name, a
// uuid or an address that changes makes another machine of them.

#include "drivers/hypervisor/kvm/instance.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "drivers/hypervisor/keywords/kvm.h"
#include "drivers/hypervisor/kvm/definition_file.h"
#include "tests/unit/kvm/doubles.h"

namespace svcmgr::kvm {

namespace {

using Kind = KvmNetwork::Kind;
using test::TestWorld;

constexpr auto uuid = "6b5e2c1a-7f5c-4cf1-8d1d-6a1a2d2b9f70";

std::string with_interfaces(const std::string& interfaces) {
    return "<domain type='kvm' id='2'><name>name</name><uuid>11111111-2222-3333-4444-555555555555</uuid><devices><disk "
           "type='file'><source file='/srv/fw.img'/><target dev='vda'/></disk>" +
           interfaces + "</devices></domain>";
}

std::string made(const std::string& text, const std::vector<KvmNetwork>& networks = {}) {
    const auto xml = make_domain(text, {"fw-6b5e2", uuid, networks});
    return xml ? *xml : xml.error();
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

/// The text between two tags, of the number-th that has it.
std::string interface_of(const std::string& xml, std::size_t number) {
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= number; ++i) begin = xml.find("<interface ", begin + (i > 0 ? 1 : 0));
    REQUIRE(begin != std::string::npos);
    return xml.substr(begin, xml.find("</interface>", begin) - begin);
}

Options section(const std::string& text, const std::string& networks = {}, const std::string& own_uuid = {}) {
    Options options("container#1", {"/etc/svcmgr/fw.env", 3, 1}, kvm_keywords());
    if (!text.empty()) options.set("template", {text, {"/etc/svcmgr/fw.env", 5, 1}});
    if (!networks.empty()) options.set("networks", {networks, {"/etc/svcmgr/fw.env", 6, 1}});
    if (!own_uuid.empty()) options.set("uuid", {own_uuid, {"/etc/svcmgr/fw.env", 7, 1}});
    return options;
}

Guest guest_of(const Options& options, const std::string& service = "fw", const std::string& id = {}) {
    Guest guest{service, service};
    guest.labels = {{"svcmgr.service", service}, {"svcmgr.rid", options.section()}};
    guest.section = std::make_shared<const Options>(options);
    return settle_kvm_guest(guest, id);
}

std::vector<std::string> problems_of(const Options& options) {
    std::vector<std::string> words;
    for (const auto& problem : kvm_problems(options)) words.push_back(problem.keyword + ": " + problem.message);
    return words;
}

}  // namespace

TEST_CASE("name and uuid are the instance's, whatever the template says") {
    const auto xml = made(with_interfaces(""));
    CHECK(count(xml, "<name>") == 1);
    CHECK(has(xml, "<name>fw-6b5e2</name>"));
    CHECK(count(xml, "<uuid>") == 1);
    CHECK(has(xml, fmt::format("<uuid>{}</uuid>", uuid)));
    CHECK_FALSE(has(xml, "id=\"2\""));
    CHECK(has(xml, "/srv/fw.img"));
    CHECK(has(made("<domain type='kvm'/>"), "<name>fw-6b5e2</name>"));
}

TEST_CASE("each interface gets a MAC address and a device of its own, and the same ones every time") {
    const auto text = with_interfaces("<interface type='ethernet'><model type='e1000'/></interface><interface type='ethernet'/>");
    const auto xml = made(text);
    const auto first = interface_of(xml, 0);
    const auto second = interface_of(xml, 1);
    CHECK(has(first, fmt::format("<mac address=\"{}\"", mac_address(uuid, 0))));
    CHECK(has(first, "<target dev=\"tap6b5e2c1a-0\""));
    CHECK(has(first, "<model type=\"e1000\""));
    CHECK(has(second, fmt::format("<mac address=\"{}\"", mac_address(uuid, 1))));
    CHECK(has(second, "<target dev=\"tap6b5e2c1a-1\""));
    CHECK(made(text) == xml);
}

// The addresses of guests that are out there: another way to make them would give them others.
TEST_CASE("MAC addresses are QEMU's, locally administered, and never change") {
    CHECK(mac_address(uuid, 0) == "52:54:00:81:25:50");
    CHECK(mac_address(uuid, 1) == "52:54:00:71:c1:39");
    CHECK(mac_address("6b5e2c1a-7f5c-4cf1-8d1d-6a1a2d2b9f71", 0) != mac_address(uuid, 0));
    CHECK(node_device(uuid, 99).size() == 14);  // the kernel takes 15
}

TEST_CASE("a MAC address of the template stays, a device does not: two guests may come from it on one node") {
    const auto xml = made(with_interfaces("<interface type='bridge'><mac address='52:54:00:aa:bb:cc'/><target dev='tapx'/></interface>"));
    CHECK(has(interface_of(xml, 0), "<mac address=\"52:54:00:aa:bb:cc\""));
    CHECK_FALSE(has(xml, "tapx"));
}

TEST_CASE("an interface without a device on the node gets none") {
    const auto xml = made(with_interfaces("<interface type='user'/>"));
    CHECK_FALSE(has(interface_of(xml, 0), "target"));
    CHECK(has(interface_of(xml, 0), "52:54:00"));
}

TEST_CASE("one interface for each network, in order") {
    const std::vector<KvmNetwork> networks = {{Kind::bridge, "br0"}, {Kind::network, "left"}, {Kind::direct, "eth1"}, {Kind::ethernet, ""}};
    const auto xml = made(with_interfaces("<interface type='user'><model type='e1000'/></interface>"
                                          "<interface type='bridge'><source bridge='other'/></interface>"),
                          networks);
    CHECK(count(xml, "<interface ") == 4);
    CHECK(has(interface_of(xml, 0), "type=\"bridge\""));
    CHECK(has(interface_of(xml, 0), "<source bridge=\"br0\""));
    CHECK(has(interface_of(xml, 0), "<model type=\"e1000\""));
    CHECK(has(interface_of(xml, 1), "type=\"network\""));
    CHECK(has(interface_of(xml, 1), "<source network=\"left\""));
    CHECK_FALSE(has(xml, "other"));
    CHECK(has(interface_of(xml, 2), "<source dev=\"eth1\" mode=\"bridge\""));
    CHECK(has(interface_of(xml, 2), "<model type=\"virtio\""));
    CHECK(has(interface_of(xml, 3), "type=\"ethernet\""));
    CHECK_FALSE(has(interface_of(xml, 3), "source"));
}

TEST_CASE("an interface too many is refused: nobody said what it is connected to") {
    CHECK(made(with_interfaces("<interface type='user'/><interface type='user'/>"), {{Kind::bridge, "br0"}}) ==
          "it has 2 interfaces, and `networks` of its section names 1 networks");
}

TEST_CASE("a template that is no domain is refused with its line") {
    CHECK(made("<domain>\n<name>") == "line 2: Start-end tags mismatch");
    CHECK(made("<network/>") == "line 1: <network> where a <domain> should begin");
    CHECK(has(made(std::string("<domain>\0</domain>", 18)), "NUL"));
    CHECK(has(made("<domain/><domain/>"), "there is more after the end"));
}

TEST_CASE("the example of the page that users start from") {
    const std::filesystem::path file = std::filesystem::path(SVCMGR_SOURCE_DIR) / "../shared/reference/service-instances.md";
    std::ifstream stream(file);
    if (!stream) {
        MESSAGE("skipped: no ", file.string());
        return;
    }
    const std::string page{std::istreambuf_iterator<char>(stream), {}};
    const auto begin = page.find("    <domain ");
    const auto end = page.find("</domain>", begin);
    REQUIRE(end != std::string::npos);
    const auto xml = made(page.substr(begin, end + 9 - begin), {{Kind::bridge, "br0"}});
    CHECK(has(xml, "<name>fw-6b5e2</name>"));
    const auto domain = parse_domain(xml);
    REQUIRE(domain.has_value());
    CHECK(domain->files == std::vector<Path>{"/var/lib/libvirt/images/image_filename.img"});
    CHECK(count(xml, "<interface ") == 1);
    CHECK(has(interface_of(xml, 0), "<model type=\"e1000\""));
}

TEST_CASE("words of networks") {
    CHECK(parse_kvm_network("bridge:br0") == KvmNetwork{Kind::bridge, "br0"});
    CHECK(parse_kvm_network("ethernet") == KvmNetwork{Kind::ethernet, ""});
    for (const char* word : {"br0", "bridge:", "bridge:a b", "network:a'/><x", "ethernet:x", "", "vlan:3"}) {
        CAPTURE(word);
        CHECK_FALSE(parse_kvm_network(word).has_value());
    }
}

TEST_CASE("a uuid is the section's, else of the service's id, else of its name") {
    CHECK(guest_of(section("fw.xml", {}, "6B5E2C1A-7F5C-4CF1-8D1D-6A1A2D2B9F70")).uuid == uuid);
    const auto of_name = guest_of(section("fw.xml"));
    CHECK(of_name.uuid == "4701208a-bcad-5be3-a89a-9bb4a9f62988");
    CHECK(of_name.name == "fw-47012");
    CHECK(of_name.hostname == "fw");
    CHECK(guest_of(section("fw.xml"), "other").uuid != of_name.uuid);
    const auto of_id = guest_of(section("fw.xml"), "fw", uuid);
    CHECK(of_id.uuid != of_name.uuid);
    CHECK(guest_of(section("fw.xml"), "renamed", uuid).uuid == of_id.uuid);
    CHECK(guest_of(section("fw.xml"), "renamed", "no uuid").uuid == guest_of(section("fw.xml"), "fw", "no uuid").uuid);
}

TEST_CASE("a guest without a template is as its definition says") {
    const auto plain = guest_of(section(""));
    CHECK(plain.name == "fw");
    CHECK(plain.uuid.empty());
    CHECK(definition_place(plain) == "/etc/libvirt/qemu/fw.xml");
}

TEST_CASE("problems of a section") {
    CHECK(problems_of(section("fw.xml", "bridge:br0 ethernet", uuid)).empty());
    CHECK(problems_of(section("fw.xml", "br0", "6b5e")) ==
          std::vector<std::string>{"uuid: '6b5e' is no uuid",
                                   "networks: 'br0' is no network: bridge:NAME, network:NAME, direct:ADAPTER and ethernet are"});
    CHECK(problems_of(section("", "ethernet")) ==
          std::vector<std::string>{"networks: 'networks' means something with a `template` only: the guest's definition says it"});
}

TEST_CASE("a template stands in the env file, beside it, or elsewhere") {
    TestWorld world;
    world.files.content["/etc/svcmgr/fw.xml"] = with_interfaces("");
    world.files.content["/srv/t.xml"] = with_interfaces("");
    for (const auto& [said, place] : {std::pair<std::string, std::string>{"fw.xml", "/etc/svcmgr/fw.xml"},
                                      {"/srv/t.xml", "/srv/t.xml"},
                                      {with_interfaces(""), "/etc/svcmgr/fw.env:5:1"}}) {
        const auto& the_said = said;
        CAPTURE(the_said);
        const auto guest = guest_of(section(said));
        const auto definition = definition_of(world.files, guest);
        REQUIRE(definition.has_value());
        CHECK(definition->path == place);
        CHECK(definition->domain.name == guest.name);
    }
    const auto missing = definition_of(world.files, guest_of(section("nowhere.xml")));
    REQUIRE_FALSE(missing.has_value());
    CHECK_FALSE(missing.error().absent());
    CHECK(missing.error().reason == "no such file");
}

TEST_CASE("what a start needs is missed before anything is changed, and what may come until then is not") {
    TestWorld world;
    auto guest =
        guest_of(section("<domain><os><kernel>/boot/k</kernel></os><devices><disk type='file'><source file='/srv/fw/a.img'/></disk>"
                         "<disk type='block'><source dev='/dev/vg/b'/></disk><disk type='file' device='cdrom'><source "
                         "file='/iso/x' startupPolicy='optional'/></disk><disk type='file' device='cdrom'/></devices></domain>"));
    const auto missing = [&](When when) {
        const auto problem = missing_file(world.files, guest, definition_of(world.files, guest).value(), when);
        return problem ? problem->message() : "";
    };
    const std::string begin = guest.name + " can't be started: ";
    CHECK(missing(When::later) == begin + "/boot/k: no such file");
    world.files.content["/boot/k"] = "";
    CHECK(missing(When::later) == begin + "/srv/fw/a.img: no such file");
    guest.mount_points = {"/srv/f"};
    CHECK(missing(When::later) == begin + "/srv/fw/a.img: no such file");
    guest.mount_points = {"/srv/fw"};
    CHECK(missing(When::later).empty());
    CHECK(missing(When::now) == begin + "/srv/fw/a.img: no such file");
    world.files.content["/srv/fw/a.img"] = "";
    CHECK(missing(When::now) == begin + "/dev/vg/b: no such file");
    world.files.content["/dev/vg/b"] = "";
    CHECK(missing(When::now).empty());
}

}  // namespace svcmgr::kvm
