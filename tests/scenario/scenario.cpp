#include "tests/scenario/scenario.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "drivers/options.h"

namespace svcmgr::sim {

namespace {

class Parser {
public:
    Parser(std::string_view text, const std::string& common) : text_(text), common_(common) {}

    Scenario parse() {
        while (const auto line = next()) {
            if (scenario_.every_call) fail(*line, "nothing may follow the block");
            if (line->words.empty()) {
                if (line->text.starts_with("#") && scenario_.lines.empty()) describe(line->text);
            } else if (line->words[0] == "include") {
                include(*line);
            } else if (opens_block(*line)) {
                scenario_.every_call = block(*line);
            } else {
                scenario_.lines.push_back(*line);
            }
        }
        return std::move(scenario_);
    }

private:
    [[noreturn]] static void fail(const Line& line, const std::string& why) {
        throw ScenarioError(fmt::format("line {}: {}", line.number, why));
    }

    std::optional<std::string> raw_line() {
        if (at_ >= text_.size()) return std::nullopt;
        const std::size_t end = std::min(text_.find('\n', at_), text_.size());
        std::string line(text_.substr(at_, end - at_));
        at_ = end + 1;
        ++number_;
        return line;
    }

    /// The next line, with its document; without words when it is blank or a comment.
    std::optional<Line> next() {
        const auto raw = raw_line();
        if (!raw) return std::nullopt;
        Line line;
        line.number = number_;
        line.text = std::string(trimmed(*raw));
        if (line.text.empty() || line.text[0] == '#') return line;
        const auto words = split_command(line.text);
        if (!words) fail(line, "a quote is not closed");
        line.words = *words;
        if (line.words.back().starts_with("<<")) {
            const std::string end = line.words.back().substr(2);
            line.words.pop_back();
            while (true) {
                const auto content = raw_line();
                if (!content) fail(line, fmt::format("there is no {} that ends its document", end));
                if (trimmed(*content) == end) break;
                line.document += *content + "\n";
            }
        }
        return line;
    }

    void describe(const std::string& comment) {
        const std::string text(trimmed(std::string_view(comment).substr(1)));
        scenario_.description += (scenario_.description.empty() ? "" : " ") + text;
    }

    void include(const Line& line) {
        if (line.words.size() != 2) fail(line, "include NAME");
        const Scenario included = parse_scenario(read_text(common_ + "/" + line.words[1]), common_);
        scenario_.lines.insert(scenario_.lines.end(), included.lines.begin(), included.lines.end());
    }

    static bool opens_block(const Line& line) { return line.text.ends_with("at every call of"); }

    EveryCall block(const Line& opening) {
        EveryCall block;
        constexpr std::size_t closing_words = 4;  // at every call of
        if (opening.words.size() <= closing_words) fail(opening, "'crash at every call of', 'signal SIGINT at every call of' …");
        block.deed = opening;
        block.deed.words.resize(opening.words.size() - closing_words);
        block.deed.text = fmt::format("{}", fmt::join(block.deed.words, " "));
        std::vector<Line>* part = &block.body;
        while (const auto line = next()) {
            if (line->text == "end") return block;
            if (line->text == "then")
                part = &block.then;
            else if (!line->words.empty())
                part->push_back(*line);
        }
        fail(opening, "there is no 'end'");
    }

    std::string_view text_;
    const std::string& common_;
    std::size_t at_ = 0;
    int number_ = 0;
    Scenario scenario_;
};

}  // namespace

Scenario parse_scenario(std::string_view text, const std::string& common) {
    return Parser(text, common).parse();
}

Duration parse_time(const std::string& word) {
    std::size_t end = 0;
    long long number = -1;
    try {
        number = std::stoll(word, &end);
    } catch (const std::exception&) {
    }
    const std::string unit = word.substr(end);
    if (number >= 0 && unit == "ms") return std::chrono::milliseconds(number);
    if (number >= 0 && unit == "s") return std::chrono::seconds(number);
    if (number >= 0 && unit == "min") return std::chrono::minutes(number);
    throw ScenarioError(fmt::format("'{}' is no time: 400ms, 3s, 2min", word));
}

int parse_signal(const std::string& word) {
    if (word == "SIGINT") return SIGINT;
    if (word == "SIGTERM") return SIGTERM;
    if (word == "SIGHUP") return SIGHUP;
    throw ScenarioError(fmt::format("'{}' is no signal: SIGINT, SIGTERM, SIGHUP", word));
}

std::string read_text(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw ScenarioError(fmt::format("{} can't be read", file));
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

}  // namespace svcmgr::sim
