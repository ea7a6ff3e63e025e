// svcmgr --complete WORDS…: what a shell asks while a command line is written.

#include "svcmgr/command/completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

#include "drivers/error.h"
#include "svcmgr/cluster/env_shape.h"
#include "svcmgr/cluster/loader.h"
#include "svcmgr/command/command.h"
#include "svcmgr/config/sections.h"

namespace svcmgr {

namespace {

using Words = std::vector<std::string>;

constexpr std::size_t most_services_read = 50;  // for their resources: somebody waits for the answer

const CommandOption* find_option(std::string_view word) {
    const auto same = [&](const CommandOption& option) {
        return word == fmt::format("--{}", option.name) || (option.letter != 0 && word == std::string{'-', option.letter});
    };
    const auto options = command_options();
    const auto found = std::ranges::find_if(options, same);
    return found == options.end() ? nullptr : &*found;
}

/// A command line that ends where something is to be completed.
struct Unfinished {
    Words words;                            ///< those of the command, before the last one; `print_status` is taken apart
    std::set<std::string_view> given;       ///< names of options
    Words services;                         ///< that -s names
    const CommandOption* option = nullptr;  ///< the last word is the value of this one
    std::string last;
};

/// Pieces that a shell cut at '=' are put together again.
Words joined(const Words& pieces) {
    Words words;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (pieces[i] != "=" || words.empty()) {
            words.push_back(pieces[i]);
            continue;
        }
        words.back() += '=';
        if (i + 1 < pieces.size()) words.back() += pieces[++i];
    }
    return words;
}

void take_value(Unfinished& line, const CommandOption& option, std::string_view value) {
    if (option.name != "service") return;
    for (const std::string_view name : split(value, ',')) line.services.emplace_back(name);
}

Unfinished read(const Words& pieces) {
    const Words words = joined(pieces);
    Unfinished line;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        const std::string& word = words[i];
        const std::size_t separator = std::min(word.find('='), word.size());
        const CommandOption* option = word.starts_with('-') ? find_option(word.substr(0, separator)) : nullptr;
        if (option != nullptr) {
            line.given.insert(option->name);
            if (option->argument.empty()) continue;
            if (separator < word.size())
                take_value(line, *option, word.substr(separator + 1));
            else if (i + 2 < words.size())
                take_value(line, *option, words[++i]);
            else
                line.option = option;
        } else if (!word.starts_with('-')) {
            for (const std::string_view part : split(word, '_')) line.words.emplace_back(part);
        }
    }
    line.last = words.empty() ? "" : words.back();
    const std::size_t separator = line.last.find('=');
    if (line.option == nullptr && line.last.starts_with("--") && separator != std::string::npos) {
        line.option = find_option(line.last.substr(0, separator));
        line.last.erase(0, separator + 1);
    }
    return line;
}

class Completer {
public:
    Completer(const Files& files, const Host& host, const Paths& paths, const Unfinished& line)
        : files_(files), host_(host), paths_(paths), line_(line) {}

    Words answer() {
        if (line_.option != nullptr)
            add_values(*line_.option);
        else if (line_.last.starts_with('-'))
            add_options();
        else
            add_words();
        return {answers_.begin(), answers_.end()};
    }

private:
    void add(std::string_view word, std::string_view behind = " ") {
        if (word.starts_with(line_.last)) answers_.insert(fmt::format("{}{}", word, behind));
    }

    void add_options() {
        const Command* command = find_command(line_.words).command;
        for (const CommandOption& option : command_options()) {
            const bool fits = command == nullptr || command->takes(option.name);
            const bool again = option.times == CommandOption::Times::many || !line_.given.contains(option.name);
            if (fits && again) add(fmt::format("--{}", option.name));
        }
    }

    /// What the argument's name in the help stands for says what may be written.
    void add_values(const CommandOption& option) {
        struct ValueKind {
            std::string_view start;
            void (Completer::*add)();
        };
        static constexpr ValueKind kinds[] = {
            {"NAME[", &Completer::add_services},
            {"RID[", &Completer::add_resources},
            {"TAG[", &Completer::add_tags},
            {"STATUS[", &Completer::add_statuses},
            {"[SECTION.]KEYWORD", &Completer::add_keywords},
            {"NODE", &Completer::add_nodes},
            {"DRPNODE", &Completer::add_drpnodes},
            {"FILE", &Completer::add_files},
        };
        const Command* command = find_command(line_.words).command;
        if (option.name == "format" && command != nullptr) return add_formats(*command);
        for (const ValueKind& kind : kinds)
            if (option.argument.starts_with(kind.start)) return (this->*kind.add)();
        if (option.argument.find('|') == std::string_view::npos) return;
        for (const std::string_view choice : split(option.argument, '|')) add(choice);
    }

    void add_formats(const Command& command) {
        for (const std::string_view format : command.formats) add(format);
    }

