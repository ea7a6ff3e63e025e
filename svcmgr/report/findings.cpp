#include "svcmgr/report/findings.h"

#include "svcmgr/report/json.h"

namespace svcmgr {

std::string findings_json(const Findings& findings) {
    JsonWriter json;
    json.begin_object();
    json.key("schema").text("svcmgr.findings/1");
    json.key("findings").begin_array();
    for (const Finding& finding : findings) {
        json.begin_object();
        json.key("kind").text(to_string(finding.kind));
        json.key("level").text(to_string(finding.level));
        json.key("file").text(finding.place.file.text());
        json.key("line").integer(finding.place.line);
        json.key("column").integer(finding.place.column);
        json.key("section").text(finding.section);
        json.key("keyword").text(finding.keyword);
        json.key("message").text(message_without_secrets(finding));
        json.key("suggestion");
        write_text_or_null(json, finding.suggestion);
        json.end_object();
    }
    json.end_array().end_object();
    return json.document();
}

}  // namespace svcmgr
