#include "resources/left_cni_ip.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "resources/cni_ip.h"
#include "resources/keywords.h"

namespace svcmgr {

namespace {

constexpr Duration patience = std::chrono::seconds(30);
constexpr std::string_view suffix = ".json";

Options options_of(const Rid& rid) {
    Options options(rid.text(), {}, {ip_keywords(), generic_keywords(), trigger_keywords()});
    options.set("optional", {"true", {}});
    return options;
}

/// Whether a resource is the one that keeps its address under this name.
bool keeps(const Resource& resource, const std::string& service, const std::string& name) {
    return dynamic_cast<const CniIp*>(&resource) != nullptr && kept_name(service, resource.rid()) == name;
}

/// The section that it was of, unless that is another resource's name by now.
Rid rid_of(const cni::Kept& kept, const std::vector<std::unique_ptr<Resource>>& resources) {
    const Rid rid(kept.rid);
    const bool is_taken = std::ranges::any_of(resources, [&](const auto& resource) { return resource->rid() == rid; });
    return is_taken ? Rid(kept.rid + ".left") : rid;
}

}  // namespace

LeftCniIp::LeftCniIp(Rid rid, std::string name, cni::Places places)
    : Resource(rid, Group::ip, "ip.cni", options_of(rid)), name_(std::move(name)), places_(std::move(places)) {}

ResourceObservation LeftCniIp::look(Looking& looking) const {
    ResourceObservation seen;
    seen.status = Status::not_applicable;
    const auto kept = cni::KeptAttachments(places_.kept).read(looking.world().files, name_);
    if (kept && !*kept) {
        seen.detail = "it is given back";
        return seen;
    }
    if (!kept) {
        seen.detail = kept.error();
        seen.say(LogLine::Level::warn, kept.error());
        return seen;
    }
    const cni::Attachment& attachment = (*kept)->attachment;
    const auto result = cni::read_result_json((*kept)->result);
    const std::string what = result ? label_of(*result, attachment.interface) : "what an ADD has begun";
    seen.label = what;
    seen.left = fmt::format("no section has {} of the network {} any more", what, attachment.network.name);
    seen.detail = seen.left;
    seen.say(LogLine::Level::warn, fmt::format("{}: the next start or stop gives it back", seen.left));
    return seen;
}

Intent LeftCniIp::intend(Goal goal, const ResourceObservation& observation) const {
    if ((goal != Goal::up && goal != Goal::down) || observation.left.empty()) return Intent::leave(observation.detail);
    Intent intent;
    intent.verbs.push_back({std::string(give_back_verb), observation.left, patience, "", {}});
    return intent;
}

void LeftCniIp::perform(const std::string& verb, Doing& doing) const {
    if (verb != give_back_verb) throw Error(Error::Code::failed, fmt::format("what is left has no verb '{}'", verb), rid().text());
    auto kept = cni::KeptAttachments(places_.kept).read(doing.world.files, name_);
    if (!kept) throw Error(Error::Code::failed, kept.error(), rid().text(), "release it by hand, then remove the file");
    if (!*kept) return doing.note(LogLine::Level::info, "it is given back already");
    doing.changing();
    give_back(places_, name_, std::move(**kept), doing);
}

std::vector<std::unique_ptr<Resource>> left_cni_addresses(const Files& files, const std::string& service, const cni::Places& places,
                                                          const std::vector<std::unique_ptr<Resource>>& resources) {
    std::vector<std::unique_ptr<Resource>> left;
    const auto listed = files.list(places.kept);
    if (!listed) return left;
    const cni::KeptAttachments all(places.kept);
    for (const std::string& file : *listed) {
        if (!file.ends_with(suffix)) continue;
        const std::string name = file.substr(0, file.size() - suffix.size());
        if (std::ranges::any_of(resources, [&](const auto& resource) { return keeps(*resource, service, name); })) continue;
        const auto kept = all.read(files, name);
        if (!kept || !*kept || (*kept)->service != service || kept_name(service, Rid((*kept)->rid)) != name) continue;
        left.push_back(std::make_unique<LeftCniIp>(rid_of(**kept, resources), name, places));
    }
    return left;
}

}  // namespace svcmgr
