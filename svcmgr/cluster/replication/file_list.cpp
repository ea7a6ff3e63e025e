#include "svcmgr/cluster/replication/file_list.h"

#include <fmt/format.h>

#include <stdexcept>

#include <nlohmann/json.hpp>

#include "drivers/block/sysfs.h"
#include "svcmgr/cluster/replication/digest.h"

namespace svcmgr {

namespace {

using Json = nlohmann::ordered_json;
constexpr std::string_view schema = "svcmgr.replica/1";
constexpr std::size_t most_files = 1000;
constexpr std::size_t longest_text = 200;
constexpr std::uint32_t permissions = 07777;

std::string first_of(std::string_view text) {
    return printable(text.substr(0, longest_text));
}

FileState state_of(const Json& json) {
    FileState state;
    state.digest = json.at("digest").get<std::string>();
    if (!is_digest(state.digest)) throw std::invalid_argument(fmt::format("'{}' is no digest", first_of(state.digest)));
    state.executable = json.at("executable").get<bool>();
    state.mode = json.at("mode").get<std::uint32_t>() & permissions;
    return state;
}

}  // namespace

std::string to_json(const FileList& list) {
    Json files = Json::object();
    for (const auto& [name, state] : list.files)
        files[name] = {{"digest", state.digest}, {"executable", state.executable}, {"mode", state.mode}};
    const Json document = {{"schema", schema}, {"node", list.node}, {"host_mode", list.host_mode}, {"files", std::move(files)}};
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

tl::expected<FileList, std::string> parse_file_list(std::string_view text) {
    try {
        const Json document = Json::parse(text);
        if (document.at("schema") != schema) return tl::unexpected(fmt::format("it is not of the schema {}", schema));
        FileList list;
        list.node = document.at("node").get<std::string>();
        list.host_mode = first_of(document.at("host_mode").get<std::string>());
        const Json& files = document.at("files");
        if (!files.is_object() || files.size() > most_files)
            return tl::unexpected(std::string("`files` is no object of at most 1000 files"));
        for (const auto& [name, json] : files.items()) {
            if (!kind_of_file(name)) return tl::unexpected(fmt::format("'{}' is no file of a service", first_of(name)));
            list.files.emplace(name, state_of(json));
        }
        return list;
    } catch (const std::exception& problem) {
        return tl::unexpected(first_of(problem.what()));
    }
}

}  // namespace svcmgr
