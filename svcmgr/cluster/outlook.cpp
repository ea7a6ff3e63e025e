#include "svcmgr/cluster/outlook.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace svcmgr {

namespace {

using Json = nlohmann::ordered_json;
constexpr std::string_view schema = "svcmgr.outlook/1";
constexpr std::size_t longest_text = 400;

std::string text_of(const Json& json, const char* key) {
    return json.at(key).get<std::string>().substr(0, longest_text);
}

Error::Code code_of(const std::string& word) {
    for (const Error::Code code : {Error::Code::failed, Error::Code::invalid, Error::Code::refused, Error::Code::locked,
                                   Error::Code::left_behind, Error::Code::unreachable, Error::Code::timed_out, Error::Code::interrupted})
        if (word == to_string(code)) return code;
    return Error::Code::refused;
}

}  // namespace

std::string to_json(const Outlook& outlook) {
    Json document = {{"schema", schema},
                     {"config", outlook.config},
                     {"deadline_seconds", std::chrono::duration_cast<std::chrono::seconds>(outlook.deadline).count()},
                     {"refusal", nullptr}};
    if (const auto& refusal = outlook.refusal)
        document["refusal"] = {
            {"code", to_string(refusal->code())}, {"message", refusal->message()}, {"where", refusal->where()}, {"hint", refusal->hint()}};
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

tl::expected<Outlook, std::string> parse_outlook(std::string_view text) {
    constexpr std::int64_t most_seconds = 1'000'000;
    try {
        const Json document = Json::parse(text);
        if (document.at("schema") != schema) return tl::unexpected(std::string("it is not of the schema ") + std::string(schema));
        Outlook outlook;
        outlook.config = text_of(document, "config");
        outlook.deadline =
            std::chrono::seconds(std::clamp<std::int64_t>(document.at("deadline_seconds").get<std::int64_t>(), 0, most_seconds));
        if (const Json& refusal = document.at("refusal"); !refusal.is_null())
            outlook.refusal =
                Error(code_of(text_of(refusal, "code")), text_of(refusal, "message"), text_of(refusal, "where"), text_of(refusal, "hint"));
        return outlook;
    } catch (const std::exception& problem) {
        return tl::unexpected(std::string(problem.what()).substr(0, longest_text));
    }
}

}  // namespace svcmgr
