#include "drivers/ssh/ssh.h"

namespace svcmgr {

namespace {

/// Every word is quoted, also harmless ones: an unquoted first word could be a keyword (`if`), an assignment or an alias of the shell.
/// Nothing is special between single quotes but the single quote itself.
void append_quoted(std::string& line, std::string_view word) {
    line += '\'';
    for (char c : word) {
        if (c == '\'')
            line += "'\\''";
        else
            line += c;
    }
    line += '\'';
}

}  // namespace

std::string quote_for_shell(const Argv& argv) {
    std::string line;
    for (const std::string& word : argv) {
        if (!line.empty()) line += ' ';
        append_quoted(line, word);
    }
    return line;
}

}  // namespace svcmgr
