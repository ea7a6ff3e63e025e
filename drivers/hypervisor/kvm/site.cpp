#include "drivers/hypervisor/kvm/site.h"

#include <sstream>

#include <pugixml.hpp>

namespace svcmgr::kvm {

namespace {

pugi::xml_node child_of(pugi::xml_node parent, const char* name) {
    const auto found = parent.child(name);
    return found ? found : parent.append_child(name);
}

pugi::xml_node find_string(const pugi::xml_node& strings) {
    return strings.find_child([](const pugi::xml_node& entry) { return entry.text().get() == drp_string; });
}

void add_string(pugi::xml_node domain, pugi::xml_node sysinfo) {
    if (!sysinfo) {
        sysinfo = domain.append_child("sysinfo");
        sysinfo.append_attribute("type").set_value("smbios");
    }
    child_of(sysinfo, "oemStrings").append_child("entry").text().set(std::string(drp_string).c_str());
    auto mode = child_of(child_of(domain, "os"), "smbios");
    mode.remove_attribute("mode");
    mode.append_attribute("mode").set_value("sysinfo");
}

/// What is empty without it was made for it.
void remove_string(pugi::xml_node domain, pugi::xml_node sysinfo) {
    auto strings = sysinfo.child("oemStrings");
    strings.remove_child(find_string(strings));
    if (strings.first_child()) return;
    sysinfo.remove_child(strings);
    if (sysinfo.first_child()) return;
    domain.remove_child(sysinfo);
    domain.child("os").remove_child("smbios");
}

}  // namespace

std::string told_site(std::string_view xml, Site site) {
    pugi::xml_document document;
    const bool is_xml = static_cast<bool>(document.load_buffer(xml.data(), xml.size()));
    auto domain = document.child("domain");
    const auto sysinfo = domain.find_child_by_attribute("sysinfo", "type", "smbios");
    const bool has_string = static_cast<bool>(find_string(sysinfo.child("oemStrings")));
    const bool is_host = std::string_view(domain.child("os").child("smbios").attribute("mode").value()) == "host";
    if (!is_xml || !domain || is_host || has_string == (site == Site::disaster_recovery)) return std::string(xml);
    if (has_string)
        remove_string(domain, sysinfo);
    else
        add_string(domain, sysinfo);
    std::ostringstream text;
    document.print(text, "  ");
    return text.str();
}

}  // namespace svcmgr::kvm
