#include "drivers/hypervisor/xen/xen.h"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/hypervisor/xen/domain_details.h"
#include "drivers/hypervisor/xen/words.h"
#include "drivers/network/neighbours.h"
#include "drivers/signals.h"

namespace svcmgr::xen {

namespace {

/// A guest that hears the request acknowledges it within a fraction of a second; xl would wait a minute for one that does not.
constexpr Duration acknowledgement = std::chrono::seconds(10);
/// Addresses are worth less than the state, which is known by then.
constexpr Duration for_details = std::chrono::seconds(3);

bool is_listed(const Domain& domain, const Guest& guest) {
    return domain.name == guest.name;
}

}  // namespace

CommandResult XenHypervisor::xl(const Argv& words, Deadline deadline) {
    Argv argv = {"xl"};
    argv.insert(argv.end(), words.begin(), words.end());
    return world_.processes.run(argv, deadline);
}

std::string XenHypervisor::describe(const std::string& verb, const CommandResult& result, Duration given) const {
    if (world_.signals.pending() != 0) return fmt::format("stopped by a signal before xl {} answered", verb);
    if (result.timed_out) return fmt::format("xl {} did not answer within {} (does xenstored run?)", verb, to_text(given));
    if (!result.not_started.empty()) return fmt::format("{}: the package xen-utils has it", result.not_started);
    if (is_no_xen(result.err)) return "this host does not run on Xen, or xl may not ask it";
    const auto reason = reason_of_failure(result.err);
    return fmt::format("xl {}: {}", verb, reason.empty() ? result.describe() : reason);
}

Error XenHypervisor::failure(const Guest& guest, const std::string& verb, const CommandResult& result, Duration given) const {
    auto code = Error::Code::failed;
    std::string hint = fmt::format("look with: xl list {}", guest.name);
    if (!result.not_started.empty()) code = Error::Code::unreachable;
    if (is_no_xen(result.err)) code = Error::Code::unreachable;
    if (result.timed_out) code = Error::Code::timed_out;
    if (world_.signals.pending() != 0) code = Error::Code::interrupted;
    if (result.timed_out) hint = fmt::format("Xen may still do what it was told; {}", hint);
    if (code == Error::Code::failed && verb == "create") hint = fmt::format("its log is /var/log/xen/xl-{}.log", guest.name);
    return {code, fmt::format("{}: {}", guest.name, describe(verb, result, given)), "guest " + guest.name, hint};
}

Capabilities XenHypervisor::capabilities(Deadline deadline) {
    const Duration given = deadline.remaining(world_.clock);
    const auto result = xl({"info"}, deadline);
    if (!result.ok()) return {{}, describe("info", result, given)};
    return {{Capability::start, Capability::pause, Capability::disks, Capability::definition}, {}};
}

Path XenHypervisor::config_of(const Guest& guest) const {
    if (guest.section)
        if (const auto said = guest.section->text("cf"); !said.empty()) return said;
    const Path first = fmt::format("/etc/xen/{}.cfg", guest.name);
    const Path second = fmt::format("/etc/xen/{}", guest.name);
    return !world_.files.facts(first) && world_.files.facts(second) ? second : first;
}

std::vector<GuestState> XenHypervisor::look(std::span<const Guest> guests, Deadline deadline) {
    if (guests.empty()) return {};
    const Duration given = deadline.remaining(world_.clock);
    const auto result = xl({"list", "-v"}, deadline);
    if (!result.ok()) {
        const auto problem = describe("list", result, given);
        return std::vector<GuestState>(guests.size(), GuestState{.reason = problem});
    }
    auto list = parse_domain_list(result.out);
    if (result.truncated && list.problem.empty()) list.problem = "xl list printed more than can be true";
    std::vector<GuestState> states;
    states.reserve(guests.size());
    for (const Guest& guest : guests) states.push_back(state_of(guest, list));
    if (guests.size() == 1 && states.front().exists_here()) states.front().addresses = addresses(guests.front(), deadline);
    return states;
}

std::vector<std::string> XenHypervisor::addresses(const Guest& guest, Deadline deadline) {
    const auto said = xl({"list", "-l", guest.name}, deadline.at_most(world_.clock, for_details));
    if (!said.ok()) return {};
    Adapters adapters = parse_adapters(said.out, guest.name);
    if (!adapters.addresses.empty()) return std::move(adapters.addresses);
    return neighbours_of(world_.files.read("/proc/net/arp").value_or(""), adapters.macs);
}

GuestState XenHypervisor::state_of(const Guest& guest, const DomainList& list) const {
    const Path path = config_of(guest);
    std::optional<GuestConfig> config;
    std::string unreadable;
    if (const auto text = world_.files.read(path)) {
        if (auto read = parse_config(*text))
            config = std::move(*read);
        else
            unreadable = fmt::format("{}: {}", path, read.error());
    }
    const auto of_name = [&guest](const Domain& domain) { return is_listed(domain, guest); };
    const auto found = std::find_if(list.domains.begin(), list.domains.end(), of_name);
    GuestState state;
    if (found == list.domains.end())
        state = not_listed(guest, path, config, list);
    else if (std::count_if(list.domains.begin(), list.domains.end(), of_name) > 1)
        state.reason = fmt::format("xl list has several domains named {}", guest.name);
    else
        state = guest_state(*found);
    if (!unreadable.empty()) state.warnings.push_back(unreadable);
    if (found != list.domains.end() && config && !config->uuid.empty() && config->uuid != found->uuid)
        state.warnings.push_back(
            fmt::format("it runs with the uuid {}, and {} has another: it was not started from there", found->uuid, path));
    if (const auto link = autostart_of(guest, path))
        state.warnings.push_back(fmt::format("autostart is on: xendomains would start it by itself at boot; remove {}", *link));
    return state;
}

GuestState XenHypervisor::not_listed(const Guest& guest, const Path& path, const std::optional<GuestConfig>& config,
                                     const DomainList& list) const {
    using enum GuestState::Value;
    GuestState state;
    if (!list.problem.empty()) {
        state.reason = list.problem;
        return state;
    }
    for (const Domain& domain : list.domains) {
        // xl names them so while a guest comes from another host or goes there.
        if (domain.name == guest.name + "--incoming" || domain.name == guest.name + "--migratedaway") {
            state.value = changing;
            state.reason = fmt::format("migrating ({})", domain.name);
            return state;
        }
        if (config && !config->uuid.empty() && config->uuid == domain.uuid) {
            state.reason = fmt::format("the domain {} has its uuid: was it renamed?", domain.name);
            return state;
        }
    }
    const bool known = world_.files.facts(path).has_value();
    state.value = known ? stopped : absent;
    state.reason = known ? "no domain" : fmt::format("no domain, and there is no {}", path);
    return state;
}

/// xendomains starts what is in this directory, by whatever name.
std::optional<Path> XenHypervisor::autostart_of(const Guest& guest, const Path& config) const {
    const Path directory = "/etc/xen/auto";
    const auto names = world_.files.list(directory);
    if (!names) return std::nullopt;
    const auto real = world_.files.real_path(config);
    for (const auto& name : *names) {
        const Path path = fmt::format("{}/{}", directory, name);
        const auto target = world_.files.real_path(path);
        if (name == guest.name || name == guest.name + ".cfg" || (real && target && *real == *target)) return path;
    }
    return std::nullopt;
}

void XenHypervisor::start(const Guest& guest, Deadline deadline) {
    const Duration given = deadline.remaining(world_.clock);
    const Path path = config_of(guest);
    const auto unusable = [&path](const std::string& reason) {
        return Error(Error::Code::invalid, fmt::format("this configuration can't be used: {}", reason), path,
                     "correct it, or copy it from a node on which the guest starts");
    };
    const auto text = world_.files.read(path);
    if (!text && text.error().absent())
        throw Error(Error::Code::failed, fmt::format("{} has no configuration", guest.name), path,
                    "copy it from a node that has it, or say where it is: `cf` in the container's section");
    if (!text) throw unusable(text.error().reason);
    const auto config = parse_config(*text);
    if (!config) throw unusable(config.error());
    if (config->name != guest.name) throw unusable(fmt::format("it defines the guest '{}' and not '{}'", config->name, guest.name));
    const auto result = xl({"create", path}, deadline);
    if (result.ok()) return;
    if (result.err.find("config parsing error") != std::string::npos || result.err.find("Failed to parse config") != std::string::npos)
        throw unusable(reason_of_failure(result.err));
    throw failure(guest, "create", result, given);
}

void XenHypervisor::stop(const Guest& guest, StopMode mode, Deadline deadline) {
    const Duration given = deadline.remaining(world_.clock);
    if (mode == StopMode::force) {
        const auto result = xl({"destroy", guest.name}, deadline);
        if (!result.ok() && !knows_no_such_domain(result.err)) throw failure(guest, "destroy", result, given);
        return;
    }
    // -F: a guest without Xen's drivers hears its power button instead.
    const auto result = xl({"shutdown", "-F", guest.name}, deadline.at_most(world_.clock, acknowledgement));
    if (result.ok() || knows_no_such_domain(result.err)) return;
    const bool unheard = result.timed_out || result.err.find("didn't acknowledge") != std::string::npos;
    // Without an answer to anything nothing was asked.
    if (unheard && world_.signals.pending() == 0 && !deadline.passed(world_.clock) && xl({"list", guest.name}, deadline).exit_code >= 0)
        return;
    throw failure(guest, "shutdown", result, given);
}

SshOutcome XenHypervisor::run_inside(const Guest& guest, const Argv& argv, Deadline deadline) {
    if (guest.windows) {
        SshOutcome outcome;
        outcome.reason = fmt::format("nothing can be run inside {}: its env file says that it runs Windows", guest.name);
        return outcome;
    }
    return world_.ssh.run({guest.hostname, guest.ssh_user, guest.ssh_port}, argv, deadline);
}

Hypervisor::Disks XenHypervisor::disks(const Guest& guest, Deadline deadline) {
    const Duration given = deadline.remaining(world_.clock);
    const Path path = config_of(guest);
    Disks result;
    bool known = false;
    if (const auto text = world_.files.read(path)) {
        known = true;
        if (auto config = parse_config(*text))
            result.disks = std::move(config->disks);
        else
            result.problem = fmt::format("{}: {}", path, config.error());
    } else if (!text.error().absent()) {
        result.problem = fmt::format("{}: {}", path, text.error().reason);
    }
    const auto said = xl({"list", "-l", guest.name}, deadline);
    if (said.ok()) {
        known = true;
        if (auto live = parse_live_disks(said.out, guest.name))
            result.disks = merge_disks(std::move(*live), result.disks);
        else
            result.problem = live.error();
    } else if (!knows_no_such_domain(said.err)) {
        result.problem = describe("list -l", said, given);
    }
    if (!known && result.problem.empty()) result.problem = fmt::format("Xen does not know {}, and there is no {}", guest.name, path);
    for (GuestDisk& disk : result.disks)
        if (const auto facts = world_.files.facts(disk.source); facts && facts->kind == FileFacts::Kind::file) disk.size = facts->size;
    return result;
}

std::vector<Path> XenHypervisor::definition(const Guest& guest) {
    const Path path = config_of(guest);
    return world_.files.facts(path) ? std::vector<Path>{path} : std::vector<Path>();
}

std::vector<Path> XenHypervisor::definition_places(const Guest& guest) {
    return {config_of(guest)};
}

}  // namespace svcmgr::xen
