#include "svcmgr/cluster/env_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "drivers/error.h"
#include "drivers/host.h"
#include "drivers/secret_names.h"
#include "svcmgr/cluster/loader.h"
#include "svcmgr/cluster/open_secret.h"

namespace svcmgr {

namespace {

constexpr Duration patience = std::chrono::seconds(10);

/// Held while a file is read, changed and put back.
std::unique_ptr<FileLock> lock_env_file(World world, const Paths& paths, const std::string& service) {
    const Path file = fmt::format("{}/{}.env.lock", paths.locks, service);
    const std::string holder = fmt::format("{} (pid {})", world.host.caller().user, world.processes.self().pid);
    auto taken = world.files.lock(file, holder, Deadline::in(world.clock, patience));
    if (!taken)
        throw Error(Error::Code::locked, fmt::format("the env file of {} is being changed by {}", service, taken.error().holder), file,
                    "wait for it to end");
    return std::move(*taken);
}

bool same(const Finding& a, const Finding& b) {
    const auto essence = [](const Finding& finding) { return std::tie(finding.kind, finding.section, finding.keyword, finding.message); };
    return essence(a) == essence(b);
}

/// What there is to say of a document in the place of the service's env file, which keeps its mode.
Findings findings_of(World world, const Paths& paths, const Node& node, const Document& document, const std::string& service) {
    Findings findings = make_service(document, paths, node, service).findings;
    if (const auto facts = world.files.facts(document.file()))
        if (auto open = open_secret(document, *facts)) findings.push_back(std::move(*open));
    return findings;
}

/// Puts the text in its place unless what was found forbids it.
EnvChange install(World world, EnvChange change, const std::string& text) {
    const bool refused = has_errors(change.findings);
    if (!refused) world.files.replace(change.file, text, holds_secrets(text) ? 0600 : 0644);
    change.result = refused ? EnvChange::Result::refused : EnvChange::Result::installed;
    return change;
}

}  // namespace

Findings new_findings(const Findings& before, const Findings& after) {
    Findings fresh;
    for (const Finding& finding : after)
        if (std::ranges::none_of(before, [&](const Finding& old) { return same(old, finding); })) fresh.push_back(finding);
    return fresh;
}

EnvChange change_env_file(World world, const Paths& paths, const Node& node, const std::string& service,
                          const std::function<void(Document&)>& edit) {
    const std::unique_ptr<FileLock> held = lock_env_file(world, paths, service);
    EnvChange change;
    change.file = env_file_of(world.files, paths, service);
    const Document before = Document::parse(read_env_file(world.files, paths, change.file), change.file);
    Document after = before;
    edit(after);
    if (after.text() == before.text()) return change;
    change.findings = new_findings(findings_of(world, paths, node, before, service), findings_of(world, paths, node, after, service));
    return install(world, std::move(change), after.text());
}

EnvChange create_env_file(World world, const Paths& paths, const Node& node, const std::string& service, const Document& document) {
    check_service_name(service);
    const std::unique_ptr<FileLock> held = lock_env_file(world, paths, service);
    if (const std::optional<Path> there = find_env_file(world.files, paths, service))
        throw Error(Error::Code::refused, fmt::format("there is a service {} already", service), *there,
                    fmt::format("svcmgr -s {} edit config changes it; delete takes it away", service));
    EnvChange change;
    change.file = fmt::format("{}/{}.env", paths.configuration, service);
    change.findings = make_service(document, paths, node, service).findings;
    if (!has_errors(change.findings)) world.files.make_directories(paths.configuration, 0755);
    return install(world, std::move(change), document.text());
}

Path delete_env_file(World world, const Paths& paths, const std::string& service) {
    const std::unique_ptr<FileLock> held = lock_env_file(world, paths, service);
    const Path file = env_file_of(world.files, paths, service);
    const std::string text = read_text(world.files, file);
    const Path directory = paths.state + "/deleted";
    const Path copy = fmt::format("{}/{}-{}.env", directory, service, to_iso8601(world.clock.wall()));
    world.files.make_directories(directory, 0700);
    world.files.replace(copy, text, 0600);
    world.files.remove(file);
    return copy;
}

}  // namespace svcmgr
