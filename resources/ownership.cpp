#include "resources/ownership.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>

#include "drivers/numbers.h"
#include "drivers/signals.h"

namespace svcmgr {

namespace {

/// The number of a user or group, from the third field of what getent prints.
std::optional<std::uint32_t> id_of(World& world, const char* database, const std::string& name, Deadline deadline) {
    if (const auto id = parse_number<std::uint32_t>(name)) return id;
    const CommandResult said = world.processes.run({"getent", "--", database, name}, deadline);
    if (!said.ok()) return std::nullopt;
    const std::size_t second = said.out.find(':', said.out.find(':') + 1);
    if (second == std::string::npos) return std::nullopt;
    const std::string_view rest = std::string_view(said.out).substr(second + 1);
    return parse_number<std::uint32_t>(rest.substr(0, rest.find_first_of(":\n")));
}

/// "its owner is number 0, not oracle"; nothing when it is as it should be, or when nobody asks.
std::optional<std::string> id_difference(World& world, const char* database, const char* what, const std::string& name, std::uint32_t is,
                                         Deadline deadline) {
    if (name.empty()) return std::nullopt;
    const auto wanted = id_of(world, database, name, deadline);
    if (!wanted) return fmt::format("its {} can't be checked: nobody knows {}", what, name);
    if (*wanted == is) return std::nullopt;
    return fmt::format("its {} is number {}, not {}", what, is, name);
}

std::optional<std::string> mode_difference(const std::string& perm, std::uint32_t mode) {
    if (perm.empty()) return std::nullopt;
    const auto wanted = parse_number<std::uint32_t>(perm, 8);
    if (!wanted || *wanted > 07777) return fmt::format("`perm` is no octal number up to 7777: {}", perm);
    if (*wanted == mode) return std::nullopt;
    return fmt::format("its permissions are {:o}, not {:o}", mode, *wanted);
}

void run(Argv argv, Doing& doing) {
    const CommandResult result = doing.world.processes.run(argv, doing.deadline);
    if (result.ok()) return;
    const bool interrupted = doing.world.signals.pending() != 0;
    throw Error(interrupted        ? Error::Code::interrupted
                : result.timed_out ? Error::Code::timed_out
                                   : Error::Code::failed,
                result.describe(), fmt::format("{}", fmt::join(argv, " ")), "mend `user`, `group` or `perm` in its section");
}

}  // namespace

std::vector<std::string> ownership_differences(World& world, const Options& options, const FileFacts& facts, Deadline deadline) {
    std::vector<std::string> differences;
    for (auto& difference : {id_difference(world, "passwd", "owner", options.text("user"), facts.owner, deadline),
                             id_difference(world, "group", "group", options.text("group"), facts.group, deadline),
                             mode_difference(options.text("perm"), facts.mode)})
        if (difference) differences.push_back(*difference);
    return differences;
}

void set_ownership(const Options& options, const Path& path, Doing& doing) {
    if (const std::string user = options.text("user"); !user.empty()) run({"chown", "--", user, path}, doing);
    if (const std::string group = options.text("group"); !group.empty()) run({"chgrp", "--", group, path}, doing);
    if (const std::string perm = options.text("perm"); !perm.empty()) run({"chmod", "--", perm, path}, doing);
}

}  // namespace svcmgr
