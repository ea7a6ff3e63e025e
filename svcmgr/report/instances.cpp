#include "svcmgr/report/instances.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace svcmgr {

using Answer = PeerInstance::Answer;

std::string_view to_string(Answer answer) noexcept {
    switch (answer) {
        case Answer::given: return "given";
        case Answer::unresolved: return "unresolved";
        case Answer::unreachable: return "unreachable";
        case Answer::refused: return "refused";
        case Answer::silent: return "silent";
        case Answer::key_unknown: return "key_unknown";
        case Answer::key_changed: return "key_changed";
        case Answer::not_authorised: return "not_authorised";
        case Answer::without_svcmgr: return "without_svcmgr";
        case Answer::other_version: return "other_version";
        case Answer::unreadable: return "unreadable";
        case Answer::without_service: return "without_service";
    }
    return "unreadable";
}

std::vector<LogLine> remarks_of(const PeerInstance& instance) {
    if (instance.answer != Answer::given) return {{LogLine::Level::warn, instance.reason}};
    std::vector<LogLine> remarks;
    if (!instance.acting.empty()) remarks.push_back({LogLine::Level::info, instance.acting + " runs now"});
    if (!instance.interrupted.empty()) remarks.push_back({LogLine::Level::warn, "interrupted: " + instance.interrupted});
    if (!instance.unknown.empty())
        remarks.push_back({LogLine::Level::warn, fmt::format("not known there: {}", fmt::join(instance.unknown, ", "))});
    return remarks;
}

void write_instance(JsonWriter& json, const PeerInstance& instance) {
    json.begin_object();
    json.key("answer").text(to_string(instance.answer));
    if (instance.answer != Answer::given) {
        json.key("reason").text(instance.reason);
    } else {
        json.key("avail").text(to_string(instance.avail));
        json.key("overall").text(to_string(instance.overall));
        json.key("frozen").boolean(instance.frozen);
        json.key("running").texts(instance.running);
        json.key("unknown").texts(instance.unknown);
        json.key("acting");
        write_text_or_null(json, instance.acting);
        json.key("interrupted");
        write_text_or_null(json, instance.interrupted);
        json.key("version");
        write_text_or_null(json, instance.version);
    }
    json.end_object();
}

}  // namespace svcmgr
