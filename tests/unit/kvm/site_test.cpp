// If these fail, a guest of the disaster recovery site takes itself for the production's, or the other way round.

#include "drivers/hypervisor/kvm/site.h"

#include <doctest/doctest.h>

namespace svcmgr::kvm {

namespace {

constexpr auto plain = "<domain type='kvm'>\n<name>vm188</name> <os><type>hvm</type></os>\n</domain>\n";
const std::string entry = "<entry>" + std::string(drp_string) + "</entry>";

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

}  // namespace

TEST_CASE("at the disaster recovery site a domain gets the string, once, and SMBIOS of its own") {
    const auto told = told_site(plain, Site::disaster_recovery);
    CHECK(count(told, entry) == 1);
    CHECK(count(told, "<sysinfo type=\"smbios\">") == 1);
    CHECK(count(told, "<smbios mode=\"sysinfo\"") == 1);
    CHECK(count(told, "<type>hvm</type>") == 1);
    CHECK(told_site(told, Site::disaster_recovery) == told);
}

TEST_CASE("elsewhere it loses it, and everything that was made for it") {
    const auto back = told_site(told_site(plain, Site::disaster_recovery), Site::production);
    CHECK(count(back, "sysinfo") == 0);
    CHECK(count(back, "smbios") == 0);
    CHECK(count(back, "<type>hvm</type>") == 1);
}

TEST_CASE("a definition that is as it has to be stays byte for byte") {
    CHECK(told_site(plain, Site::production) == plain);
    for (const char* text : {"", "<domain", "<network/>", "<domain><os><smbios mode='host'/></os></domain>"})
        CHECK(told_site(text, Site::disaster_recovery) == text);
}

TEST_CASE("what else SMBIOS says is kept") {
    const std::string said =
        "<domain><os><smbios mode='sysinfo'/></os><sysinfo type='fwcfg'/><sysinfo type='smbios'><system><entry "
        "name='serial'>17</entry></system><oemStrings><entry>mine</entry></oemStrings></sysinfo></domain>";
    const auto told = told_site(said, Site::disaster_recovery);
    CHECK(count(told, "<sysinfo") == 2);
    CHECK(count(told, "<oemStrings>") == 1);
    CHECK(count(told, "<entry>mine</entry>") == 1);
    CHECK(count(told, entry) == 1);
    const auto back = told_site(told, Site::production);
    CHECK(count(back, "<entry>mine</entry>") == 1);
    CHECK(count(back, "name=\"serial\"") == 1);
    CHECK(count(back, "mode=\"sysinfo\"") == 1);
    CHECK(count(back, entry) == 0);
}

}  // namespace svcmgr::kvm
