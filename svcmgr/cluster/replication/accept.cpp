#include "svcmgr/cluster/replication/accept.h"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/block/sysfs.h"
#include "drivers/error.h"
#include "drivers/host.h"
#include "svcmgr/cluster/env_change.h"
#include "svcmgr/cluster/loader.h"
#include "svcmgr/cluster/replication/digest.h"
#include "svcmgr/cluster/replication/service_files.h"

namespace svcmgr {

namespace {

constexpr std::uint32_t mode_of_env = 0644;
constexpr std::uint32_t most_mode = 0755;
constexpr std::uint32_t least_mode = 0400;
constexpr Duration patience = std::chrono::seconds(10);

Error refused(const std::string& message, const std::string& where, const std::string& hint = {}) {
    return Error(Error::Code::refused, message, where, hint);
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

/// Nothing while this node has no such service, or can't read it.
std::optional<LoadedService> service_here(World world, const Paths& paths, const Node& node, const std::string& name) {
    if (!find_env_file(world.files, paths, name)) return std::nullopt;
    return load_service(world.files, paths, node, name);
}

class Receiver {
public:
    Receiver(World world, const Paths& paths, const Node& node, const Offer& offer)
        : world_(world), paths_(paths), node_(node), offer_(offer) {
        check_service_name(offer.service);
    }

    void put() {
        const auto held = lock();
        prepare();
        if (digest_of(offer_.content) != offer_.digest) throw refused("what arrived is not what was sent", path_);
        if (kind_ == FileKind::env) check_env();
        keep_replaced();
        make_directory();
        write();
    }

    void remove() {
        const auto held = lock();
        prepare();
        if (kind_ != FileKind::launcher) throw refused("only a launcher can be removed for a peer", path_);
        keep_replaced();
        world_.files.remove(path_);
    }

private:
    std::unique_ptr<FileLock> lock() {
        const Path file = fmt::format("{}/{}.env.lock", paths_.locks, offer_.service);
        const std::string holder = fmt::format("{} (pid {})", world_.host.caller().user, world_.processes.self().pid);
        auto taken = world_.files.lock(file, holder, Deadline::in(world_.clock, patience));
        if (!taken) throw Error(Error::Code::locked, fmt::format("{} changes its files", taken.error().holder), file, "try again");
        return std::move(*taken);
    }

    void prepare() {
        here_ = service_here(world_, paths_, node_, offer_.service);
        if (offer_.occasion == Offer::Occasion::replication) check_source(world_, paths_, node_, offer_.service, offer_.from);
        const ServiceFiles files(world_, paths_, offer_.service, here_ ? guests_of(here_->service->resources()) : GuestsByHypervisor{});
        const auto place = files.place_of(offer_.file);
        if (!place) throw refused(fmt::format("'{}' is no file of {} on {}", printable(offer_.file), offer_.service, node_.name()), "");
        path_ = *place;
        kind_ = *kind_of_file(offer_.file);
        check_links();
        const auto seen = files.look().files;
        const auto found = seen.find(offer_.file);
        const std::string identity = found == seen.end() ? "" : found->second.identity();
        if (identity != offer_.expected) throw refused("it was changed here since it was compared", path_, "replicate again");
        executable_ = found != seen.end() && found->second.executable;
        exists_ = found != seen.end();
    }

    /// The file itself and the directory that it is in: who is above these decides what this node is.
    void check_links() const {
        for (const Path& path : {path_, parent()})
            if (const auto facts = world_.files.link_facts(path); facts && facts->kind == FileFacts::Kind::link)
                throw refused("it is a link on this node, and what a peer sends does not go through links", path,
                              "put a file or directory in its place");
        if (const auto facts = world_.files.link_facts(path_); facts && facts->kind != FileFacts::Kind::file)
            throw refused("what is in its place on this node is no file", path_);
    }

    void check_env() const {
        const Document document = Document::parse(offer_.content, path_);
        const LoadedService offered = make_service(document, paths_, node_, offer_.service);
        const Findings before = here_ ? here_->findings : Findings{};
        for (const Finding& finding : new_findings(before, offered.findings))
            if (finding.level == Finding::Level::error)
                throw refused(fmt::format("it has an error on {}: {}", node_.name(), message_without_secrets(finding)),
                              finding.place.to_string(), "mend it where it comes from");
        const Service& service = *offered.service;
        if (!contains(service.nodes(), node_.name()) && !contains(service.drpnodes(), node_.name()))
            throw refused(fmt::format("it does not name {}, the node that it is sent to", node_.name()), path_,
                          "has the node been renamed? mend `nodes` or `drpnodes`");
        const bool from_drpnode = offer_.occasion == Offer::Occasion::coming_back && contains(service.drpnodes(), offer_.from);
        if (!contains(service.nodes(), offer_.from) && !from_drpnode)
            throw refused(fmt::format("it comes from {}, which is not one of its nodes", printable(offer_.from)), path_);
    }

    void keep_replaced() const {
        if (!exists_) return;
        const auto content = world_.files.read(path_);
        if (!content) throw refused(content.error().reason, path_);
        std::string name = offer_.file;
        std::ranges::replace(name, '/', '_');
        const Path directory = fmt::format("{}/replaced/{}", paths_.state, offer_.service);
        world_.files.make_directories(directory, 0700);
        world_.files.replace(fmt::format("{}/{}", directory, name), *content, 0600);
    }

    void make_directory() const {
        if (kind_ == FileKind::definition)
            world_.files.make_directories(parent(), 0700);
        else
            world_.files.make_directories(parent(), 0755);
    }

    void write() const {
        const std::uint32_t mode = kind_ == FileKind::env ? mode_of_env : (offer_.mode & most_mode) | least_mode;
        const bool other_mode = exists_ && kind_ == FileKind::launcher && executable_ != ((offer_.mode & 0100U) != 0);
        if (!other_mode) return world_.files.replace(path_, offer_.content, mode);
        // What exists keeps its mode: one with another mode takes its name.
        const Path fresh = fmt::format("{}/.{}.new", parent(), path_.substr(path_.rfind('/') + 1));
        world_.files.remove(fresh);
        world_.files.replace(fresh, offer_.content, mode);
        world_.files.rename(fresh, path_);
    }

    Path parent() const { return path_.substr(0, path_.rfind('/')); }

    World world_;
    const Paths& paths_;
    const Node& node_;
    const Offer& offer_;
    std::optional<LoadedService> here_;
    Path path_;
    FileKind kind_ = FileKind::env;
    bool exists_ = false;
    bool executable_ = false;
};

}  // namespace

void check_source(World world, const Paths& paths, const Node& node, const std::string& service, const std::string& from) {
    const auto here = service_here(world, paths, node, service);
    if (!here) return;
    if (contains(here->service->nodes(), from)) return;
    if (contains(here->service->drpnodes(), from))
        throw refused(fmt::format("{} is a drpnode of {}, and nothing is taken from one", printable(from), service), here->service->file());
    throw refused(fmt::format("{} is not one of the nodes of {} on {}", printable(from), service, node.name()), here->service->file(),
                  "has the node been renamed? mend `nodes` on this node, too");
}

void accept_file(World world, const Paths& paths, const Node& node, const Offer& offer) {
    Receiver(world, paths, node, offer).put();
}

void accept_removal(World world, const Paths& paths, const Node& node, const Offer& offer) {
    Receiver(world, paths, node, offer).remove();
}

}  // namespace svcmgr
