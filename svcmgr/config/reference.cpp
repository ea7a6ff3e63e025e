#include "svcmgr/config/reference.h"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/numbers.h"
#include "drivers/options.h"
#include "svcmgr/config/arithmetic.h"

namespace svcmgr {

namespace {

constexpr std::size_t most_problems = 20;     // of one value; more help nobody
constexpr std::size_t longest_value = 65536;  // references to references must not fill the memory

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_reference_byte(char c) {
    return is_letter(c) || is_digit(c) || std::string_view(".#:-").find(c) != std::string_view::npos;
}

class Expander {
public:
    Expander(std::string_view text, Leave leave, const LookUp& look_up) : text_(text), leave_(leave), look_up_(look_up) {}

    Expansion run() {
        Expansion expansion{append(0, text_.size()), {}};
        expansion.problems = std::move(problems_);
        return expansion;
    }

private:
    std::string append(std::size_t from, std::size_t end) {
        std::string result;
        while (from < end) {
            std::size_t used = 0;
            if (text_[from] == '{') used = append_reference(from, end, result);
            if (text_[from] == '$' && from + 1 < end && text_[from + 1] == '(' && !in_arithmetic_)
                used = append_arithmetic(from, end, result);
            if (used == 0) {
                result += text_[from];
                used = 1;
            }
            from += used;
            if (result.size() <= longest_value) continue;
            add_problem(0, text_.size(), {fmt::format("the value has more than {} bytes with its references resolved", longest_value), {}});
            return {};
        }
        return result;
    }

    /// How many bytes of the text were the reference; 0 when it is none.
    std::size_t append_reference(std::size_t from, std::size_t end, std::string& result) {
        std::size_t close = from + 1;
        while (close < end && (is_reference_byte(text_[close]) || text_[close] == '[' || text_[close] == ']')) ++close;
        if (close == end || text_[close] != '}') return 0;
        const std::optional<Reference> reference = parse_reference(text_.substr(from + 1, close - from - 1));
        if (!reference) return 0;
        const std::size_t length = close + 1 - from;
        const auto value = look_up_(*reference);
        if (value) {
            result += *value;
        } else if (leave_.unresolved_references) {
            result += text_.substr(from, length);
        } else {
            add_problem(from, length, value.error());
        }
        return length;
    }

    std::size_t append_arithmetic(std::size_t from, std::size_t end, std::string& result) {
        if (no_more_arithmetic_) return 0;
        const std::size_t close = matching_parenthesis(from + 1, end);
        if (close >= end) {
            no_more_arithmetic_ = true;
            if (!leave_.other_parentheses) add_problem(from, 2, {"'$(' begins arithmetic, and has no ')'", {}});
            return 0;
        }
        const std::size_t length = close + 1 - from;
        const std::size_t failures_before = failures_;
        in_arithmetic_ = true;
        const std::string inside = append(from + 2, close);
        in_arithmetic_ = false;
        if (failures_ != failures_before) return length;
        const auto value = calculate(inside);
        if (value) {
            result += *value;
        } else if (leave_.other_parentheses) {
            result += "$(" + inside + ")";
        } else {
            add_problem(from, length, {fmt::format("'$({})' can't be calculated: {}", inside.substr(0, 60), value.error()), {}});
        }
        return length;
    }

    std::size_t matching_parenthesis(std::size_t open, std::size_t end) const {
        int depth = 0;
        for (std::size_t i = open; i < end; ++i) {
            if (text_[i] == '(') ++depth;
            if (text_[i] == ')' && --depth == 0) return i;
        }
        return end;
    }

    void add_problem(std::size_t offset, std::size_t length, const LookUpProblem& problem) {
        ++failures_;
        if (failures_ > most_problems) return;
        problems_.push_back({offset, length, problem.message, problem.suggestion, problem.already_reported});
    }

    std::string_view text_;
    Leave leave_;
    const LookUp& look_up_;
    std::vector<ExpansionProblem> problems_;
    std::size_t failures_ = 0;
    bool in_arithmetic_ = false;
    bool no_more_arithmetic_ = false;  ///< a "$(" was not closed, so no later one is
};

}  // namespace

bool has_references(std::string_view text) {
    return text.find('{') != std::string_view::npos || text.find("$(") != std::string_view::npos;
}

std::optional<Reference> parse_reference(std::string_view content) {
    Reference reference;
    if (!content.empty() && content.back() == ']') {
        const std::size_t open = content.rfind('[');
        if (open == std::string_view::npos) return std::nullopt;
        const auto index = parse_integer(content.substr(open + 1, content.size() - open - 2));
        if (!index) return std::nullopt;
        reference.index = static_cast<std::size_t>(*index);
        content = content.substr(0, open);
    }
    if (!std::all_of(content.begin(), content.end(), is_reference_byte)) return std::nullopt;
    const std::size_t dot = content.rfind('.');
    if (dot != std::string_view::npos) {
        reference.section = content.substr(0, dot);
        content = content.substr(dot + 1);
        if (reference.section.empty() || !is_letter(reference.section.front())) return std::nullopt;
    }
    if (!content.empty() && content.front() == '#') {
        reference.count = true;
        content.remove_prefix(1);
    }
    if (content.empty() || !is_letter(content.front())) return std::nullopt;
    reference.keyword = content;
    return reference;
}

Expansion expand(std::string_view text, Leave leave, const LookUp& look_up) {
    return Expander(text, leave, look_up).run();
}

}  // namespace svcmgr
