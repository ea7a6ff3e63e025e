#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "drivers/error.h"
#include "tests/conformance/played_world.h"

namespace svcmgr::test {

/// An output of a real tool: "zone/clean-zone-list-cp.txt". Nothing, with a message, where the folder of samples is missing.
inline std::optional<std::string> sample(const std::string& name) {
    const std::filesystem::path folder = std::filesystem::path(SVCMGR_SOURCE_DIR) / "../shared/fixtures";
    if (!std::filesystem::exists(folder)) {
        MESSAGE("skipped: there is no " << folder.string());
        return std::nullopt;
    }
    std::ifstream file(folder / name);
    REQUIRE_MESSAGE(file, "there is no sample " << name);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

/// A driver on a node whose tools play a transcript; without anything in it that was not asked for, and nothing missing.
template <typename Driver>
struct Played {
    conformance::PlayedWorld played;
    Driver driver;

    template <typename... Arguments>
    explicit Played(const std::string& transcript, Arguments&&... arguments)
        : played(conformance::Transcript("transcript", "# Of a test.\n" + transcript)),
          driver(played.world(), std::forward<Arguments>(arguments)...) {}

    Deadline deadline() { return Deadline::in(played.clock(), std::chrono::seconds(10)); }
    GuestState look(const Guest& guest) { return driver.look({&guest, 1}, deadline()).front(); }
    std::string complaints() {
        std::string text;
        for (const auto& complaint : played.player().complaints()) text += complaint + '\n';
        return text;
    }
};

/// What a change failed with; fails the test when it did not.
template <typename Change>
Error error_of(Change change) {
    try {
        change();
    } catch (const Error& error) {
        return error;
    }
    FAIL("nothing was thrown");
    return {Error::Code::failed, ""};
}

}  // namespace svcmgr::test
