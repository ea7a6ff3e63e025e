#include "resources/launch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "drivers/files/files.h"
#include "drivers/numbers.h"
#include "drivers/secret_names.h"
#include "drivers/signals.h"

namespace svcmgr {

namespace {

std::vector<std::string> fields_of(std::string_view line, char separator) {
    std::vector<std::string> fields(1);
    for (const char c : line) {
        if (c == '\n') break;
        if (c == separator)
            fields.emplace_back();
        else
            fields.back() += c;
    }
    return fields;
}

/// What getent prints of one entry, split at its colons.
tl::expected<std::vector<std::string>, std::string> entry(World& world, const char* database, const std::string& name, Deadline deadline) {
    const CommandResult result = world.processes.run({"getent", "--", database, name}, deadline);
    if (result.exit_code == 2)
        return tl::unexpected(fmt::format("there is no {} {}", std::string(database) == "passwd" ? "user" : database, name));
    if (!result.ok()) return tl::unexpected(fmt::format("getent {} {}: {}", database, name, result.describe()));
    return fields_of(result.out, ':');
}

/// A full disk must not keep a program from being run.
std::string cant_keep(const Error& error) {
    return fmt::format("its output can't be kept: {}", error.what());
}

std::string last_line(std::string_view text) {
    text = trimmed(text);
    const std::size_t end = text.find_last_of("\r\n");
    return std::string(end == std::string_view::npos ? text : text.substr(end + 1));
}

}  // namespace

bool asks_for_shell(std::string_view command) {
    char quote = 0;
    for (std::size_t i = 0; i < command.size(); ++i) {
        const char c = command[i];
        if (c == '\\' && quote != '\'') {
            ++i;
        } else if (quote != 0) {
            if (c == quote) quote = 0;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == '|' || c == ';' || command.substr(i).starts_with("&&")) {
            return true;
        }
    }
    return false;
}

Argv argv_of(std::string_view command) {
    if (asks_for_shell(command)) return {"/bin/sh", "-c", std::string(command)};
    return split_command(command).value_or(Argv{});
}

tl::expected<Account, std::string> find_account(World& world, const std::string& user, const std::string& group, Deadline deadline) {
    const auto said = entry(world, "passwd", user, deadline);
    if (!said) return tl::unexpected(said.error());
    constexpr std::size_t home = 5;  // name:password:user:group:comment:home:shell
    const auto user_id = said->size() > home ? parse_number<std::uint32_t>((*said)[2]) : std::nullopt;
    const auto group_id = said->size() > home ? parse_number<std::uint32_t>((*said)[3]) : std::nullopt;
    if (!user_id || !group_id) return tl::unexpected(fmt::format("what getent says of the user {} can't be understood", user));

    Account account;
    account.run_as = {*user_id, *group_id, {}};
    account.environment = {"HOME=" + (*said)[home], "USER=" + said->front(), "LOGNAME=" + said->front()};
    const CommandResult groups = world.processes.run({"id", "-G", "--", said->front()}, deadline);
    if (!groups.ok()) return tl::unexpected(fmt::format("id -G {}: {}", said->front(), groups.describe()));
    for (const std::string& word : split_words(groups.out))
        if (const auto id = parse_number<std::uint32_t>(word)) account.run_as.groups.push_back(*id);

    if (!group.empty()) {
        const auto named = entry(world, "group", group, deadline);
        if (!named) return tl::unexpected(named.error());
        const auto id = named->size() > 2 ? parse_number<std::uint32_t>((*named)[2]) : std::nullopt;
        if (!id) return tl::unexpected(fmt::format("what getent says of the group {} can't be understood", group));
        account.run_as.group = *id;
    }
    return account;
}

CommandResult launch(const Launch& what, Doing& doing) {
    Files& files = doing.world.files;
    Surroundings surroundings = what.surroundings;
    try {
        if (!what.output.empty()) files.make_directories(what.output.substr(0, what.output.rfind('/')), 0755);
        if (!what.output.empty() && what.leaves == Launch::Leaves::processes) {
            files.replace(what.output, "", 0600);
            surroundings.output = what.output;
        }
    } catch (const Error& error) {
        doing.note(LogLine::Level::warn, cant_keep(error));
    }
    CommandResult result = doing.world.processes.run_in(surroundings, what.argv, doing.deadline);
    if (what.output.empty() || !result.not_started.empty()) return result;
    if (!surroundings.output.empty()) {
        const auto written = files.read(what.output);
        if (written) result.err = last_line(*written);
        return result;
    }
    try {
        files.replace(what.output, result.out + result.err, 0600);
    } catch (const Error& error) {
        doing.note(LogLine::Level::warn, cant_keep(error));
    }
    return result;
}

Error failure_of(const CommandResult& result, const Launch& what, const Doing& doing) {
    const std::string where = without_secrets(what.argv);
    const std::string why = without_secrets("", "", result.describe());
    const std::string hint = result.not_started.empty() && !what.output.empty() ? "its output is in " + what.output : std::string();
    if (doing.world.signals.pending() != 0) return {Error::Code::interrupted, why, where, hint};
    return {result.timed_out ? Error::Code::timed_out : Error::Code::failed, why, where, hint};
}

CommandResult launch_or_throw(const Launch& what, Doing& doing) {
    CommandResult result = launch(what, doing);
    if (!result.ok()) throw failure_of(result, what, doing);
    return result;
}

Path output_file(const Path& logs, const std::string& service, const Rid& rid, std::string_view verb) {
    std::string name = fmt::format("{}.{}.{}", service, rid.text(), verb);
    std::ranges::replace_if(
        name, [](unsigned char c) { return !std::isalnum(c) && c != '.' && c != '-' && c != '#'; }, '_');
    return fmt::format("{}/{}.log", logs, name);
}

}  // namespace svcmgr
