#include "drivers/hypervisor/kvm/kvm.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

#include "drivers/files/files.h"
#include "drivers/hypervisor/kvm/definition_file.h"
#include "drivers/hypervisor/kvm/domains.h"
#include "drivers/hypervisor/kvm/guest_processes.h"
#include "drivers/hypervisor/kvm/site.h"
#include "drivers/hypervisor/over_ssh.h"
#include "drivers/network/neighbours.h"

namespace svcmgr::kvm {

namespace {

/// Paths of volumes and sizes are worth less than the list; QEMU is asked for sizes, and may hang.
constexpr Duration for_details = std::chrono::seconds(1);

bool is_local(const std::string& uri) {
    return uri.starts_with("qemu:///") || uri.starts_with("qemu+unix:///");
}

/// Guest name -> pid, where libvirtd's guests are processes of this machine.
using GuestProcesses = std::optional<std::map<std::string, int>>;

std::optional<int> process_of(const std::string& name, const GuestProcesses& processes) {
    if (!processes || !processes->contains(name)) return std::nullopt;
    return processes->at(name);
}

/// A guest about which libvirt could not be asked, because of `problem`.
GuestState without_libvirt(const std::string& name, const std::string& problem, const GuestProcesses& processes) {
    GuestState state;
    const auto process = process_of(name, processes);
    if (process) {
        state.value = GuestState::Value::running;
        state.reason = fmt::format("its process {} runs", *process);
        state.warnings.push_back(fmt::format("{}; {} was found by its process {}", problem, name, *process));
    } else {
        const char* looked = processes ? " (it has no process here)" : "";
        state.reason = fmt::format("{}: whether {} is stopped can't be told{}", problem, name, looked);
    }
    return state;
}

GuestState while_libvirt_hangs(const std::string& name, const std::string& problem, const GuestProcesses& processes) {
    GuestState state;
    const auto process = process_of(name, processes);
    state.reason = process ? fmt::format("{}; its process {} is there", problem, *process) : problem;
    return state;
}

using FileOrProblem = tl::expected<DefinitionFile, FileProblem>;

/// The disks that a guest has, and will have at its next start: what libvirt told, and the file that the next start defines it from.
Hypervisor::Disks combine(const Guest& guest, const FileOrProblem& file, const DomainTexts& texts) {
    Hypervisor::Disks result;
    if (!file && !file.error().absent())
        result.problem = fmt::format("{}: {}", definition_place(guest), file.error().reason);
    else if (!file && !texts.known)
        result.problem = fmt::format("libvirt does not know {}, and there is no {}", guest.name, definition_place(guest));
    if (file) result.disks = file->domain.disks;

    const auto disks_of = [&result](const std::string& text) {
        const auto domain = parse_domain(text);
        if (!domain) result.problem = fmt::format("libvirt's own definition can't be read: {}", domain.error());
        return domain ? domain->disks : std::vector<GuestDisk>{};
    };
    if (!texts.stored.empty()) result.disks = disks_of(texts.stored);
    if (!texts.live.empty()) result.disks = merge_disks(disks_of(texts.live), result.disks);
    return result;
}

/// Two connections, each with a socket, an event loop and what a remote one needs besides, and some to spare.
constexpr rlim_t descriptors_needed = 48;

void need_descriptors() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const int end = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 4 * descriptors_needed));
    rlim_t free = 0;
    for (int number = 0; number < end && free < descriptors_needed; ++number)
        if (::fcntl(number, F_GETFD) == -1) ++free;
    if (free < descriptors_needed)
        throw Error(Error::Code::failed, fmt::format("libvirt needs {} descriptors, and {} are free", descriptors_needed, free),
                    "limit of open files", "ulimit -n shows it; 1024 is usual");
}

Capabilities read_capabilities(const std::string& xml) {
    Capabilities capabilities;
    if (supports_hvm(xml))
        capabilities.can = {Capability::start, Capability::live_migration, Capability::disks, Capability::definition};
    else
        capabilities.problem = "libvirt has no QEMU that can run guests on this host (no hvm in: virsh capabilities)";
    return capabilities;
}

}  // namespace

KvmHypervisor::KvmHypervisor(const World& world, const std::string& uri)
    : world_(world),
      local_(is_local(uri)),
      looking_(world.clock, world.signals, uri, Connection::Access::look),
      patient_(world.clock, world.signals),
      changing_(world.clock, patient_, uri, Connection::Access::change),
      migration_(world, uri) {
    need_descriptors();
    // libvirt's default prints every error on stderr; ours are in what is returned or thrown.
    virSetErrorFunc(nullptr, [](void*, virErrorPtr) {});
}

