// Looking, also where the hypervisor does not answer, and what is inside.

#include <doctest/doctest.h>

#include <algorithm>

#include "drivers/error.h"
#include "drivers/network/address.h"
#include "tests/conformance/kit.h"

namespace svcmgr::conformance {

using Value = GuestState::Value;

TEST_CASE("capabilities") {
    on_stand([](Stand& stand) {
        const auto capabilities = stand.driver().capabilities(patience(stand));
        CHECK(capabilities.problem.empty());
        CHECK(capabilities.has(Capability::start));
    });
}

TEST_CASE("look at a paused guest") {
    on_stand([](Stand& stand) {
        const auto guest = stand.make(GuestKind::ordinary);
        start(stand, guest);
        stand.pause(guest);
        const auto state = look(stand, guest);
        CHECK(state.value == Value::paused);
        CHECK(state.exists_here());
        CHECK_FALSE(state.reason.empty());
    });
}

TEST_CASE("look with the hypervisor dead") {
    on_stand([](Stand& stand) {
        const auto up = stand.make(GuestKind::ordinary);
        const auto down = stand.make(GuestKind::ordinary);
        start(stand, up);
        stand.stop_daemon();
        for (const auto& guest : {up, down, stand.nobody()}) {
            CAPTURE(guest.name);
            const auto state = look(stand, guest);
            CHECK_FALSE(state.reason.empty());
            CHECK(state.value == (guest.name == up.name && stand.finds_guests_without_daemon() ? Value::running : Value::unknown));
            CHECK(state.warnings.empty() == (state.value == Value::unknown));
        }
        CHECK_FALSE(stand.driver().capabilities(patience(stand)).problem.empty());
        CHECK_FALSE(stand.driver().disks(up, patience(stand)).problem.empty());
        stand.start_daemon();
        CHECK(is(stand, up, Value::running));
        CHECK(look(stand, up).warnings.empty());
        CHECK(is(stand, down, Value::stopped));
    });
}

TEST_CASE("look with the hypervisor hung") {
    on_stand([](Stand& stand) {
        const auto up = stand.make(GuestKind::ordinary);
        const auto down = stand.make(GuestKind::ordinary);
        start(stand, up);
        stand.freeze_daemon();
        const std::vector<Guest> guests = {up, down};
        const auto soon = [&stand] { return Deadline::in(stand.world().clock, std::chrono::milliseconds(300)); };
        // With a connection from before, and with one that is to be opened now.
        for (int look = 1; look <= 2; ++look) {
            CAPTURE(look);
            const auto states = stand.driver().look(guests, soon());
            CHECK(states.size() == 2);
            for (const GuestState& state : states) {
                CHECK(state.value == Value::unknown);
                CHECK_FALSE(state.reason.empty());
            }
        }
        CHECK_FALSE(stand.driver().disks(up, soon()).problem.empty());
        stand.thaw_daemon();
        const auto after = look(stand, up);
        CAPTURE(after.reason);
        CHECK(after.value == Value::running);
        CHECK(is(stand, down, Value::stopped));
    });
}

TEST_CASE("look while one guest's process hangs") {
    on_stand([](Stand& stand) {
        const auto hung = stand.make(GuestKind::ordinary);
        const auto other = stand.make(GuestKind::ordinary);
        start(stand, hung);
        start(stand, other);
        stand.freeze_process(hung);
        CHECK(is(stand, other, Value::running));
        CHECK(look(stand, hung).exists_here());
        if (stand.promises().disks) CHECK(stand.driver().disks(hung, patience(stand)).disks.size() == 1);
    });
}

TEST_CASE("autostart") {
    on_stand([](Stand& stand) {
        const auto automatic = stand.make(GuestKind::ordinary);
        const auto other = stand.make(GuestKind::ordinary);
        stand.set_autostart(automatic);
        const auto state = look(stand, automatic);
        CHECK(state.value == Value::stopped);
        REQUIRE(state.warnings.size() == 1);
        CHECK(state.warnings.front().find("autostart") != std::string::npos);
        CHECK(look(stand, other).warnings.empty());
    });
}

TEST_CASE("1000 guests in one look") {
    on_stand([](Stand& stand) {
        auto guests = stand.make_many(1000);
        const auto up = stand.make(GuestKind::ordinary);
        start(stand, up);
        guests.push_back(up);
        guests.push_back(stand.nobody());
        const auto states = stand.driver().look(guests, patience(stand));
        REQUIRE(states.size() == guests.size());
        std::map<Value, int> count;
        for (const GuestState& state : states) ++count[state.value];
        CHECK(count == std::map<Value, int>{{Value::running, 1}, {Value::stopped, 1000}, {Value::absent, 1}});
    });
}

TEST_CASE("run inside") {
    on_stand([](Stand& stand) {
        const auto guest = stand.make(GuestKind::ordinary);
        start(stand, guest);
        stand.wait_ready(guest);
        const auto words = stand.driver().run_inside(guest, {"printf", "%s|", "two words", "$HOME", "it's", "*"}, patience(stand));
        CHECK(words.ok());
        CHECK(words.result.out == "two words|$HOME|it's|*|");
        const auto code = stand.driver().run_inside(guest, {"sh", "-c", "echo why >&2; exit 3"}, patience(stand));
        CHECK(code.value == SshOutcome::Value::ran);
        CHECK(code.result.exit_code == 3);
        CHECK(code.result.err == "why\n");
        const auto silence = stand.driver().run_inside(guest, {"sleep", "60"}, Deadline::in(stand.world().clock, std::chrono::seconds(2)));
        CHECK_FALSE(silence.ok());
        stand.driver().stop(guest, StopMode::force, patience(stand));
        const auto gone = stand.driver().run_inside(guest, {"true"}, Deadline::in(stand.world().clock, std::chrono::seconds(2)));
        CHECK_FALSE(gone.ok());
        CHECK_FALSE(gone.describe().empty());
    });
}

TEST_CASE("sizes") {
    on_stand([](Stand& stand) {
        const auto guest = stand.make(GuestKind::ordinary);
        CHECK(is(stand, guest, Value::stopped));
        start(stand, guest);
        const auto state = look(stand, guest);
        CHECK(state.vcpus == 1);
        CHECK(state.memory_kib >= 64 * 1024);
        CHECK(state.memory_kib <= 8 * 1024 * 1024);
    });
}

TEST_CASE("addresses") {
    on_stand([](Stand& stand) {
        const auto guest = stand.make(GuestKind::ordinary);
        CHECK(look(stand, guest).addresses.empty());
        start(stand, guest);
        stand.wait_ready(guest);
        CHECK(eventually(stand, [&] { return !look(stand, guest).addresses.empty(); }));
        for (const auto& address : look(stand, guest).addresses) CHECK(address_bytes(address).has_value());
    });
}

TEST_CASE("definition files") {
    on_stand([](Stand& stand) {
        const auto guest = stand.make(GuestKind::ordinary);
        const auto files = stand.driver().definition(guest);
        const auto places = stand.driver().definition_places(guest);
        CHECK_FALSE(files.empty());
        for (const Path& file : files) {
            CAPTURE(file);
            CHECK(stand.world().files.facts(file).has_value());
            CHECK(std::ranges::find(places, file) != places.end());
        }
    });
}

TEST_CASE("disks") {
    on_stand([](Stand& stand) {
        if (!stand.promises().disks) throw NotApplicable{"its guests have no disks: volumes are directories of the node"};
        const auto guest = stand.make(GuestKind::ordinary);
        const auto check = [&] {
            const auto found = stand.driver().disks(guest, patience(stand));
            CHECK(found.problem.empty());
            REQUIRE(found.disks.size() == 1);
            const auto& disk = found.disks.front();
            CHECK(disk.kind == stand.promises().disk_kind);
            CHECK(disk.source.starts_with('/'));
            CHECK(disk.device == "disk");
            CHECK_FALSE(disk.readonly);
            if (!stand.promises().disk_details) return;
            CHECK_FALSE(disk.target.empty());
            CHECK_FALSE(disk.bus.empty());
            CHECK_FALSE(disk.serial.empty());
            CHECK(disk.size == Stand::disk_size);
        };
        check();
        start(stand, guest);
        check();
    });
}

}  // namespace svcmgr::conformance
