#include "drivers/ssh/known_hosts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "drivers/error.h"

namespace svcmgr {

namespace {

constexpr std::string_view blanks = " \t";

/// Takes the first word from `text`.
std::string_view take_word(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    std::string_view word = text.substr(0, text.find_first_of(blanks));
    text.remove_prefix(word.size());
    return word;
}

/// Takes the first line from `text`, with its newline.
std::string_view take_line(std::string_view& text) {
    std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end == std::string_view::npos ? end : end + 1);
    text.remove_prefix(line.size());
    return line;
}

std::string_view without_line_end(std::string_view line) {
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    return line;
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](char c) { return lower(c); });
    return result;
}

struct Line {
    std::string_view marker;  ///< "@revoked", "@cert-authority", or empty
    std::string_view names;
    std::string_view type;
    std::string_view base64;
};

/// Nothing for empty lines, comments and what has too few fields.
std::optional<Line> parse_line(std::string_view text) {
    text = without_line_end(text);
    Line line;
    std::string_view word = take_word(text);
    if (word.empty() || word.front() == '#') return {};
    if (word.front() == '@') {
        line.marker = word;
        word = take_word(text);
    }
    line.names = word;
    line.type = take_word(text);
    line.base64 = take_word(text);
    if (line.base64.empty()) return {};
    return line;
}

bool is_hashed(const Line& line) {
    return line.names.front() == '|';
}

/// `name` is lower case. Linear in practice: on a mismatch only the last star takes one character more.
bool matches_pattern(std::string_view pattern, std::string_view name) {
    std::size_t p = 0, n = 0, star = std::string_view::npos, after_star = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            after_star = n;
        } else if (p < pattern.size() && (pattern[p] == '?' || lower(pattern[p]) == name[n])) {
            ++p;
            ++n;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            n = ++after_star;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::vector<std::string_view> split_names(std::string_view names) {
    std::vector<std::string_view> result;
    while (true) {
        std::size_t comma = names.find(',');
        result.push_back(names.substr(0, comma));
        if (comma == std::string_view::npos) return result;
        names.remove_prefix(comma + 1);
    }
}

bool speaks_of(const Line& line, std::string_view name) {
    bool found = false;
    for (std::string_view pattern : split_names(line.names)) {
        if (pattern.starts_with('!')) {
            if (matches_pattern(pattern.substr(1), name)) return false;
        } else if (matches_pattern(pattern, name)) {
            found = true;
        }
    }
    return found;
}

bool records_exactly(const Line& line, std::string_view name) {
    if (!line.marker.empty() || is_hashed(line)) return false;
    auto names = split_names(line.names);
    return std::any_of(names.begin(), names.end(), [&](std::string_view n) { return lower(n) == name; });
}

/// The raw line with `name` taken from its list of names; empty when it was the only one.
std::string without_name(std::string_view raw, const Line& line, std::string_view name) {
    std::string names;
    for (std::string_view n : split_names(line.names)) {
        if (lower(n) == name) continue;
        if (!names.empty()) names += ',';
        names += n;
    }
    if (names.empty()) return {};
    auto begin = static_cast<std::size_t>(line.names.data() - raw.data());
    return fmt::format("{}{}{}", raw.substr(0, begin), names, raw.substr(begin + line.names.size()));
}

/// A name that would be read back as something else must not get into the file.
std::string writable_name(const SshTarget& target) {
    std::string name = known_host_name(target);
    bool plain = !target.host.empty() && std::all_of(target.host.begin(), target.host.end(), [](unsigned char c) {
        return c > ' ' && c < 127 && std::string_view(",*?!|@#[]").find(static_cast<char>(c)) == std::string_view::npos;
    });
    if (!plain) throw Error(Error::Code::invalid, fmt::format("'{}' can't be the name of a host in known_hosts", target.host));
    return name;
}

void append_key(std::string& text, std::string_view name, const HostKey& key) {
    if (!text.empty() && text.back() != '\n') text += '\n';
    text += fmt::format("{} {} {}\n", name, key.type, key.base64);
}

std::optional<unsigned> base64_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+') return 62;
    if (c == '/') return 63;
    return {};
}