std::optional<std::map<std::string, int>> KvmHypervisor::processes() const {
    if (!local_) return std::nullopt;
    const auto list = world_.processes.list();
    return guest_processes(list);
}

std::string KvmHypervisor::no_answer(Duration given) const {
    if (world_.signals.pending() != 0) return "stopped by a signal before libvirtd answered";
    return fmt::format("libvirtd did not answer within {}", to_text(given));
}

Capabilities KvmHypervisor::capabilities(Deadline deadline) {
    {
        const std::lock_guard lock(mutex_);
        if (capabilities_) return *capabilities_;
    }
    const Duration given = deadline.remaining(world_.clock);
    try {
        const auto text = looking_.ask(deadline, capabilities_text);
        if (!text) return {{}, no_answer(given)};
        const std::lock_guard lock(mutex_);
        capabilities_ = read_capabilities(*text);
        return *capabilities_;
    } catch (const Error& problem) {
        return {{}, problem.message()};
    }
}

std::vector<GuestState> KvmHypervisor::look(std::span<const Guest> guests, Deadline deadline) {
    if (guests.empty()) return {};
    Wanted wanted;
    for (const Guest& guest : guests) wanted.emplace(guest.name, guest.uuid);
    auto [by_name, stored] = look_at_names(wanted, deadline);
    find_renamed(by_name, wanted, deadline);
    std::vector<GuestState> states;
    states.reserve(guests.size());
    for (const Guest& guest : guests) states.push_back(by_name.at(guest.name));
    if (guests.size() == 1 && !stored.empty()) states.front().addresses = addresses(guests.front().name, stored, deadline);
    return states;
}

void KvmHypervisor::find_renamed(std::map<std::string, GuestState>& states, const Wanted& wanted, Deadline deadline) {
    Wanted again;
    for (const auto& [name, state] : states) {
        if (state.value != GuestState::Value::absent || !wanted.at(name).empty()) continue;
        if (const auto file = read_definition(world_.files, name); file && !file->domain.uuid.empty()) again[name] = file->domain.uuid;
    }
    if (again.empty()) return;
    for (auto& [name, state] : look_at_names(again, deadline).states) states[name] = std::move(state);
}

std::vector<std::string> KvmHypervisor::addresses(const std::string& name, const std::string& stored, Deadline deadline) {
    const auto domain = parse_domain(stored);
    if (!domain) return {};
    try {
        if (domain->on_network) {
            const auto leases = looking_.ask(deadline.at_most(world_.clock, for_details),
                                             [name](const Session& session) { return leases_of(session, name); });
            if (!leases || !leases->empty()) return leases.value_or(std::vector<std::string>());
        }
        return local_ ? neighbours_of(world_.files.read("/proc/net/arp").value_or(""), domain->macs) : std::vector<std::string>();
    } catch (const Error&) {
        return {};
    }
}

Looked KvmHypervisor::look_at_names(const Wanted& wanted, Deadline deadline) {
    const Duration given = deadline.remaining(world_.clock);
    Looked looked;
    auto& states = looked.states;
    try {
        auto question = looking_.begin([wanted](const Session& session) { return look_at(session, wanted); });
        if (auto answer = question.wait(deadline.at_most(world_.clock, given / 2))) return *answer;
        // It seems to hang. Its guests' processes are looked for while there is time, without giving up waiting.
        const auto found = processes();
        if (auto answer = question.wait(deadline)) return *answer;
        const auto problem = no_answer(given);
        for (const auto& [name, uuid] : wanted) states[name] = while_libvirt_hangs(name, problem, found);
    } catch (const Error& problem) {
        const auto found = processes();
        for (const auto& [name, uuid] : wanted) states[name] = without_libvirt(name, problem.message(), found);
    }
    return looked;
}

Error KvmHypervisor::gave_up(const Guest& guest, Duration given) const {
    const auto code = world_.signals.pending() != 0 ? Error::Code::interrupted : Error::Code::timed_out;
    return {code, no_answer(given), "guest " + guest.name,
            fmt::format("libvirtd may still do what it was told; look with: virsh domstate {}", guest.name)};
}

void KvmHypervisor::change(const Guest& guest, Deadline deadline, std::function<void(const Session&)> work) {
    const Duration given = deadline.remaining(world_.clock);
    const auto done = changing_.ask(deadline, [work = std::move(work)](const Session& session) {
        work(session);
        return true;
    });
    if (!done) throw gave_up(guest, given);
}

