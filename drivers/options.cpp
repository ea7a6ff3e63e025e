#include "drivers/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <map>
#include <mutex>
#include <unordered_map>

#include "drivers/numbers.h"

namespace svcmgr {

namespace {

bool is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');  // tab, line feed, vertical tab, form feed, carriage return
}
char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_word(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

/// Takes the digits at the start of `text` away. Nothing when there are none, or more than 64 bits hold.
std::optional<std::uint64_t> take_number(std::string_view& text) {
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t number = 0;
    std::size_t used = 0;
    for (; used < text.size() && is_digit(text[used]); ++used) {
        const auto digit = static_cast<std::uint64_t>(text[used] - '0');
        if (number > (most - digit) / 10) return std::nullopt;
        number = number * 10 + digit;
    }
    if (used == 0) return std::nullopt;
    text.remove_prefix(used);
    return number;
}

struct TimeUnit {
    char letter;
    std::chrono::seconds length;
};
constexpr std::array<TimeUnit, 5> time_units = {{{'w', std::chrono::hours(24 * 7)},
                                                 {'d', std::chrono::hours(24)},
                                                 {'h', std::chrono::hours(1)},
                                                 {'m', std::chrono::minutes(1)},
                                                 {'s', std::chrono::seconds(1)}}};

/// `number` times `unit` more than `sum`, or nothing when a Duration can't hold it.
std::optional<Duration> add(Duration sum, std::uint64_t number, Duration unit) {
    const auto room = static_cast<std::uint64_t>((Duration::max() - sum).count());
    if (number > room / static_cast<std::uint64_t>(unit.count())) return std::nullopt;
    return sum + unit * static_cast<std::int64_t>(number);
}

}  // namespace

const std::string& FileName::text() const {
    static const std::string none;
    return text_ ? *text_ : none;
}

std::string Place::to_string() const {
    if (line == 0) return {};
    return fmt::format("{}:{}:{}", file.text(), line, column);
}

const Keyword* find_keyword(Keywords keywords, std::string_view name) {
    for (const Keyword& keyword : keywords)
        if (keyword.name == name) return &keyword;
    return nullptr;
}

/// The keywords of a set, the first of each name.
struct KeywordSet::Index {
    /// Words of some ten letters that a table chose: their length and three of the letters tell nearly all of them apart.
    struct Hash {
        std::size_t operator()(std::string_view name) const noexcept {
            if (name.empty()) return 0;
            const auto letter = [name](std::size_t at) { return std::size_t{static_cast<unsigned char>(name[at])}; };
            return name.size() + 31 * (letter(0) + 31 * (letter(name.size() / 2) + 31 * letter(name.size() - 1)));
        }
    };
    std::unordered_map<std::string_view, const Keyword*, Hash> by_name;
};

/// A service asks for hundreds of keywords, and a node has thousands of services: sets of the same tables share an index. Short ones need
/// none.
const KeywordSet::Index* KeywordSet::index_of(std::span<const Keywords> tables) {
    constexpr std::size_t shortest = 16;
    static std::mutex mutex;
    static std::map<std::vector<const Keyword*>, Index> indices;
    std::size_t size = 0;
    for (const Keywords& table : tables) size += table.size();
    if (size < shortest) return nullptr;
    std::vector<const Keyword*> where;
    where.reserve(tables.size());
    for (const Keywords& table : tables) where.push_back(table.data());
    const std::lock_guard lock(mutex);
    const auto [known, is_new] = indices.try_emplace(std::move(where));
    if (is_new)
        for (const Keywords& table : tables)
            for (const Keyword& keyword : table) known->second.by_name.emplace(keyword.name, &keyword);
    return &known->second;
}

KeywordSet::KeywordSet(std::initializer_list<Keywords> tables) : size_(tables.size()), index_(index_of({tables.begin(), tables.size()})) {
    assert(tables.size() <= tables_.size());
    std::copy(tables.begin(), tables.end(), tables_.begin());
}

const Keyword* KeywordSet::find(std::string_view name) const {
    if (index_ != nullptr) {
        const auto found = index_->by_name.find(name);
        return found == index_->by_name.end() ? nullptr : found->second;
    }
    for (const Keywords& table : tables())
        if (const Keyword* found = find_keyword(table, name)) return found;
    return nullptr;
}

const Options::Values& Options::values() const {
    static const Values none;
    return values_ ? *values_ : none;
}

void Options::set(const std::string& keyword, OptionValue value) {
    if (!values_)
        values_ = std::make_shared<Values>();
    else if (values_.use_count() > 1)
        values_ = std::make_shared<Values>(*values_);
    (*values_)[keyword] = std::move(value);
}

bool Options::said(std::string_view keyword) const {
    const auto found = values().find(keyword);
    return found != values().end() && found->second.place.line != 0;
}

Place Options::place_of(std::string_view keyword) const {
    const auto found = values().find(keyword);
    return found != values().end() && found->second.place.line != 0 ? found->second.place : place_;
}

std::string Options::text(std::string_view keyword) const {
    return std::string(raw(entry(keyword)));
}
bool Options::flag(std::string_view keyword) const {
    return parse_boolean(raw(entry(keyword))).value_or(false);
}
std::int64_t Options::integer(std::string_view keyword) const {
    return parse_integer(raw(entry(keyword))).value_or(0);
}
std::uint64_t Options::size(std::string_view keyword) const {
    return parse_size(raw(entry(keyword))).value_or(0);
}

Duration Options::duration(std::string_view keyword) const {
    const Keyword& of = entry(keyword);
    const Duration unit = of.type == Keyword::Type::minutes ? Duration(std::chrono::minutes(1)) : Duration(std::chrono::seconds(1));
    return parse_duration(raw(of), unit).value_or(Duration::zero());
}

std::vector<std::string> Options::list(std::string_view keyword) const {
    const Keyword& of = entry(keyword);
    if (of.type == Keyword::Type::command) return split_command(raw(of)).value_or(std::vector<std::string>());
    return split_words(of.type == Keyword::Type::node_list ? lower_case(raw(of)) : std::string(raw(of)));
}

std::string_view Options::raw(const Keyword& keyword) const {
    const auto found = values().find(keyword.name);
    return found != values().end() ? std::string_view(found->second.text) : keyword.default_value;
}

const Keyword& Options::entry(std::string_view keyword) const {
    static constexpr Keyword nothing;
    const Keyword* found = keywords_.find(keyword);
    assert(found && "a keyword that is in no table of the section");
    return found ? *found : nothing;
}

std::optional<bool> parse_boolean(std::string_view text) {
    text = trimmed(text);
    // Asked for some ten times for each section of thousands of files: nearly all words differ in their length or their first letter.
    const auto is = [text](std::string_view word) {
        return text.size() == word.size() && lower(text.front()) == word.front() && same_word(text, word);
    };
    if (text.empty()) return std::nullopt;
    for (const std::string_view word : {std::string_view("false"), std::string_view("0"), std::string_view("no"), std::string_view("n"),
                                        std::string_view("f"), std::string_view("off")})
        if (is(word)) return false;
    for (const std::string_view word : {std::string_view("true"), std::string_view("1"), std::string_view("yes"), std::string_view("y"),
                                        std::string_view("t"), std::string_view("on")})
        if (is(word)) return true;
    return std::nullopt;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    text = trimmed(text);
    const auto number = take_number(text);
    if (!number || !text.empty() || *number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    text = trimmed(text);
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    unsigned shift = 20;
    if (!text.empty()) {
        const std::size_t power = std::string_view("kmgtpe").find(lower(text.front()));
        if (power == std::string_view::npos) return std::nullopt;
        const std::string_view rest = text.substr(1);
        if (!rest.empty() && !same_word(rest, "b") && !same_word(rest, "ib")) return std::nullopt;
        shift = static_cast<unsigned>(power + 1) * 10;
    }
    if (*number > std::numeric_limits<std::uint64_t>::max() >> shift) return std::nullopt;
    return *number << shift;
}

std::optional<Duration> parse_duration(std::string_view text, Duration bare_number_unit) {
    text = trimmed(text);
    Duration sum = Duration::zero();
    auto largest_allowed = time_units.begin();
    for (bool first = true; first || !text.empty(); first = false) {
        const auto number = take_number(text);
        if (!number) return std::nullopt;
        if (text.empty()) return first ? add(sum, *number, bare_number_unit) : std::nullopt;
        const auto unit =
            std::find_if(largest_allowed, time_units.end(), [&](const TimeUnit& u) { return u.letter == lower(text.front()); });
        if (unit == time_units.end()) return std::nullopt;
        largest_allowed = unit + 1;
        text.remove_prefix(1);
        const auto added = add(sum, *number, unit->length);
        if (!added) return std::nullopt;
        sum = *added;
    }
    return sum;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::vector<std::string> split_filled(std::string_view text, char separator) {
    std::vector<std::string> filled;
    for (const std::string_view part : split(text, separator))
        if (!part.empty()) filled.emplace_back(part);
    return filled;
}

std::vector<std::string> split_words(std::string_view text) {
    std::vector<std::string> words;
    auto start = std::ranges::find_if_not(text, is_blank);
    while (start != text.end()) {
        const auto end = std::find_if(start, text.end(), is_blank);
        words.emplace_back(start, end);
        start = std::find_if_not(end, text.end(), is_blank);
    }
    return words;
}

std::optional<std::vector<std::string>> split_command(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    bool in_word = false;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\\' && quote != '\'') {
            if (++i == text.size()) return std::nullopt;
            const bool escapes = quote == 0 || text[i] == '"' || text[i] == '\\';
            if (!escapes) word += c;
            word += text[i];
            in_word = true;
        } else if (quote != 0) {
            if (c == quote) {
                quote = 0;
            } else {
                word += c;
            }
        } else if (c == '"' || c == '\'') {
            quote = c;
            in_word = true;
        } else if (is_blank(c)) {
            if (in_word) words.push_back(std::move(word));
            word.clear();
            in_word = false;
        } else {
            word += c;
            in_word = true;
        }
    }
    if (quote != 0) return std::nullopt;
    if (in_word) words.push_back(std::move(word));
    return words;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

std::string lower_case(std::string_view text) {
    std::string result(text);
    for (char& c : result) c = lower(c);
    return result;
}

}  // namespace svcmgr
