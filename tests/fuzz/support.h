#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "svcmgr/cluster/loader.h"
#include "svcmgr/config/document.h"
#include "svcmgr/config/finding.h"
#include "tests/fuzz/require.h"

namespace svcmgr::fuzz {

inline std::string text_of(const std::uint8_t* data, std::size_t size) {
    return std::string(reinterpret_cast<const char*>(data), size);
}

/// What any list of findings about a document promises its reader.
inline void check_findings(const Document& document, const Findings& findings) {
    int line = 0;
    std::size_t printed = 0;
    for (const Finding& finding : findings) {
        require(finding.place.line >= line, "findings are in the order of the file");
        line = finding.place.line;
        require(finding.place.column >= 1, "a finding has a column");
        require(document.sections().empty() || finding.source_line == document.line(finding.place.line), "a finding shows its line");
        require(!finding.message.empty(), "a finding says something");
        if (++printed > 20) continue;
        for (const char c : to_text(finding))
            require(c == '\n' || c == '\t' || static_cast<unsigned char>(c) >= 0x20, "nothing steers a terminal");
    }
}

}  // namespace svcmgr::fuzz
