#include "svcmgr/cluster/node.h"

#include <algorithm>
#include <cctype>

#include "drivers/error.h"
#include "drivers/hypervisor/table.h"
#include "drivers/scsi/node_key.h"
#include "svcmgr/config/document.h"
#include "svcmgr/config/sections.h"
#include "svcmgr/service/keywords.h"

namespace svcmgr {

Paths::Paths(const std::string& prefix)
    : root(prefix),
      configuration(prefix + "/etc/svcmgr"),
      node_conf(configuration + "/node.conf"),
      host_mode(configuration + "/host_mode"),
      known_hosts(configuration + "/known_hosts"),
      own_key(configuration + "/id_ed25519"),
      state(prefix + "/var/lib/svcmgr"),
      database(state + "/svcmgr.db"),
      locks(prefix + "/run/svcmgr"),
      kept_status(locks + "/status.json"),
      kept_looks(locks + "/status.db"),
      kept_drill(state + "/drill.json"),
      logs(prefix + "/var/log/svcmgr"),
      sysrq(prefix + "/proc/sysrq-trigger"),
      templates(configuration + "/templates"),
      shipped_templates(prefix + "/usr/share/svcmgr/templates") {}

Path Paths::lock_of(const std::string& service) const {
    return locks + "/" + service + ".lock";
}
Path Paths::log_of(const std::string& service) const {
    return logs + "/" + service + ".log";
}
Path Paths::frozen_flag_of(const std::string& service) const {
    return state + "/FROZEN." + service;
}
Path Paths::frozen_flag() const {
    return state + "/FROZEN";
}

namespace {

/// machine-id(5)
constexpr const char* machine_id = "/etc/machine-id";

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
    return text;
}

Keywords keywords_of(std::string_view section) {
    if (section == "node") return node_section_keywords();
    if (section == "ssh") return ssh_section_keywords();
    if (section == "journal") return journal_section_keywords();
    if (section == "cni") return cni_section_keywords();
    const HypervisorType* type = find_hypervisor_type(section);
    return type == nullptr ? Keywords{} : type->node_keywords;
}

std::shared_ptr<const ShapeAnswer> shape_of(std::string_view section, std::string_view) {
    auto answer = std::make_shared<ShapeAnswer>();
    const Keywords keywords = keywords_of(section);
    if (keywords.empty() && section != "DEFAULT")
        answer->problem = "node.conf has no such section";
    else
        answer->shape = SectionShape{std::string(section), {}, KeywordSet({keywords})};
    return answer;
}

/// The first word of the file (contract.md 11.1), when there is one.
std::string host_mode_word(const Files& files, const Path& path) {
    const auto text = files.read(path);
    if (!text) return {};
    const std::vector<std::string> words = split_words(*text);
    return words.size() == 1 ? words.front() : std::string();
}

constexpr std::string_view label_prefix = "label.";

/// Their names are anybody's: no table has them.
bool is_about_a_label(const Finding& finding) {
    return finding.kind == Finding::Kind::unknown_keyword && finding.section == "node" && finding.keyword.starts_with(label_prefix);
}

std::map<std::string, std::map<std::string, std::string>> labels_in(const Document& document, const std::string& nodename) {
    std::map<std::string, std::map<std::string, std::string>> labels;
    const Section* section = document.find("node");
    if (section == nullptr) return labels;
    for (const Entry& entry : section->entries)
        if (entry.keyword.starts_with(label_prefix) && entry.keyword.size() > label_prefix.size())
            labels[entry.scope.empty() ? nodename : lower_case(entry.scope)][entry.keyword.substr(label_prefix.size())] = entry.value;
    return labels;
}

}  // namespace

Node Node::load(const Files& files, const Host& host, const Paths& paths) {
    Node node;
    node.name_ = host.nodename();
    const auto text = files.read(paths.node_conf);
    if (!text && !text.error().absent()) throw Error(Error::Code::invalid, text.error().reason, paths.node_conf, "make it a readable file");

    const Document document = Document::parse(text.value_or(""), paths.node_conf);
    const Sections sections = Sections::evaluate(document, {node.name_, ""}, shape_of);
    node.sections_ = sections.all();
    node.findings_ = sections.findings();

    std::string mode = node.section("node").text("host_mode");
    if (mode.empty()) mode = host_mode_word(files, paths.host_mode);
    const std::string prkey = node.section("node").text("prkey");
    node.said_prkey_ = !prkey.empty();
    node.prkey_ = prkey.empty() ? generated_key(node.name_, files.read(machine_id).value_or(""))
                                : ReservationKey::parse(prkey).value_or(ReservationKey());
    if (const Section* section = document.find("node"); section != nullptr)
        for (const Entry& entry : section->entries)
            if (const auto key = ReservationKey::parse(entry.value); key && entry.keyword == "prkey" && !entry.scope.empty())
                node.prkeys_[*key] = entry.scope;
    node.labels_ = labels_in(document, node.name_);
    std::erase_if(node.findings_, is_about_a_label);
    node.host_mode_ = mode.empty() ? "TST" : upper(mode);
    return node;
}

Options Node::section(std::string_view name) const {
    const auto found = std::ranges::find(sections_, name, &Options::section);
    return found != sections_.end() ? *found : Options(std::string(name), {}, keywords_of(name));
}

Retention Node::retention() const {
    const Options journal = section("journal");
    constexpr std::int64_t for_ever = 36'500, all = 1'000'000'000;
    return {std::chrono::days(std::min(journal.integer("keep_days"), for_ever)),
            static_cast<int>(std::min(journal.integer("keep_actions"), all)), journal.size("max_size")};
}

LogLimits Node::log_limits() const {
    constexpr std::int64_t most_files = 999;
    const Options journal = section("journal");
    return {journal.size("log_max_size"), static_cast<int>(std::min(journal.integer("log_keep"), most_files))};
}

}  // namespace svcmgr