std::optional<std::string> decode_base64(std::string_view text) {
    if (text.size() % 4 != 0) return {};
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
    std::string bytes;
    std::uint32_t buffer = 0;
    int bits = 0;
    for (char c : text) {
        std::optional<unsigned> value = base64_value(c);
        if (!value) return {};
        buffer = buffer << 6 | *value;
        bits += 6;
        if (bits >= 8) bytes += static_cast<char>(buffer >> (bits -= 8) & 0xff);
    }
    return bytes;
}

/// A key begins with its type: a 32 bit length, most significant byte first, and the name (RFC 4253, 6.6).
bool begins_with_type(std::string_view bytes, std::string_view type) {
    if (bytes.size() < 4 + type.size()) return false;
    std::uint32_t length = 0;
    for (char c : bytes.substr(0, 4)) length = length << 8 | static_cast<unsigned char>(c);
    return length == type.size() && bytes.substr(4, length) == type;
}

}  // namespace

std::string known_host_name(const SshTarget& target) {
    std::string host = lower(target.host);
    return target.port == 22 ? host : fmt::format("[{}]:{}", host, target.port);
}

KnownKeys find_known_keys(std::string_view text, const SshTarget& target) {
    const std::string name = known_host_name(target);
    KnownKeys found;
    for (int number = 1; !text.empty(); ++number) {
        std::optional<Line> line = parse_line(take_line(text));
        if (!line) continue;
        if (is_hashed(*line)) {
            found.hashed_lines.push_back(number);
        } else if (speaks_of(*line, name)) {
            KnownKey key{KnownKey::Mark::trusted, std::string(line->type), std::string(line->base64), number};
            if (line->marker == "@revoked") key.mark = KnownKey::Mark::revoked;
            if (line->marker == "@cert-authority") found.authority_lines.push_back(number);
            // A marker that we don't know may restrict the key in a way that we don't see: such a line trusts nothing.
            if (line->marker.empty() || line->marker == "@revoked") found.keys.push_back(std::move(key));
        }
    }
    return found;
}

std::string add_known_key(std::string_view text, const SshTarget& target, const HostKey& key) {
    const std::string name = writable_name(target);
    KnownKeys known = find_known_keys(text, target);
    std::string result(text);
    bool there = std::any_of(known.keys.begin(), known.keys.end(),
                             [&](const KnownKey& k) { return k.mark == KnownKey::Mark::trusted && k.same_key(key); });
    if (!there) append_key(result, name, key);
    return result;
}

std::string replace_known_keys(std::string_view text, const SshTarget& target, const std::vector<HostKey>& keys) {
    const std::string name = writable_name(target);
    std::string result;
    while (!text.empty()) {
        std::string_view raw = take_line(text);
        std::optional<Line> line = parse_line(raw);
        if (line && records_exactly(*line, name))
            result += without_name(raw, *line, name);
        else
            result += raw;
    }
    for (const HostKey& key : keys) append_key(result, name, key);
    return result;
}

tl::expected<HostKey, std::string> parse_public_key(std::string_view text) {
    std::string_view rest = text;
    std::string_view line;
    while (!rest.empty()) {
        std::string_view next = without_line_end(take_line(rest));
        std::string_view probe = next;
        std::string_view word = take_word(probe);
        if (word.empty() || word.front() == '#') continue;
        if (next.starts_with("-----BEGIN") && next.find("PRIVATE KEY") != std::string_view::npos)
            return tl::unexpected<std::string>("this is a private key; the public one is in the file whose name ends in .pub");
        if (!line.empty()) return tl::unexpected<std::string>("there is more than one line; a public key file has one");
        line = next;
    }
    std::string_view type = take_word(line);
    std::string_view base64 = take_word(line);
    if (type.empty()) return tl::unexpected<std::string>("there is no key in it");
    if (base64.empty()) return tl::unexpected<std::string>("this is no public key: it should look like \"ssh-ed25519 AAAA… comment\"");
    std::optional<std::string> bytes = decode_base64(base64);
    if (!bytes) return tl::unexpected<std::string>("the key is damaged: it is not base64");
    if (!begins_with_type(*bytes, type))
        return tl::unexpected(fmt::format("the key is damaged: it does not contain a key of type {}", type));
    return HostKey{std::string(type), std::string(base64), {}};
}

}  // namespace svcmgr
