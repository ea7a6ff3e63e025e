#include "svcmgr/report/error_text.h"

#include <fmt/format.h>

#include "svcmgr/report/json.h"
#include "svcmgr/report/text.h"

namespace svcmgr {

std::string error_text(const Error& error) {
    // Hints are ours; messages and places may repeat what a guest or a tool printed.
    const Style style{.letters = Style::Letters::utf8};
    std::string text = "svcmgr: ";
    if (!error.where().empty()) text += shown(error.where(), style) + ": ";
    text += shown(error.message(), style) + "\n";
    if (!error.hint().empty()) text += fmt::format("        {}\n", shown(error.hint(), style));
    return text;
}

std::string error_json(const Error& error) {
    JsonWriter json;
    json.begin_object();
    json.key("schema").text("svcmgr.error/1");
    write_error_members(json, error);
    json.end_object();
    return json.document();
}

}  // namespace svcmgr