    void add_services() { add_list(service_names_here()); }
    void add_files() { answers_.insert(":files"); }

    void add_statuses() {
        Words names;
        for (const Status status : {Status::up, Status::down, Status::warn, Status::not_applicable, Status::undef})
            names.emplace_back(to_string(status));
        add_list(names);
    }

    /// "container#1", and "container" for all of that kind.
    void add_resources() {
        std::set<std::string> names;
        for (const LoadedService& loaded : chosen_services())
            for (const auto& resource : loaded.service->resources()) {
                names.insert(resource->rid().text());
                names.emplace(resource->rid().kind());
            }
        add_list({names.begin(), names.end()});
    }

    void add_tags() {
        std::set<std::string> names;
        for (const LoadedService& loaded : chosen_services())
            for (const auto& resource : loaded.service->resources())
                for (std::string& tag : resource->tags()) names.insert(std::move(tag));
        add_list({names.begin(), names.end()});
    }

    void add_drpnodes() {
        for (const LoadedService& loaded : chosen_services())
            for (const std::string& node : loaded.service->drpnodes()) add(node);
    }

    void add_nodes() {
        for (const LoadedService& loaded : chosen_services())
            for (const auto& nodes : {loaded.service->nodes(), loaded.service->drpnodes()})
                for (const std::string& node : nodes) add(node);
    }

    /// "ip#1." and what may stand in it, of the services' own sections; the keywords of DEFAULT without a section.
    void add_keywords() {
        for (const LoadedService& loaded : chosen_services()) {
            const Sections sections = Sections::evaluate(loaded.document, {host_.nodename(), loaded.service->name()}, env_shape);
            add_keywords_of(sections.defaults(), "");
            for (const Options& section : sections.all()) add_keywords_of(section, section.section() + ".");
        }
    }

    void add_keywords_of(const Options& section, const std::string& before) {
        if (!line_.last.starts_with(before)) return add(before, "");
        for (const Keyword* keyword : section.keywords().all())
            if (keyword->replaced_by.empty()) add(before + std::string(keyword->name));
    }

    /// The last of several names; those before it are not offered again.
    void add_list(const Words& names) {
        const std::size_t begin = line_.last.rfind(',') + 1;
        const std::string before = line_.last.substr(0, begin);
        const std::vector<std::string_view> taken = split(before, ',');
        for (const std::string& name : names)
            if (std::ranges::find(taken, name) == taken.end()) add(before + name, "");
    }

    /// The next word of every command that begins like this one, and the arguments of this one.
    void add_words() {
        for (const Command& command : commands()) {
            const std::vector<std::string_view> words = split(command.words, ' ');
            if (words.size() > line_.words.size() && std::equal(line_.words.begin(), line_.words.end(), words.begin()))
                add(words[line_.words.size()]);
        }
        const FoundCommand found = find_command(line_.words);
        if (found.command == nullptr || !found.arguments.empty()) return;
        if (found.command->argument_words != nullptr)
            add_dotted(found.command->argument_words());
        else if (found.command->arguments.starts_with("NAME"))
            for (const std::string& name : service_names_here()) add(name);
    }

    /// "ip" and what follows "ip." only when it was written as far as that: there are a thousand keywords.
    void add_dotted(const Words& words) {
        const bool dotted = line_.last.find('.') != std::string::npos;
        for (const std::string& word : words) {
            const std::size_t dot = word.find('.');
            if (dotted || dot == std::string::npos)
                add(word, dotted || !has_parts(words, word) || word == line_.last ? " " : "");
            else if (word.substr(0, dot) == line_.last)
                add(word.substr(0, dot + 1), "");
        }
    }

    static bool has_parts(const Words& words, const std::string& word) {
        return std::ranges::any_of(words, [&](const std::string& other) { return other.starts_with(word + "."); });
    }

    Words service_names_here() const {
        try {
            return service_names(files_, paths_);
        } catch (const Error&) {
            return {};
        }
    }

    /// Those that -s names, else all; what can't be read is left out.
    std::vector<LoadedService> chosen_services() const {
        Words names = line_.services.empty() ? service_names_here() : line_.services;
        names.resize(std::min(names.size(), most_services_read));
        const Node node = Node::load(files_, host_, paths_);
        std::vector<LoadedService> services;
        for (const std::string& name : names) {
            try {
                services.push_back(load_service(files_, paths_, node, name));
            } catch (const Error&) {
                continue;
            }
        }
        return services;
    }

    const Files& files_;
    const Host& host_;
    const Paths& paths_;
    const Unfinished& line_;
    std::set<std::string> answers_;
};

}  // namespace

std::vector<std::string> complete(const Files& files, const Host& host, const Paths& paths, const std::vector<std::string>& words) {
    const Unfinished line = read(words);
    return Completer(files, host, paths, line).answer();
}

}  // namespace svcmgr
