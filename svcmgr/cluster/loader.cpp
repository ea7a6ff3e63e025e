#include "svcmgr/cluster/loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>

#include "drivers/error.h"
#include "drivers/hypervisor/table.h"
#include "resources/kinds.h"
#include "resources/left_cni_ip.h"
#include "svcmgr/cluster/changed_service.h"
#include "svcmgr/cluster/env_shape.h"
#include "svcmgr/cluster/graph_findings.h"
#include "svcmgr/cluster/open_secret.h"
#include "svcmgr/cluster/replication/btrfs_sync.h"
#include "svcmgr/cluster/replication/config_sync.h"
#include "svcmgr/cluster/replication/rsync_sync.h"
#include "svcmgr/config/env_secrets.h"
#include "svcmgr/service/where.h"

namespace svcmgr {

namespace {

constexpr std::size_t longest_name = 63;
constexpr std::string_view suffixes[] = {".env", ".conf"};

bool valid_name(std::string_view name) {
    const auto allowed = [](unsigned char c) { return std::isalnum(c) || c == '.' || c == '_' || c == '-'; };
    return !name.empty() && name.size() <= longest_name && std::isalnum(static_cast<unsigned char>(name.front())) &&
           name.find("..") == std::string_view::npos && std::ranges::all_of(name, allowed);
}

/// The service that a file of the configuration directory describes; empty when it describes none.
std::string_view service_of(std::string_view file) {
    for (const std::string_view suffix : suffixes)
        if (file.ends_with(suffix) && file != "node.conf") {
            const std::string_view name = file.substr(0, file.size() - suffix.size());
            if (valid_name(name)) return name;
        }
    return {};
}

ServicePart part_of(const Paths& paths, const Node& node, const std::string& name) {
    const Options ssh = node.section("ssh");
    ServicePart part;
    part.service = name;
    part.logs = paths.logs;
    part.ssh_user = ssh.text("user");
    part.ssh_port = static_cast<int>(ssh.integer("port"));
    part.configuration = paths.configuration;
    part.state = paths.state;
    const Options cni = node.section("cni");
    part.cni = {cni.list("plugins"), cni.text("config"), fmt::format("{}/cni/{}", paths.state, name)};
    part.reservation = {name, node.name(), node.prkey(), {}, node.prkeys()};
    return part;
}

std::shared_ptr<ReplicaHome> home_of(const Options& defaults, const Paths& paths, const Node& node, const std::string& service) {
    auto home = std::make_shared<ReplicaHome>(
        ReplicaHome{service, defaults.text("env"), defaults.list("nodes"), defaults.list("drpnode"), {}, paths, node});
    for (const std::string& drpnode : defaults.list("drpnodes"))
        if (!ReplicaHome::contains(home->drpnodes, drpnode)) home->drpnodes.push_back(drpnode);
    return home;
}

/// What every service with several nodes has: its own files are replicated. A section [sync#i0] can say more of it.
void add_config_sync(const std::vector<Options>& sections, const Options& defaults, const std::shared_ptr<ReplicaHome>& home,
                     std::vector<std::unique_ptr<Resource>>& resources) {
    if (home->peers().empty()) return;
    home->guests = guests_of(resources);
    Options options(std::string(ConfigSync::name), {}, config_sync_keywords());
    if (defaults.flag("disable")) options.set("disable", {"true", defaults.place_of("disable")});
    if (defaults.said("sync_max_delay"))
        options.set("sync_max_delay", {defaults.text("sync_max_delay"), defaults.place_of("sync_max_delay")});
    const auto said = std::ranges::find(sections, ConfigSync::name, &Options::section);
    resources.push_back(std::make_unique<ConfigSync>(said == sections.end() ? options : *said, home));
}

tl::expected<std::unique_ptr<Resource>, std::string> make_data_sync(const Options& section, const std::shared_ptr<ReplicaHome>& home) {
    const std::string type = section.text("type");
    if (type == "btrfs") return std::make_unique<BtrfsSync>(Rid(section.section()), section, home);
    if (type != "rsync")
        return tl::unexpected(fmt::format("sync resources with type = {} have no driver in this version; rsync and btrfs have", type));
    return std::make_unique<RsyncSync>(Rid(section.section()), section, home);
}

Path path_of(const Paths& paths, const std::string& name, std::string_view suffix) {
    Path path;
    path.reserve(paths.configuration.size() + 1 + name.size() + suffix.size());
    return path.append(paths.configuration).append("/").append(name).append(suffix);
}

std::optional<EnvFile> find(const Files& files, const Paths& paths, const std::string& name) {
    check_service_name(name);
    for (const std::string_view suffix : suffixes) {
        EnvFile file{path_of(paths, name, suffix), {}};
        file.facts = files.facts(file.path);
        if (file.facts || !file.facts.error().absent()) return file;
    }
    return {};
}

Error no_service(const Paths& paths, const std::string& name) {
    return {Error::Code::invalid, fmt::format("there is no service {}", name), path_of(paths, name, suffixes[0]),
            "`svcmgr ls` shows this node's services"};
}

Error unreadable(const Path& file, const FileProblem& problem) {
    return {Error::Code::invalid, problem.reason, file, "make it a readable file of at most 1 MiB"};
}

/// Whoever can write an env file can run commands as root (design.md 6).
void check_trust(const Files& files, const Paths& paths, const Path& file, const FileFacts& facts) {
    if ((facts.mode & 0022) != 0)
        throw Error(Error::Code::invalid,
                    fmt::format("others than its owner can write it (mode {:04o}), and it is as powerful as root", facts.mode), file,
                    fmt::format("chmod go-w {}", file));
    if (facts.owner == 0) return;
    const auto root = files.facts(paths.root.empty() ? "/" : paths.root);
    const std::uint32_t master = root ? root->owner : 0;
    if (facts.owner != master)
        throw Error(Error::Code::invalid, fmt::format("user {} owns it, and it is as powerful as root", facts.owner), file,
                    fmt::format("chown {} {}", master == 0 ? "root" : std::to_string(master), file));
}

/// An env file as it was read.
struct EnvText {
    EnvFile file;
    std::string text;
};

EnvText trusted(const Files& files, const Paths& paths, const Path& path, tl::expected<FileContent, FileProblem> content) {
    if (!content) throw unreadable(path, content.error());
    check_trust(files, paths, path, content->facts);
    return {{path, content->facts}, std::move(content->text)};
}

EnvText read_env_of(const Files& files, const Paths& paths, const std::string& name) {
    check_service_name(name);
    for (const std::string_view suffix : suffixes) {
        const Path path = path_of(paths, name, suffix);
        auto content = files.read_with_facts(path);
        if (content || !content.error().absent()) return trusted(files, paths, path, std::move(content));
    }
    throw no_service(paths, name);
}

Finding no_section(const Document& document) {
    Finding finding;
    finding.place = {document.file(), 1, 1};
    finding.message = "the file has no section, so it describes no service";
    finding.source_line = document.line(1);
    return finding;
}

/// A document as one node reads it, before resources are made of it.
struct Evaluated {
    Options defaults;
    std::vector<Options> parts;
    Subsets subsets;
    Secrets secrets;
    Findings findings;
    bool has_order = false;  ///< see says_order()
};

Evaluated evaluate(const Document& document, const Node& node, const std::string& name) {
    Sections sections = Sections::evaluate(document, {node.name(), name}, env_shape);
    Evaluated made{sections.defaults(), {}, {}, secrets_of(sections), sections.findings()};
    made.parts = std::move(sections).all();
    if (document.sections().empty()) made.findings.push_back(no_section(document));
    if (made.defaults.text("env").empty()) made.defaults.set("env", {node.host_mode(), {}});
    settle_where(made.parts, made.defaults, node.name());
    made.subsets = subsets_of(made.parts);
    std::ranges::move(section_findings(document, made.parts, made.subsets), std::back_inserter(made.findings));
    made.has_order = says_order(document, made.parts);
    return made;
}

/// Of a document that is no file yet, `files` is null: what an env file left on the node is none of its business.
LoadedService make(Document document, Evaluated evaluated, const Files* files, const Paths& paths, const Node& node,
                   const std::string& name, const std::function<Guest(Guest)>& change) {
    LoadedService loaded{nullptr, std::move(document), std::move(evaluated.findings), {}};
    loaded.has_sections = !loaded.document.sections().empty();
    const Options& defaults = evaluated.defaults;
    ServicePart part = part_of(paths, node, name);
    part.disabled = defaults.flag("disable");
    part.id = defaults.text("id");
    part.change_guest = change;
    part.secrets = std::move(evaluated.secrets);
    for (const auto* keyword : {"drpnode", "drpnodes"})
        for (const std::string& peer : defaults.list(keyword)) part.at_drp_site = part.at_drp_site || peer == node.name();
    for (const auto* keyword : {"nodes", "drpnode", "drpnodes"})
        for (const std::string& peer : defaults.list(keyword))
            if (peer != node.name()) part.reservation.peers.push_back(peer);
    for (const Section& section : loaded.document.sections())
        for (const Entry& entry : section.entries)
            if (const auto key = ReservationKey::parse(entry.value); key && entry.keyword == "prkey" && !entry.scope.empty())
                part.reservation.names[*key] = entry.scope;
    std::shared_ptr<ReplicaHome> home;  // of most services on a single node: none
    const auto home_or_new = [&] { return home ? home : home = home_of(defaults, paths, node, name); };
    part.make_sync = [&](const Options& section) { return make_data_sync(section, home_or_new()); };
    auto resources = make_resources(evaluated.parts, part);
    if (files != nullptr) std::ranges::move(left_cni_addresses(*files, name, part.cni, resources), std::back_inserter(resources));
    if (!part.reservation.peers.empty()) add_config_sync(evaluated.parts, defaults, home_or_new(), resources);
    loaded.service = std::make_unique<Service>(name, loaded.document.file(), std::move(evaluated.defaults), std::move(resources),
                                               std::move(evaluated.subsets.parallel));
    if (evaluated.has_order) std::ranges::move(graph_findings(loaded.document, *loaded.service), std::back_inserter(loaded.findings));
    for (Finding& finding : loaded.findings) finding.message = part.secrets.hidden_in(std::move(finding.message));
    return loaded;
}

LoadedService make(Document document, const Files* files, const Paths& paths, const Node& node, const std::string& name,
                   const std::function<Guest(Guest)>& change = {}) {
    Evaluated evaluated = evaluate(document, node, name);
    return make(std::move(document), std::move(evaluated), files, paths, node, name, change);
}

/// At its line among the others.
void add_open_secret(const Document& document, const FileFacts& facts, Findings& findings) {
    auto open = open_secret(document, facts);
    if (!open) return;
    const auto behind = std::ranges::find_if(findings, [&](const Finding& one) { return one.place.line > open->place.line; });
    findings.insert(behind, std::move(*open));
}

}  // namespace

std::string read_text(const Files& files, const Path& file) {
    auto text = files.read(file);
    if (!text) throw unreadable(file, text.error());
    return std::move(*text);
}

std::string read_env_file(const Files& files, const Paths& paths, const Path& file) {
    return trusted(files, paths, file, files.read_with_facts(file)).text;
}

std::string env_mark(const EnvFile& file, const Node& node) {
    if (!file.facts) return {};
    const FileFacts& facts = *file.facts;
    return fmt::format("{} {} {} {} {:o} {} {}", file.path, facts.identity, facts.size, facts.modified.time_since_epoch().count(),
                       facts.mode, facts.owner, node.name());
}

std::vector<const Service*> services_of(const std::vector<LoadedService>& loaded) {
    std::vector<const Service*> services;
    services.reserve(loaded.size());
    for (const LoadedService& one : loaded) services.push_back(one.service.get());
    return services;
}

void check_service_name(const std::string& name) {
    if (valid_name(name)) return;
    throw Error(Error::Code::invalid, fmt::format("'{}' can't be the name of a service", name), "",
                "letters, digits, '.', '_' and '-' are allowed, at most 63, the first a letter or a digit");
}

std::optional<Path> find_env_file(const Files& files, const Paths& paths, const std::string& name) {
    std::optional<EnvFile> file = find(files, paths, name);
    return file ? std::optional(std::move(file->path)) : std::nullopt;
}

Path env_file_of(const Files& files, const Paths& paths, const std::string& name) {
    return locate_env_file(files, paths, name).path;
}

EnvFile locate_env_file(const Files& files, const Paths& paths, const std::string& name) {
    if (std::optional<EnvFile> file = find(files, paths, name)) return std::move(*file);
    throw no_service(paths, name);
}

std::vector<std::string> service_names(const Files& files, const Paths& paths) {
    std::vector<std::string> names;
    const auto listed = files.list(paths.configuration);
    if (!listed) {
        if (listed.error().absent()) return names;
        throw Error(Error::Code::invalid, listed.error().reason, paths.configuration, "make the directory readable");
    }
    for (const std::string& file : *listed)
        if (const std::string_view name = service_of(file); !name.empty()) names.emplace_back(name);
    if (!std::ranges::is_sorted(names)) std::ranges::sort(names);  // the names of the files are; without their suffix, nearly all are
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

LoadedService load_service(const Files& files, const Paths& paths, const Node& node, const std::string& name) {
    EnvText read = read_env_of(files, paths, name);
    LoadedService loaded = make(Document::parse(std::move(read.text), read.file.path), &files, paths, node, name);
    loaded.env_mark = env_mark(read.file, node);
    add_open_secret(loaded.document, *read.file.facts, loaded.findings);
    return loaded;
}

Findings validate_service(const Files& files, const Paths& paths, const Node& node, const std::string& name) {
    EnvText read = read_env_of(files, paths, name);
    Document document = Document::parse(std::move(read.text), read.file.path);
    Evaluated evaluated = evaluate(document, node, name);
    if (evaluated.has_order) {
        LoadedService loaded = make(std::move(document), std::move(evaluated), &files, paths, node, name, {});
        add_open_secret(loaded.document, *read.file.facts, loaded.findings);
        return std::move(loaded.findings);
    }
    for (Finding& finding : evaluated.findings) finding.message = evaluated.secrets.hidden_in(std::move(finding.message));
    add_open_secret(document, *read.file.facts, evaluated.findings);
    return std::move(evaluated.findings);
}

LoadedService make_service(Document document, const Paths& paths, const Node& node, const std::string& name) {
    return make(std::move(document), nullptr, paths, node, name);
}

LoadedService make_changed_service(Document document, const Paths& paths, const Node& node, const std::string& name,
                                   const std::function<Guest(Guest)>& change) {
    return make(std::move(document), nullptr, paths, node, name, change);
}

}  // namespace svcmgr
