// What happens to outputs on their way: whatever reads them gives the same answers, or says that it does not know.

#include <functional>

#include "drivers/hypervisor/jail/jails.h"
#include "drivers/hypervisor/ldom/domains.h"
#include "drivers/hypervisor/vbox/machines.h"
#include "drivers/hypervisor/vz/containers.h"
#include "drivers/hypervisor/zone/zone_list.h"
#include "tests/unit/tools/support.h"

namespace svcmgr::tools {

using Value = GuestState::Value;

namespace {

struct Reader {
    const char* sample;
    GuestList (*read)(std::string_view);
};

constexpr Reader readers[] = {
    {"zone/clean-zone-list-cp.txt", zone::parse_zone_list}, {"zone/facter2-list-cp-sol10.txt", zone::parse_zone_list},
    {"ldom/ldm-list-p.txt", ldom::parse_domains},           {"vbox/glpi-sample1.txt", vbox::parse_machines},
    {"vbox/glpi-sample3.txt", vbox::parse_machines},        {"vz/vzlist-a-softlayer.txt", vz::parse_containers},
    {"jails/glpi-sample1.txt", jail::parse_jails},
};

/// Calls `check` with each sample, its reader, and what it makes of it.
void each_sample(const std::function<void(const std::string&, const Reader&, const GuestList&)>& check) {
    for (const Reader& reader : readers) {
        const auto text = test::sample(reader.sample);
        if (!text) return;
        CAPTURE(reader.sample);
        const GuestList whole = reader.read(*text);
        REQUIRE_FALSE(whole.guests().empty());
        check(*text, reader, whole);
    }
}

std::string with_line_ends(const std::string& text, const std::string& end) {
    std::string changed;
    for (const char letter : text) letter == '\n' ? changed += end : changed += letter;
    return changed;
}

}  // namespace

TEST_CASE("a real output with other ends of lines, with blanks behind them, and with blank lines says the same") {
    each_sample([](const std::string& text, const Reader& reader, const GuestList& whole) {
        for (const std::string end : {"\r\n", "  \n", "\t\r\n", "\n\n"}) {
            CAPTURE(end);
            const GuestList changed = reader.read(with_line_ends(text, end));
            CHECK(changed.problem() == whole.problem());
            REQUIRE(changed.guests().size() == whole.guests().size());
            for (const auto& [name, state] : whole.guests()) {
                CHECK(changed.state_of(name).value == state.value);
                CHECK(changed.state_of(name).reason == state.reason);
                CHECK(changed.state_of(name).vcpus == state.vcpus);
                CHECK(changed.state_of(name).memory_kib == state.memory_kib);
            }
        }
    });
}

TEST_CASE("a real output that is cut off anywhere makes no guest run that does not, and none stop that runs") {
    each_sample([](const std::string& text, const Reader& reader, const GuestList& whole) {
        // Each byte of a short one, some hundred places of a long one.
        const std::size_t step = text.size() < 4000 ? 1 : text.size() / 400;
        for (std::size_t length = 0; length < text.size(); length += step) {
            CAPTURE(length);
            const GuestList cut = reader.read(std::string_view(text).substr(0, length));
            for (const auto& [name, state] : whole.guests()) {
                const Value value = cut.state_of(name).value;
                const bool harmless = value == state.value || value == Value::unknown || value == Value::absent;
                const auto& the_name = name;
                CHECK_MESSAGE(harmless, the_name);
            }
        }
    });
}

TEST_CASE("a real output that comes twice makes each of its guests unknown") {
    each_sample([](const std::string& text, const Reader& reader, const GuestList& whole) {
        const GuestList twice = reader.read(text + "\n" + text);
        for (const auto& [name, state] : whole.guests()) {
            const auto& the_name = name;
            CAPTURE(the_name);
            CHECK(twice.state_of(name).value == Value::unknown);
        }
    });
}

TEST_CASE("an answer in another language, an empty one and a million lines of something else are refused with a line") {
    std::string million;
    for (int line = 0; line < 1'000'000; ++line) million += "y\n";
    for (const Reader& reader : readers) {
        CAPTURE(reader.sample);
        for (const std::string& text : {std::string("Fehler: Zugriff verweigert\n"), std::string("エラー\n"), million}) {
            const GuestList list = reader.read(text);
            CHECK(list.state_of("vm1").value == Value::unknown);
            CHECK(list.problem().find("line 1 is not understood") == 0);
            CHECK(list.guests().empty());
        }
    }
    // Nothing at all: some tools say so that there is no guest, and some begin with a heading always.
    for (const Reader& reader : readers) CHECK(reader.read("").guests().empty());
}

}  // namespace svcmgr::tools
