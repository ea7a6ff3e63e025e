#include "drivers/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <limits>
#include <map>
#include <mutex>

#include "drivers/numbers.h"

namespace svcmgr {

namespace {

bool is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');  // tab, line feed, vertical tab, form feed, carriage return
}
bool is_capital(char c) {
    return c >= 'A' && c <= 'Z';
}
char lower(char c) {
    return is_capital(c) ? static_cast<char>(c - 'A' + 'a') : c;
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

/// The first keyword of each name, in a table whose slots are found by a hash and tried one after the other from there; half of them are
/// free. A service asks for hundreds of keywords, most of which a section does not have: std::unordered_map's division, and the look at
/// keywords of other names, took a tenth of a validation.
struct KeywordSet::Index {
    explicit Index(std::initializer_list<Keywords> tables) {
        std::size_t size = 0;
        for (const Keywords& table : tables) size += table.size();
        slots.resize(std::bit_ceil(size * 2 + 1));
        for (const Keywords& table : tables)
            for (const Keyword& keyword : table) add(keyword);
    }

    const Keyword* find(std::string_view name) const { return slots[slot_of(name, hash(name))].keyword; }

    std::vector<const Keyword*> all;
    std::vector<const Keyword*> required;
    std::vector<const Keyword*> referring;

private:
    struct Slot {
        const Keyword* keyword = nullptr;  ///< null: free
        std::uint32_t hash = 0;
    };

    void add(const Keyword& keyword) {
        const std::uint32_t hash_of_name = hash(keyword.name);
        Slot& slot = slots[slot_of(keyword.name, hash_of_name)];
        if (slot.keyword != nullptr) return;
        slot = {&keyword, hash_of_name};
        all.push_back(&keyword);
        if (keyword.need == Keyword::Need::required) required.push_back(&keyword);
        if (keyword.default_value.starts_with('{')) referring.push_back(&keyword);
    }

    /// The keyword's slot, or the free one that it would have.
    std::size_t slot_of(std::string_view name, std::uint32_t hash_of_name) const {
        for (std::size_t at = hash_of_name;; ++at) {
            at &= slots.size() - 1;
            const Slot& slot = slots[at];
            if (slot.keyword == nullptr || (slot.hash == hash_of_name && slot.keyword->name == name)) return at;
        }
    }

    /// Words of some ten letters that a table chose: their length and three of the letters tell nearly all of them apart.
    static std::uint32_t hash(std::string_view name) noexcept {
        if (name.empty()) return 0;
        const auto letter = [name](std::size_t at) { return std::uint32_t{static_cast<unsigned char>(name[at])}; };
        return static_cast<std::uint32_t>(name.size()) + 31 * (letter(0) + 31 * (letter(name.size() / 2) + 31 * letter(name.size() - 1)));
    }

    std::vector<Slot> slots;  ///< a power of two of them
};

KeywordSet::KeywordSet(std::initializer_list<Keywords> tables) {
    constexpr std::size_t most_tables = 6;
    using Addresses = std::array<const Keyword*, most_tables>;
    static std::mutex mutex;
    static std::map<Addresses, Index> indices;
    assert(tables.size() <= most_tables);
    Addresses where{};
    std::ranges::transform(tables, where.begin(), [](const Keywords& table) { return table.data(); });
    const std::lock_guard lock(mutex);
    index_ = &indices.try_emplace(where, tables).first->second;
}

const Keyword* KeywordSet::find(std::string_view name) const {
    return index_ == nullptr ? nullptr : index_->find(name);
}

std::span<const Keyword* const> KeywordSet::all() const {
    return index_ == nullptr ? std::span<const Keyword* const>() : index_->all;
}

std::span<const Keyword* const> KeywordSet::required() const {
    return index_ == nullptr ? std::span<const Keyword* const>() : index_->required;
}

std::span<const Keyword* const> KeywordSet::referring() const {
    return index_ == nullptr ? std::span<const Keyword* const>() : index_->referring;
}

const Options::Values& Options::values() const {
    static const Values none;
    return values_ ? *values_ : none;
}

void Options::set(const std::string& keyword, OptionValue value) {
    constexpr std::size_t usual_values = 8;
    if (!values_)
        values_ = std::make_shared<Values>();
    else if (values_.use_count() > 1)
        values_ = std::make_shared<Values>(*values_);
    if (values_->empty()) values_->reserve(usual_values);
    const bool is_last = values_->empty() || values_->back().first < keyword;  // as they come from a section
    const auto place = is_last ? values_->end() : std::ranges::lower_bound(*values_, keyword, {}, &Values::value_type::first);
    if (place != values_->end() && place->first == keyword)
        place->second = std::move(value);
    else
        values_->emplace(place, keyword, std::move(value));
}

const OptionValue* Options::find(std::string_view keyword) const {
    if (!values_) return nullptr;
    // There are few, and nearly all differ in their length: comparing each is quicker than a search.
    const auto found = std::ranges::find_if(*values_, [keyword](const auto& value) { return value.first == keyword; });
    return found == values_->end() ? nullptr : &found->second;
}

bool Options::said(std::string_view keyword) const {
    const OptionValue* value = find(keyword);
    return value != nullptr && value->place.line != 0;
}

Place Options::place_of(std::string_view keyword) const {
    const OptionValue* value = find(keyword);
    return value != nullptr && value->place.line != 0 ? value->place : place_;
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
    const OptionValue* value = find(keyword.name);
    return value != nullptr ? std::string_view(value->text) : keyword.default_value;
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

std::vector<std::string_view> words_in(std::string_view text) {
    constexpr std::size_t usual_words = 8;
    std::vector<std::string_view> words;
    words.reserve(usual_words);
    auto start = std::ranges::find_if_not(text, is_blank);
    while (start != text.end()) {
        const auto end = std::find_if(start, text.end(), is_blank);
        words.emplace_back(start, end);
        start = std::find_if_not(end, text.end(), is_blank);
    }
    return words;
}

std::vector<std::string> split_words(std::string_view text) {
    const std::vector<std::string_view> words = words_in(text);
    return {words.begin(), words.end()};
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
    // Nearly all words have no capital letter.
    for (auto c = std::ranges::find_if(result, is_capital); c != result.end(); ++c) *c = lower(*c);
    return result;
}

bool same_word(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace svcmgr
