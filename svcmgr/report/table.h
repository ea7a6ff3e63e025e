#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace svcmgr {

/// Columns aligned under their headings, two blanks apart, numbers (a column whose cells all are) to the right. No blank at a line's end.
std::string table(const std::vector<std::string>& headings, const std::vector<std::vector<std::string>>& rows);

/// "512 MiB", "20 GiB", "1.5 TiB"; "?" for 0.
std::string size_text(std::uint64_t bytes);

/// Text of a guest or a tool made fit for a terminal: control characters shown as \xNN.
std::string printable(const std::string& text);

}  // namespace svcmgr
