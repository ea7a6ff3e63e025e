#include "resources/nfs_share.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "drivers/files/files.h"
#include "resources/launch.h"
#include "resources/mounts.h"

namespace svcmgr {

namespace {

constexpr const char* etab = "/var/lib/nfs/etab";
constexpr Duration patience = std::chrono::minutes(1);

/// "client(a,b)".
NfsExport parse_client(const Path& path, std::string_view word) {
    const std::size_t open = word.find('(');
    NfsExport one{path, std::string(word.substr(0, open)), {}};
    if (open == std::string_view::npos) return one;
    std::string_view options = word.substr(open + 1);
    one.options = split_filled(options.substr(0, options.find(')')), ',');
    return one;
}

const NfsExport* find(const std::vector<NfsExport>& exports, const NfsExport& wanted) {
    const auto found = std::ranges::find_if(
        exports, [&](const NfsExport& one) { return one.client == wanted.client && plain_path(one.path) == plain_path(wanted.path); });
    return found == exports.end() ? nullptr : &*found;
}

std::string place_of(const NfsExport& one) {
    return fmt::format("{}:{}", one.client, one.path);
}

}  // namespace

std::vector<NfsExport> parse_share_options(const Path& path, std::string_view opts) {
    std::vector<NfsExport> wanted;
    for (const std::string& word : split_words(opts)) wanted.push_back(parse_client(path, word));
    return wanted;
}

std::vector<NfsExport> parse_etab(std::string_view text) {
    std::vector<NfsExport> exports;
    for (const std::string& line : split_filled(text, '\n')) {
        const std::size_t tab = line.find('\t');
        if (tab == std::string::npos || line.front() != '/') continue;
        exports.push_back(parse_client(unescape_octal(std::string_view(line).substr(0, tab)), std::string_view(line).substr(tab + 1)));
    }
    return exports;
}

NfsShare::NfsShare(Rid rid, Options options)
    : Resource(std::move(rid), Group::share, "share.nfs", options),
      path_(plain_path(options.text("path"))),
      wanted_(parse_share_options(path_, options.text("opts"))) {}

ResourceObservation NfsShare::look(Looking& looking) const {
    ResourceObservation seen;
    const auto text = looking.world().files.read(etab);
    if (!text && !text.error().absent()) {
        seen.say(LogLine::Level::warn, fmt::format("{}: {}", etab, text.error().reason));
        return seen;
    }
    const std::vector<NfsExport> exports = text ? parse_etab(*text) : std::vector<NfsExport>();
    std::vector<std::string> problems;
    std::size_t there = 0;
    for (const NfsExport& wanted : wanted_) {
        const NfsExport* one = find(exports, wanted);
        if (one == nullptr) {
            problems.push_back(fmt::format("not exported to {}", wanted.client));
            continue;
        }
        ++there;
        for (const std::string& option : wanted.options)
            if (std::ranges::find(one->options, option) == one->options.end())
                problems.push_back(fmt::format("exported to {} without {}", wanted.client, option));
    }
    seen.status = there == 0 ? Status::down : problems.empty() ? Status::up : Status::warn;
    if (seen.status == Status::warn)
        for (const std::string& problem : problems) seen.say(LogLine::Level::warn, problem);
    return seen;
}

Intent NfsShare::intend(Goal goal, const ResourceObservation& observation) const {
    Intent intent;
    if (goal == Goal::up) {
        if (observation.status == Status::up) return Intent::leave("it is exported");
        intent.verbs.push_back({"start", fmt::format("export {}", path_), patience, "stop", patience});
    } else {
        if (observation.status == Status::down) return Intent::leave("it is not exported");
        intent.verbs.push_back({"stop", fmt::format("no longer export {}", path_), patience, "", {}});
    }
    return intent;
}

/// Exporting what is exported sets its options, and exportfs says nothing against taking away what is not there but a warning.
void NfsShare::perform(const std::string& verb, Doing& doing) const {
    if (verb != "start" && verb != "stop") throw Error(Error::Code::failed, fmt::format("a share has no verb '{}'", verb), rid().text());
    doing.changing();
    for (const NfsExport& wanted : wanted_) {
        Launch what{{"exportfs"}, {}, {}};
        if (verb == "stop")
            what.argv.emplace_back("-u");
        else if (!wanted.options.empty())
            what.argv.insert(what.argv.end(), {"-o", fmt::format("{}", fmt::join(wanted.options, ","))});
        what.argv.push_back(place_of(wanted));
        const CommandResult result = launch(what, doing);
        const bool gone = verb == "stop" && result.err.find("Could not find") != std::string::npos;
        if (!result.ok() && !gone) throw failure_of(result, what, doing);
    }
}

}  // namespace svcmgr
