// Properties of documents and their edits, on ten thousand random files each. A failure prints its seed.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "drivers/error.h"
#include "svcmgr/config/document.h"
#include "svcmgr/config/reader.h"

using namespace svcmgr;

namespace {

constexpr unsigned cases = 10000;

Document read(std::string text) {
    return Document::parse(std::move(text), "vm188.env");
}

/// Random env files, most of them with a few mistakes in them.
class Author {
public:
    explicit Author(unsigned seed) : random_(seed) {}

    std::string file() {
        std::string text;
        if (pick(8) == 0) text += "\xEF\xBB\xBF";
        const std::string end = pick(5) == 0 ? "\r\n" : "\n";
        for (int i = pick(30); i > 0; --i) text += line() + end;
        if (pick(4) == 0) text += line();
        return text;
    }
    std::string section() { return one_of({"DEFAULT", "ip#1", "vmdg", "container#1", "env", "fs#data"}); }
    std::string keyword() { return one_of({"nodes", "ipname", "x", "ipname@nodes", "ipname@node109", "a_b"}); }
    /// One line of any bytes, most of them such that they may stand in a value.
    std::string bytes() {
        std::string text;
        for (int i = pick(20); i > 0; --i) {
            if (pick(4) == 0)
                text += one_of({" ", ";", " ;", "#", "=", ":", "[", "]", "{x}", "\"\"", "\t", "$(", "\\", "'"});
            else
                text += static_cast<char>(pick(40) == 0 ? 11 + pick(21) : 32 + pick(224));
        }
        return text;
    }
    std::string value() {
        std::string text = one_of({"", "vm188", "a b  c", "{nodes[0]}", "x=y", "a:b", "[x]", "#1", "\"\"", "$(1+2)", "\xc3\xa9t\xc3\xa9"});
        if (pick(6) == 0) text += "\n" + one_of({"more", "/dev/a:/dev/b", "{x}"});
        return text;
    }
    int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

private:
    std::string one_of(const std::vector<std::string>& words) {
        return words[static_cast<std::size_t>(pick(static_cast<int>(words.size())))];
    }
    std::string blanks() { return one_of({"", "", "", "\t", "  ", "        "}); }
    std::string line() {
        switch (pick(10)) {
            case 0:
            case 1: return blanks() + "[" + section() + "]";
            case 2: return blanks() + one_of({"# comment", "; comment", "", "   "});
            case 3: return blanks() + one_of({"more words", "junk", "[open", "= 1", "[]", "x y = 1"});
            default: return blanks() + keyword() + one_of({" = ", "=", ": ", " =  "}) + one_of({"1", "vm188 ; why", "", "n1 n2", "\"\""});
        }
    }

    std::mt19937 random_;
};

std::vector<std::string> everything_but(const Document& document, const std::string& section, const std::string& keyword) {
    std::vector<std::string> words;
    for (const Section& s : document.sections())
        for (const Entry& e : s.entries)
            if (s.name != section || e.name() != keyword) words.push_back(s.name + "." + e.name() + "=" + e.value);
    return words;
}

/// A document as text, with the place of everything in it.
std::string drawn(const Document& document) {
    std::string text;
    for (const Section& s : document.sections()) {
        text += fmt::format("[{}] {}\n", s.name, s.place.to_string());
        for (const Entry& e : s.entries)
            text += fmt::format("{} {} = {} {} {}-{} {}\n", e.name(), e.place.to_string(), e.value, e.value_place.to_string(), e.first_line,
                                e.end_line, e.comment_column);
    }
    return text;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size() - 1) + 1;
        lines.push_back(text.substr(start, end - start));
        start = end;
    }
    return lines;
}

/// Whether a value of one line can be written at all: control bytes can't, and a ';' behind a blank would begin a comment.
bool may_be_written(std::string_view value) {
    const auto is_control = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; };
    if (std::any_of(value.begin(), value.end(), is_control)) return false;
    const std::string line = " " + std::string(value);
    return line.find(" ;") == std::string::npos && line.find("\t;") == std::string::npos;
}

}  // namespace

TEST_CASE("Reading what was read gives the same document, and no byte is lost") {
    for (unsigned seed = 0; seed < cases; ++seed) {
        CAPTURE(seed);
        const std::string text = Author(seed).file();
        const Document document = read(text);
        REQUIRE(document.text() == text);
        const Document again = read(document.text());
        REQUIRE(drawn(again) == drawn(document));
        REQUIRE(again.findings() == document.findings());
    }
}

