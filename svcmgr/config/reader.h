#pragma once

#include <string>
#include <vector>

#include "svcmgr/config/document.h"

namespace svcmgr {

struct Reading {
    std::vector<Section> sections;  ///< each name once, in the order of the file
    Findings findings;              ///< in the order of the file
};

/// The grammar of env files, as `Document` describes it.
Reading read_sections(const Lines& lines, const std::string& file);

/// Whether a line is a comment.
bool is_comment(std::string_view line);

}  // namespace svcmgr
