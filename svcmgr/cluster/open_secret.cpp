#include "svcmgr/cluster/open_secret.h"

#include <fmt/format.h>

#include "drivers/secret_names.h"

namespace svcmgr {

std::optional<Finding> open_secret(const Document& document, const FileFacts& facts) {
    if ((facts.mode & 0044) == 0) return std::nullopt;
    for (const Section& section : document.sections()) {
        const std::string name = lower_case(section.name);
        for (const Entry& entry : section.entries) {
            if (!holds_secret(name, entry.keyword, entry.value)) continue;
            Finding finding;
            finding.kind = Finding::Kind::bad_value;
            finding.level = Finding::Level::warning;
            finding.place = entry.value_place;
            finding.section = name;
            finding.keyword = entry.name();
            finding.message = fmt::format("it holds a secret, and others than its owner can read the file (mode {:04o}): chmod 600 {}",
                                          facts.mode, document.file());
            finding.source_line = document.line(entry.value_place.line);
            return finding;
        }
    }
    return std::nullopt;
}

}  // namespace svcmgr
