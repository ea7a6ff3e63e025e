#include "drivers/network/cni/kept.h"

#include <fmt/format.h>

namespace svcmgr::cni {

namespace {

constexpr const char* schema = "svcmgr.cni/1";

}  // namespace

std::string kept_text(const Kept& kept) {
    const Attachment& attachment = kept.attachment;
    const Json json = {{"schema", schema},
                       {"service", kept.service},
                       {"rid", kept.rid},
                       {"container_id", attachment.container_id},
                       {"interface", attachment.interface},
                       {"network_namespace", attachment.network_namespace},
                       {"namespace_identity", kept.namespace_identity},
                       {"boot_id", kept.boot_id},
                       {"arguments", attachment.arguments},
                       {"capabilities", attachment.capabilities},
                       {"network", attachment.network.json()},
                       {"result", kept.result}};
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

tl::expected<Kept, std::string> read_kept(std::string_view text) {
    const auto json = parse_json(text);
    if (!json) return tl::unexpected(json.error());
    try {
        if (json->at("schema") != schema) return tl::unexpected<std::string>("it is of another version of svcmgr");
        auto networks = read_networks(json->at("network").dump());
        if (!networks) return tl::unexpected(networks.error());
        Kept kept;
        kept.attachment = {json->at("container_id").get<std::string>(),
                           json->at("interface").get<std::string>(),
                           json->at("network_namespace").get<std::string>(),
                           json->at("arguments").get<std::string>(),
                           json->at("capabilities"),
                           std::move(networks->front())};
        kept.namespace_identity = json->at("namespace_identity").get<std::uint64_t>();
        kept.boot_id = json->at("boot_id").get<std::string>();
        kept.result = json->at("result");
        kept.service = json->value("service", "");
        kept.rid = json->value("rid", "");
        return kept;
    } catch (const Json::exception& error) {
        return tl::unexpected(fmt::format("it is damaged: {}", error.what()));
    }
}

Path KeptAttachments::file_of(const std::string& name) const {
    return fmt::format("{}/{}.json", directory_, name);
}

tl::expected<std::optional<Kept>, std::string> KeptAttachments::read(const Files& files, const std::string& name) const {
    const Path file = file_of(name);
    const auto text = files.read(file);
    if (!text && text.error().absent()) return std::nullopt;
    if (!text) return tl::unexpected(fmt::format("{}: {}", file, text.error().reason));
    auto kept = read_kept(*text);
    if (!kept) return tl::unexpected(fmt::format("{}: {}", file, kept.error()));
    return std::move(*kept);
}

void KeptAttachments::keep(Files& files, const std::string& name, const Kept& kept) const {
    files.make_directories(directory_, 0700);
    files.replace(file_of(name), kept_text(kept), 0600);
}

void KeptAttachments::forget(Files& files, const std::string& name) const {
    files.remove(file_of(name));
}

}  // namespace svcmgr::cni
