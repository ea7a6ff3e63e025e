#include "svcmgr/compose/variables.h"

#include <cctype>
#include <vector>

namespace svcmgr::compose {

namespace {

constexpr int deepest = 50;

bool is_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

class Replacer {
public:
    Replacer(std::string_view text, const std::map<std::string, std::string>& values,
             const std::function<void(const std::string&)>& missing)
        : text_(text), values_(values), missing_(missing), close_(text.size(), std::string_view::npos) {
        find_braces();
    }

    std::string all() { return replaced(0, text_.size()); }

private:
    /// Notes of each "${" where its '}' is, so that one in a default is not taken for that of the whole.
    void find_braces() {
        std::vector<std::size_t> open;
        for (std::size_t at = 0; at < text_.size(); ++at) {
            const std::string_view rest = text_.substr(at);
            if (rest.starts_with("${")) open.push_back(at);
            if (rest.starts_with("$$") || rest.starts_with("${")) {
                ++at;
            } else if (text_[at] == '}' && !open.empty()) {
                close_[open.back()] = at;
                open.pop_back();
            }
        }
    }

    std::string replaced(std::size_t begin, std::size_t end) {
        std::string result;
        ++depth_;
        for (std::size_t at = begin; at < end;) {
            const char next = at + 1 < end ? text_[at + 1] : '\0';
            const bool in_braces = next == '{' && at + 2 < end && is_name(text_[at + 2]) && close_[at] < end && depth_ <= deepest;
            if (text_[at] == '$' && next == '$') {
                result += '$';
                at += 2;
            } else if (text_[at] == '$' && std::isdigit(static_cast<unsigned char>(next)) == 0 && (in_braces || is_name(next))) {
                const std::size_t name = at + (in_braces ? 2 : 1);
                std::size_t behind = name;
                while (behind < end && is_name(text_[behind])) ++behind;
                const std::size_t close = in_braces ? close_[at] : behind;
                result += value_of(std::string(text_.substr(name, behind - name)), behind, close);
                at = close + (in_braces ? 1 : 0);
            } else {
                result += text_[at++];
            }
        }
        --depth_;
        return result;
    }

    /// Of a name and what stands behind it up to its brace: "-default", ":+other", "?why"; a ':' makes an empty value none.
    std::string value_of(const std::string& name, std::size_t at, std::size_t close) {
        const auto value = values_.find(name);
        const bool empty_counts_not = at < close && text_[at] == ':';
        if (empty_counts_not) ++at;
        const bool has_value = value != values_.end() && !(empty_counts_not && value->second.empty());
        const char how = at < close ? text_[at] : '\0';
        if (how == '+') return has_value ? replaced(at + 1, close) : std::string();
        if (has_value) return value->second;
        if (how == '-') return replaced(at + 1, close);
        missing_(name);
        return {};
    }

    std::string_view text_;
    const std::map<std::string, std::string>& values_;
    const std::function<void(const std::string&)>& missing_;
    std::vector<std::size_t> close_;
    int depth_ = 0;
};

}  // namespace

std::string with_variables(std::string_view text, const std::map<std::string, std::string>& values,
                           const std::function<void(const std::string& name)>& missing) {
    return Replacer(text, values, missing).all();
}

}  // namespace svcmgr::compose
