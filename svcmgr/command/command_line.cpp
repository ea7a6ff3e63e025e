#include "svcmgr/command/command_line.h"

#include <fmt/format.h>

#include <algorithm>

#include <boost/program_options.hpp>

#include "drivers/error.h"
#include "drivers/options.h"
#include "svcmgr/config/finding.h"

namespace svcmgr {

namespace {

namespace po = boost::program_options;

constexpr CommandOption options[] = {
    {"service", 's', "NAME[,NAME…]", "The services to act on; without it, all that have an env file on this node."},
    {"rid", 0, "RID[,RID…]", "Only these resources; a word without '#' means every resource of that kind."},
    {"force", 'f', "", "Take the risk that a guard warns of: act on a frozen service, or although an address answers."},
    {"dry-run", 0, "", "Print the plan that would be run, and run nothing."},
    {"disable-rollback", 0, "", "Leave what was done as it is when a start fails."},
    {"waitlock", 0, "SECONDS", "How long to wait for another action on the same service; 60 by default."},
    {"jobs", 'j', "N", "How many steps may run at once; as many as do not wait for each other by default."},
    {"redo", 0, "", "Complete what was interrupted."},
    {"undo", 0, "", "Reverse what the interrupted action had done, and nothing else."},
    {"reason", 0, "TEXT", "Why: kept in the journal with the action."},
    {"limit", 0, "N", "How many to show, the newest first; 20 by default."},
    {"lines", 'n', "N", "How many lines of the past to show; 50 by default."},
    {"follow", 'f', "", "Go on with what is written from now on, until a signal comes."},
    {"format", 0, "text|json", "How to print; text by default. A timeline: text|svg."},
    {"color", 0, "auto|always|never", "Colours; auto means on a terminal unless NO_COLOR is set."},
    {"key", 0, "FILE", "A public key file to record instead of asking the machine for its key."},
    {"yes", 'y', "", "Answer yes where a question would be asked."},
    {"help", 'h', "", "Show what a command does and which options it takes."},
    {"version", 'V', "", "Show the version."},
};

po::options_description described() {
    po::options_description description;
    std::set<char> letters;
    for (const CommandOption& option : options) {
        const bool has_letter = option.letter != 0 && letters.insert(option.letter).second;
        const std::string names = has_letter ? fmt::format("{},{}", option.name, option.letter) : std::string(option.name);
        if (option.argument.empty())
            description.add_options()(names.c_str(), "");
        else
            description.add_options()(names.c_str(), po::value<std::string>(), "");
    }
    description.add_options()("words", po::value<std::vector<std::string>>(), "");
    return description;
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    while (begin <= text.size()) {
        const std::size_t end = std::min(text.find(separator, begin), text.size());
        if (end > begin) parts.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

Error wrong(const std::string& message, const std::string& hint) {
    return Error(Error::Code::invalid, message, "", hint);
}

std::string one_of(const std::string& option, const std::string& value, std::vector<std::string_view> allowed) {
    if (std::ranges::find(allowed, value) != allowed.end()) return value;
    throw wrong(fmt::format("--{} can't be '{}'", option, value), fmt::format("it takes {}", fmt::join(allowed, ", ")));
}

std::int64_t number(const std::string& option, const std::string& value) {
    if (const auto parsed = parse_integer(value); parsed && *parsed <= 1'000'000) return *parsed;
    throw wrong(fmt::format("--{} needs a whole number, not '{}'", option, value), fmt::format("--{} 30, for example", option));
}

std::vector<std::string> names(const std::string& option, const std::string& value) {
    std::vector<std::string> parts = split(value, ',');
    if (parts.empty()) throw wrong(fmt::format("--{} names nothing", option), "give at least one name");
    return parts;
}

void take(CommandLine& line, const std::string& option, const std::string& value) {
    if (option == "service") line.services = names(option, value);
    if (option == "rid") line.rids = names(option, value);
    if (option == "format") line.format = one_of(option, value, {"text", "json", "svg"});
    if (option == "color") line.color = one_of(option, value, {"auto", "always", "never"});
    if (option == "reason") line.reason = value;
    if (option == "key") line.key_file = value;
    if (option == "waitlock") line.wait_for_lock = std::chrono::seconds(number(option, value));
    if (option == "limit") line.limit = static_cast<int>(number(option, value));
    if (option == "lines") line.lines = static_cast<std::size_t>(number(option, value));
    if (option == "jobs") line.jobs = static_cast<unsigned>(number(option, value));
}

/// "unrecognised option '--forse'" with the nearest word.
Error unknown_option(const std::string& given) {
    std::vector<std::string_view> known;
    for (const CommandOption& option : options) known.push_back(option.name);
    const std::size_t begin = std::min(given.find_first_not_of('-'), given.size());
    const std::string near = nearest_word(given.substr(begin), known);
    return wrong(fmt::format("there is no option {}", given),
                 near.empty() ? "svcmgr --help lists the options" : fmt::format("did you mean --{}?", near));
}

}  // namespace

std::span<const CommandOption> command_options() {
    return options;
}

CommandLine parse_command_line(const std::vector<std::string>& arguments) {
    CommandLine line;
    line.argv = arguments;
    po::variables_map values;
    try {
        const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
        po::positional_options_description positions;
        positions.add("words", -1);
        const po::options_description description = described();
        po::store(po::command_line_parser(arguments).options(description).positional(positions).style(style).run(), values);
    } catch (const po::unknown_option& error) {
        throw unknown_option(error.get_option_name());
    } catch (const po::multiple_occurrences& error) {
        throw wrong(fmt::format("{} is given twice", error.get_option_name()), "give it once; several names are separated by commas");
    } catch (const po::error& error) {
        throw wrong(error.what(), "svcmgr --help lists the options");
    }
    for (const auto& [name, value] : values) {
        if (name == "words") {
            for (const std::string& word : value.as<std::vector<std::string>>()) line.words.push_back(word);
            continue;
        }
        line.given.insert(name);
        if (const auto* text = boost::any_cast<std::string>(&value.value())) take(line, name, *text);
    }
    return line;
}

}  // namespace svcmgr
