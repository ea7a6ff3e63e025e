#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "svcmgr/report/text.h"

namespace svcmgr {

/// What a table has in a row and a column.
struct Cell {
    template <std::convertible_to<std::string_view> Text>
    Cell(const Text& of, Ink in = Ink::plain) : text(std::string_view(of)), ink(in) {}

    std::string text;  ///< not yet fit for a terminal
    Ink ink;
};

/// Columns aligned under their headings, two blanks apart, numbers (a column whose cells all are) to the right. No blank at a line's end.
std::string table(const std::vector<std::string>& headings, const std::vector<std::vector<Cell>>& rows, const Style& style = {});

/// "512 MiB", "20 GiB", "1.5 TiB"; "?" for 0.
std::string size_text(std::uint64_t bytes);

/// Text of a guest or a tool made fit for a terminal: control characters shown as \xNN.
std::string printable(const std::string& text);

}  // namespace svcmgr
