#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drivers/utf8.h"
#include "svcmgr/report/style.h"

namespace svcmgr {

/// How many columns a text takes on a terminal: one for each character, none for the colours of `coloured`.
std::size_t columns(std::string_view text);

/// With blanks at its end until it takes `width` columns; longer ones stay as they are.
std::string padded(std::string_view text, std::size_t width);

/// Foreign text in one line as the style can show it: line ends become blanks, what could steer the terminal becomes \xNN.
std::string shown(std::string_view text, const Style& style);

/// Lines of at most `width` columns, broken at blanks. A word that is longer has a line for itself and is not cut: it is a path or a
/// command that somebody wants to copy. At least one line.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

/// At most `width` columns: what is too long ends with "..." or "…". Colours begin and end as before.
std::string shortened(std::string_view text, std::size_t width, const Style& style);

/// Text between tags or in an attribute of XML: whatever bytes it has, the document stays one.
std::string xml_escaped(std::string_view text);

enum class Ink { plain, good, bad, doubtful, calm };  ///< green, red, brown, light blue (contract.md 3.5)
/// In that colour, when the style has colours.
std::string coloured(std::string_view text, Ink ink, const Style& style);

}  // namespace svcmgr
