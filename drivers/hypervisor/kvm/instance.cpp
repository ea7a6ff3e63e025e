#include "drivers/hypervisor/kvm/instance.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <sstream>

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/string_generator.hpp>
#include <pugixml.hpp>

#include "drivers/hypervisor/kvm/domain_xml.h"

namespace svcmgr::kvm {

namespace {

constexpr std::size_t device_digits = 8;

/// The words of libvirt for a kind of network, and its attribute of <source> that names it.
struct Words {
    const char* type;
    const char* attribute;
};
Words words_of(KvmNetwork::Kind kind) {
    switch (kind) {
        case KvmNetwork::Kind::bridge: return {"bridge", "bridge"};
        case KvmNetwork::Kind::network: return {"network", "network"};
        case KvmNetwork::Kind::direct: return {"direct", "dev"};
        case KvmNetwork::Kind::ethernet: break;
    }
    return {"ethernet", nullptr};
}

void set_attribute(pugi::xml_node node, const char* name, const std::string& value) {
    auto attribute = node.attribute(name);
    if (!attribute) attribute = node.append_attribute(name);
    attribute.set_value(value.c_str());
}

pugi::xml_node child_of(pugi::xml_node parent, const char* name) {
    const auto found = parent.child(name);
    return found ? found : parent.append_child(name);
}

void set_text(pugi::xml_node domain, const char* name, const std::string& text) {
    while (domain.remove_child(name)) {
    }
    domain.prepend_child(name).text().set(text.c_str());
}

/// What it was connected to before goes away: a <source> of another type, a <backend> of what libvirt was to make.
void connect(pugi::xml_node interface, const KvmNetwork& network) {
    const Words words = words_of(network.kind);
    set_attribute(interface, "type", words.type);
    while (interface.remove_child("source")) {
    }
    if (words.attribute == nullptr) return;
    auto source = interface.prepend_child("source");
    set_attribute(source, words.attribute, network.source);
    if (network.kind == KvmNetwork::Kind::direct) set_attribute(source, "mode", "bridge");
}

bool has_device_on_node(const pugi::xml_node& interface) {
    constexpr std::array<std::string_view, 4> types = {"bridge", "network", "direct", "ethernet"};
    return std::ranges::find(types, interface.attribute("type").value()) != types.end();
}

void fill_in(pugi::xml_node interface, const std::string& uuid, unsigned number) {
    const auto mac = child_of(interface, "mac");
    if (!mac.attribute("address")) set_attribute(mac, "address", mac_address(uuid, number));
    if (has_device_on_node(interface)) set_attribute(child_of(interface, "target"), "dev", node_device(uuid, number));
}

std::string text_of(const pugi::xml_document& document) {
    std::ostringstream text;
    document.document_element().print(text, "  ");
    return text.str();
}

}  // namespace

tl::expected<std::string, std::string> make_domain(std::string_view domain_template, const Instance& instance) {
    if (const auto problem = why_no_domain(domain_template); !problem.empty()) return tl::unexpected(problem);
    pugi::xml_document document;
    document.load_buffer(domain_template.data(), domain_template.size());
    auto domain = document.document_element();
    domain.remove_attribute("id");
    set_text(domain, "uuid", instance.uuid);
    set_text(domain, "name", instance.name);

    auto devices = child_of(domain, "devices");
    const auto there = devices.children("interface");
    const auto count = static_cast<std::size_t>(std::distance(there.begin(), there.end()));
    if (!instance.networks.empty() && count > instance.networks.size())
        return tl::unexpected(
            fmt::format("it has {} interfaces, and `networks` of its section names {} networks", count, instance.networks.size()));
    for (auto missing = count; missing < instance.networks.size(); ++missing)
        set_attribute(devices.append_child("interface").append_child("model"), "type", "virtio");
    unsigned number = 0;
    for (auto interface : devices.children("interface")) {
        if (number < instance.networks.size()) connect(interface, instance.networks[number]);
        fill_in(interface, instance.uuid, number++);
    }
    return text_of(document);
}

std::string mac_address(std::string_view uuid, unsigned number) {
    const auto space = boost::uuids::string_generator()(uuid.begin(), uuid.end());
    const auto bytes = boost::uuids::name_generator_sha1(space)(fmt::format("mac/{}", number));
    return fmt::format("52:54:00:{:02x}:{:02x}:{:02x}", bytes.data[0], bytes.data[1], bytes.data[2]);
}

std::string node_device(std::string_view uuid, unsigned number) {
    return fmt::format("tap{}-{}", uuid.substr(0, device_digits), number);
}

}  // namespace svcmgr::kvm
