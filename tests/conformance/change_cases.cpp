// Starting and stopping.

#include <doctest/doctest.h>

#include <filesystem>
#include <future>

#include "drivers/error.h"
#include "tests/conformance/kit.h"

namespace svcmgr::conformance {

using Value = GuestState::Value;

namespace {

std::ptrdiff_t threads_of_this_process() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
}

}  // namespace

TEST_CASE("start") {
    on_stand([](Stand& stand) {
        const auto guest = stand.make(GuestKind::ordinary);
        CHECK(is(stand, guest, Value::stopped));
        stand.driver().start(guest, patience(stand));
        const auto state = look(stand, guest);
        CHECK(state.value == Value::running);
        CHECK(state.warnings.empty());
    });
}

TEST_CASE("double start") {
    on_stand([](Stand& stand) {
        const auto guest = stand.make(GuestKind::ordinary);
        start(stand, guest);
        CHECK_THROWS_AS(stand.driver().start(guest, patience(stand)), Error);
        CHECK(is(stand, guest, Value::running));
    });
}

TEST_CASE("start that fails") {
    on_stand([](Stand& stand) {
        const auto guest = stand.make(GuestKind::ordinary);
        stand.remove_disk(guest);
        try {
            stand.driver().start(guest, patience(stand));
            FAIL("it started");
        } catch (const Error& error) {
            CHECK(error.code() == Error::Code::failed);
            CHECK(error.message().find(guest.name) != std::string::npos);  // the hypervisor's words name its disk
            CHECK_FALSE(error.hint().empty());
        }
        CHECK(is(stand, guest, Value::stopped));
    });
}

TEST_CASE("graceful stop") {
    on_stand([](Stand& stand) {
        const auto guest = stand.make(GuestKind::ordinary);
        start(stand, guest);
        stand.wait_ready(guest);
        stand.driver().stop(guest, StopMode::ask, patience(stand));
        CHECK(eventually(stand, [&] { return is(stand, guest, Value::stopped); }));
    });
}

TEST_CASE("stop of a deaf guest") {
    on_stand([](Stand& stand) {
        const auto guest = stand.make(GuestKind::deaf);
        start(stand, guest);
        stand.wait_ready(guest);
        stand.driver().stop(guest, StopMode::ask, patience(stand));
        // It had the time to do something else after it was asked, and is still there.
        CHECK(stand.driver().run_inside(guest, {"true"}, patience(stand)).ok());
        CHECK(is(stand, guest, Value::running));
        stand.driver().stop(guest, StopMode::force, patience(stand));
        CHECK(is(stand, guest, Value::stopped));
    });
}

TEST_CASE("forced stop") {
    on_stand([](Stand& stand) {
        const auto guest = stand.make(GuestKind::ordinary);
        start(stand, guest);
        stand.driver().stop(guest, StopMode::force, patience(stand));
        CHECK(is(stand, guest, Value::stopped));
        start(stand, guest);
    });
}

TEST_CASE("stop of a stopped guest") {
    on_stand([](Stand& stand) {
        const auto guest = stand.make(GuestKind::ordinary);
        CHECK_NOTHROW(stand.driver().stop(guest, StopMode::ask, patience(stand)));
        CHECK_NOTHROW(stand.driver().stop(guest, StopMode::force, patience(stand)));
        CHECK(is(stand, guest, Value::stopped));
    });
}

TEST_CASE("stop of a paused guest") {
    on_stand([](Stand& stand) {
        const auto guest = stand.make(GuestKind::ordinary);
        start(stand, guest);
        stand.pause(guest);
        stand.driver().stop(guest, StopMode::force, patience(stand));
        CHECK(is(stand, guest, Value::stopped));
    });
}

TEST_CASE("change with the hypervisor dead") {
    on_stand([](Stand& stand) {
        const auto guest = stand.make(GuestKind::ordinary);
        stand.stop_daemon();
        try {
            stand.driver().start(guest, patience(stand));
            FAIL("it started");
        } catch (const Error& error) {
            CHECK(error.code() == Error::Code::unreachable);
            CHECK_FALSE(error.hint().empty());
        }
        CHECK_THROWS_AS(stand.driver().stop(guest, StopMode::force, patience(stand)), Error);
        stand.start_daemon();
        start(stand, guest);
    });
}