/// Nothing where there is no file. Throws Error for one that can't be used.
std::optional<DefinitionFile> KvmHypervisor::usable_definition(const Guest& guest) const {
    auto file = definition_of(world_.files, guest);
    if (file) return std::move(*file);
    if (file.error().absent()) return std::nullopt;
    throw Error(Error::Code::invalid, fmt::format("this definition can't be used: {}", file.error().reason), definition_place(guest),
                "correct it, or copy it from a node on which the guest starts");
}

StartOutlook KvmHypervisor::outlook(const Guest& guest, Deadline) {
    try {
        const auto definition = usable_definition(guest);
        if (definition && local_) return {missing_file(world_.files, guest, *definition, When::later), {}};
        return {};
    } catch (const Error& error) {
        return {Error(error.code(), fmt::format("{}: {}", error.where(), error.message()), error.where(), error.hint()), {}};
    }
}

void KvmHypervisor::start(const Guest& guest, Deadline deadline) {
    auto definition = usable_definition(guest);
    if (definition && local_)
        if (auto problem = missing_file(world_.files, guest, *definition, When::now)) throw *problem;
    if (definition) definition->xml = told_site(definition->xml, Site::production);
    const Site site = guest.at_drp_site ? Site::disaster_recovery : Site::production;
    change(guest, deadline, [name = guest.name, definition = std::move(definition), site](const Session& session) {
        start_domain(session, name, definition, site);
    });
}

void KvmHypervisor::stop(const Guest& guest, StopMode mode, Deadline deadline) {
    change(guest, deadline, [name = guest.name, mode](const Session& session) { stop_domain(session, name, mode); });
}

SshOutcome KvmHypervisor::run_inside(const Guest& guest, const Argv& argv, Deadline deadline) {
    return run_over_ssh(world_.ssh, guest, argv, deadline);
}

std::vector<GuestDisk> KvmHypervisor::improved(std::vector<GuestDisk> disks, Deadline deadline,
                                               std::function<std::vector<GuestDisk>(const Session&, std::vector<GuestDisk>)> work) {
    try {
        const auto answer = looking_.ask(deadline.at_most(world_.clock, for_details),
                                         [disks, work = std::move(work)](const Session& session) { return work(session, disks); });
        if (answer) return *answer;
    } catch (const Error&) {
        // The list was had a moment ago, and is what matters.
    }
    return disks;
}

Hypervisor::Disks KvmHypervisor::disks(const Guest& guest, Deadline deadline) {
    const Duration given = deadline.remaining(world_.clock);
    const auto file = definition_of(world_.files, guest);
    std::string problem;
    try {
        const auto wanted = file ? Stored::not_wanted : Stored::wanted;
        const auto texts =
            looking_.ask(deadline, [name = guest.name, wanted](const Session& session) { return domain_texts(session, name, wanted); });
        if (texts) {
            Disks result = combine(guest, file, *texts);
            const auto is_volume = [](const GuestDisk& disk) { return disk.kind == GuestDisk::Kind::volume; };
            if (std::any_of(result.disks.begin(), result.disks.end(), is_volume))
                result.disks = improved(std::move(result.disks), deadline, with_paths);
            if (texts->known)
                result.disks = improved(std::move(result.disks), deadline, [name = guest.name](const Session& session, auto disks) {
                    return with_sizes(session, name, std::move(disks));
                });
            return result;
        }
        problem = no_answer(given);
    } catch (const Error& error) {
        problem = error.message();
    }
    if (file) return {file->domain.disks, fmt::format("{}: these are the disks of {}", problem, file->path)};
    return {{}, problem};
}

std::vector<Path> KvmHypervisor::definition(const Guest& guest) {
    std::vector<Path> candidates;
    if (guest.name.find('/') == std::string::npos) candidates.push_back(definition_place(guest));
    if (const auto file = definition_of(world_.files, guest))
        candidates.insert(candidates.end(), file->domain.firmware.begin(), file->domain.firmware.end());
    std::erase_if(candidates, [this](const Path& path) { return !world_.files.facts(path).has_value(); });
    return candidates;
}

/// The definition itself comes from a peer, too: of what it names only what libvirt keeps for this guest counts, not any file of the host.
std::vector<Path> KvmHypervisor::definition_places(const Guest& guest) {
    if (guest.name.empty() || guest.name.find('/') != std::string::npos) return {};
    const std::string variables = "/var/lib/libvirt/qemu/nvram/" + guest.name + "_VARS";
    return {definition_path(guest.name), variables + ".fd", variables + ".qcow2"};
}

}  // namespace svcmgr::kvm
