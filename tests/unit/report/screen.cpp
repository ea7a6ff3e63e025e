#include "tests/unit/report/screen.h"

#include <algorithm>

namespace svcmgr {

void Screen::print(const std::string& bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const char c = bytes[i];
        if (c == '\r') {
            column_ = 0;
        } else if (c == '\n') {
            column_ = 0;
            if (++row_ == rows_.size()) rows_.emplace_back();
        } else if (c == '\033') {
            const std::size_t end = bytes.find_first_of("ABCDHJKm", i);
            const std::string sequence = bytes.substr(i + 1, end - i);
            i = end;
            if (sequence == "[K")
                rows_[row_].resize(std::min(rows_[row_].size(), column_));
            else if (sequence == "[A" && row_ > 0)
                --row_;
            else if (sequence.back() != 'm')
                complaint_ += "unexpected: " + sequence + "\n";
        } else {
            put(c);
        }
    }
}

void Screen::put(char c) {
    if (column_ == width_) {
        column_ = 0;
        if (++row_ == rows_.size()) rows_.emplace_back();
    }
    std::string& row = rows_[row_];
    if (row.size() <= column_) row.resize(column_ + 1, ' ');
    row[column_++] = c;
}

std::vector<std::string> Screen::rows() const {
    std::vector<std::string> rows = rows_;
    for (std::string& row : rows) row.erase(row.find_last_not_of(' ') + 1);
    while (!rows.empty() && rows.back().empty()) rows.pop_back();
    return rows;
}

}  // namespace svcmgr