TEST_CASE("A value of any bytes that may be written is accepted and got back, and no other is accepted") {
    for (unsigned seed = 0; seed < cases; ++seed) {
        CAPTURE(seed);
        Author author(seed);
        const std::string keyword = author.keyword(), value = author.bytes();
        CAPTURE(value);
        const std::string_view wanted = trimmed(value) == "\"\"" ? std::string_view() : trimmed(value);
        Document document = read("[ip#1]\nx = 1 \n  2\n[env]\n");
        const std::string before = document.text();
        try {
            document.set("ip#1", keyword, value);
            REQUIRE(may_be_written(wanted));
            REQUIRE(document.find("ip#1", keyword)->value == wanted);
        } catch (const Error&) {
            REQUIRE_FALSE(may_be_written(wanted));
            REQUIRE(document.text() == before);
        }
    }
}

TEST_CASE("In any file what was set is got, everything else stays, and what was written is read as the same document") {
    int accepted = 0;
    for (unsigned seed = 0; seed < cases; ++seed) {
        CAPTURE(seed);
        Author author(seed);
        const std::string text = author.file();
        const std::string section = author.section(), keyword = author.keyword(), value = author.value();
        const Document before = read(text);
        Document document = before;
        try {
            document.set(section, keyword, value);
        } catch (const Error&) {
            REQUIRE(document.text() == text);
            continue;
        }
        ++accepted;
        const std::string wanted = value == "\"\"" ? "" : value;
        REQUIRE(document.find(section, keyword)->value == (wanted.starts_with("\n") ? wanted.substr(1) : wanted));
        REQUIRE(everything_but(document, section, keyword) == everything_but(before, section, keyword));
        REQUIRE(document.findings().size() <= before.findings().size());
        REQUIRE(drawn(read(document.text())) == drawn(document));
    }
    CHECK(accepted > static_cast<int>(cases) * 2 / 3);
}

TEST_CASE("Every line that set does not mean is there afterwards, byte for byte") {
    for (unsigned seed = 0; seed < cases; ++seed) {
        CAPTURE(seed);
        Author author(seed);
        const std::string text = author.file() + "\n";
        const std::string section = author.section(), keyword = author.keyword();
        Document document = read(text);
        const Entry* entry = document.find(section, keyword);
        if (!entry) continue;
        const std::size_t first = entry->first_line, end = entry->end_line;
        document.set(section, keyword, "short");
        const auto before = lines_of(text), after = lines_of(document.text());
        REQUIRE(std::equal(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(first), after.begin()));
        REQUIRE(std::equal(before.begin() + static_cast<std::ptrdiff_t>(end), before.end(),
                           after.end() - static_cast<std::ptrdiff_t>(before.size() - end)));
    }
}

TEST_CASE("unset takes the keyword's lines, leaves comments between them, and every other byte") {
    int removed = 0;
    for (unsigned seed = 0; seed < cases; ++seed) {
        CAPTURE(seed);
        Author author(seed);
        const std::string text = author.file();
        const Document before = read(text);
        if (before.sections().empty()) continue;
        const Section& in = before.sections()[static_cast<std::size_t>(author.pick(static_cast<int>(before.sections().size())))];
        if (in.entries.empty()) continue;
        const std::string section = in.name;
        const std::string keyword = in.entries[static_cast<std::size_t>(author.pick(static_cast<int>(in.entries.size())))].name();
        std::vector<std::string> kept = lines_of(text);
        for (const Entry& entry : in.entries)
            for (std::size_t i = entry.first_line; entry.name() == keyword && i < entry.end_line; ++i)
                if (!is_comment(before.line(static_cast<int>(i) + 1))) kept[i].clear();
        Document document = before;
        try {
            const bool was_there = document.unset(section, keyword);
            REQUIRE(was_there);
        } catch (const Error&) {
            REQUIRE(document.text() == text);
            continue;
        }
        ++removed;
        REQUIRE_FALSE(document.find(section, keyword));
        REQUIRE(document.text() == fmt::format("{}", fmt::join(kept, "")));
    }
    CHECK(removed > static_cast<int>(cases) / 4);
}