TEST_CASE("change with the hypervisor hung") {
    on_stand([](Stand& stand) {
        const auto guest = stand.make(GuestKind::ordinary);
        stand.freeze_daemon();
        const auto soon = Deadline::in(stand.world().clock, std::chrono::milliseconds(300));
        try {
            stand.driver().start(guest, soon);
            FAIL("it started");
        } catch (const Error& error) {
            CHECK(error.code() == Error::Code::timed_out);
            CHECK_FALSE(error.hint().empty());
        }
        stand.thaw_daemon();
        CHECK(is(stand, guest, Value::stopped));
        start(stand, guest);
    });
}

TEST_CASE("hypervisor restarted between calls") {
    on_stand([](Stand& stand) {
        const auto guest = stand.make(GuestKind::ordinary);
        const auto restart = [&stand] {
            stand.stop_daemon();
            stand.start_daemon();
        };
        start(stand, guest);
        restart();
        CHECK(is(stand, guest, Value::running));
        restart();
        CHECK_NOTHROW(stand.driver().stop(guest, StopMode::force, patience(stand)));
        restart();
        start(stand, guest);
    });
}

TEST_CASE("hypervisor restarted during a change") {
    on_stand([](Stand& stand) {
        const auto guest = stand.make(GuestKind::ordinary);
        stand.driver().stop(guest, StopMode::force, patience(stand));  // it is connected
        stand.freeze_daemon();
        const auto threads = threads_of_this_process();
        auto starting = std::async(std::launch::async, [&] { stand.driver().start(guest, patience(stand)); });
        CHECK(eventually(stand, [&] { return threads_of_this_process() >= threads + stand.threads_of_a_change(); }));
        stand.kill_daemon();
        stand.start_daemon();
        CHECK_NOTHROW(starting.get());
        CHECK(is(stand, guest, Value::running));
    });
}

TEST_CASE("unknown guest") {
    on_stand([](Stand& stand) {
        const auto nobody = stand.nobody();
        const auto state = look(stand, nobody);
        CHECK(state.value == Value::absent);
        try {
            stand.driver().start(nobody, patience(stand));
            FAIL("it started");
        } catch (const Error& error) {
            CHECK_FALSE(error.where().empty());
            CHECK_FALSE(error.hint().empty());
        }
        const auto disks = stand.driver().disks(nobody, patience(stand));
        CHECK(disks.disks.empty());
        CHECK_FALSE(disks.problem.empty());
        CHECK(stand.driver().definition(nobody).empty());
    });
}

TEST_CASE("definition moved to another node") {
    on_stand([](Stand& stand) {
        const auto guest = stand.make(GuestKind::ordinary);
        CHECK_FALSE(stand.driver().definition(guest).empty());
        stand.move_definition_to_new_node(guest);
        REQUIRE(is(stand, guest, Value::absent));
        // Disks are reserved before the guest is started, and so before the hypervisor knows it.
        CHECK(stand.driver().disks(guest, patience(stand)).disks.size() == 1);
        start(stand, guest);
    });
}

TEST_CASE("told of the disaster recovery site") {
    on_stand([](Stand& stand) {
        auto guest = stand.make(GuestKind::ordinary);
        guest.at_drp_site = true;
        const auto flag = stand.driver().drp_flag(guest);
        if (flag) {
            CHECK(flag->starts_with('/'));
            // Whoever starts the guest makes it; the guest has it in its own files.
            stand.world().files.replace(*flag, "", 0644);
        }
        start(stand, guest);
        if (stand.told_of_site().empty()) return;
        stand.wait_ready(guest);
        CHECK(stand.driver().run_inside(guest, {"sh", "-c", stand.told_of_site()}, patience(stand)).ok());
    });
}

TEST_CASE("definition replaced") {
    on_stand([](Stand& stand) {
        const auto guest = stand.make(GuestKind::ordinary);
        start(stand, guest);
        stand.driver().stop(guest, StopMode::force, patience(stand));
        stand.replicate_second_vcpu(guest);
        start(stand, guest);
        // A guest of Xen brings its processors up itself.
        CHECK(eventually(stand, [&] { return look(stand, guest).vcpus == 2; }));
    });
}

TEST_CASE("definition refused") {
    on_stand([](Stand& stand) {
        const auto refused = [&stand](const Guest& guest, const Path& file) {
            try {
                stand.driver().start(guest, patience(stand));
                FAIL("it started");
            } catch (const Error& error) {
                CHECK(error.where() == file);
                CHECK_FALSE(error.message().empty());
                CHECK_FALSE(error.hint().empty());
            }
            CHECK(is(stand, guest, Value::stopped));
        };
        const auto guest = stand.make(GuestKind::ordinary);
        refused(guest, stand.replicate_wrong_guest(guest));
        refused(guest, stand.replicate_nonsense(guest));
    });
}

}  // namespace svcmgr::conformance
