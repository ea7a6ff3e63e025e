#include "svcmgr/report/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "drivers/secret_names.h"
#include "svcmgr/config/env_secrets.h"
#include "svcmgr/report/json.h"
#include "svcmgr/report/text.h"

namespace svcmgr {

namespace {

constexpr std::size_t value_column = 44;  // where comments begin, unless a value is longer

using ValuesByKeyword = std::map<std::string, OptionValue, std::less<>>;

/// A section with what a node reads in it.
struct SectionSeen {
    std::string name;
    ValuesByKeyword values;
};

enum class Defaults { left_out, included };

ValuesByKeyword values_of(const Options& section, Defaults defaults) {
    ValuesByKeyword values(section.values().begin(), section.values().end());
    if (defaults == Defaults::left_out) return values;
    for (const Keyword* keyword : section.keywords().all())
        if (keyword->replaced_by.empty() && !keyword->default_value.empty())
            values.try_emplace(std::string(keyword->name), OptionValue{section.text(keyword->name), {}});
    return values;
}

std::vector<SectionSeen> seen_in(const Sections& sections, Defaults defaults, SecretValues secrets) {
    std::vector<SectionSeen> seen{{"DEFAULT", values_of(sections.defaults(), defaults)}};
    for (const Sections::Free& free : sections.free()) seen.push_back({free.name, free.values});
    for (const Options& section : sections.all()) seen.push_back({section.section(), values_of(section, defaults)});
    if (secrets == SecretValues::shown) return seen;
    const Secrets in_env = secrets_of(sections);
    for (SectionSeen& section : seen)
        for (auto& [keyword, value] : section.values) value.text = in_env.hidden_in(without_secrets(section.name, keyword, value.text));
    return seen;
}

std::string origin(const Place& place) {
    return place.file.empty() ? "default" : fmt::format("{}:{}", place.file.text(), place.line);
}

/// Continuation lines are indented, as the reader wants them.
std::string line_of(const std::string& keyword, const OptionValue& value, const Style& style) {
    std::string text = fmt::format("{} = ", keyword);
    for (const char c : value.text) text += c == '\n' ? std::string("\n    ") : std::string(1, c);
    if (value.text.find('\n') != std::string::npos) return text + "\n";
    return fmt::format("{} {}\n", padded(text, value_column), coloured("; " + origin(value.place), Ink::calm, style));
}

void write_value(JsonWriter& json, const OptionValue& value) {
    json.key("value").text(value.text);
    json.key("file");
    write_text_or_null(json, value.place.file.text());
    json.key("line");
    write_number_or_null(json, static_cast<std::uint64_t>(value.place.line));
    json.key("column");
    write_number_or_null(json, static_cast<std::uint64_t>(value.place.column));
}

}  // namespace

std::string config_text(std::string_view file, const Style& style, SecretValues secrets) {
    std::string hidden;
    if (secrets == SecretValues::hidden) file = hidden = without_secrets(file);
    if (style.colour == Style::Colour::none) return std::string(file);
    std::string text;
    while (!file.empty()) {
        const std::size_t end = std::min(file.find('\n'), file.size());
        const std::string_view line = file.substr(0, end);
        const std::size_t begin = line.find_first_not_of(" \t");
        const char first = begin == std::string_view::npos ? ' ' : line[begin];
        const Ink ink = first == '#' || first == ';' ? Ink::calm : first == '[' ? Ink::doubtful : Ink::plain;
        text += coloured(line, ink, style);
        if (end < file.size()) text += '\n';
        file.remove_prefix(std::min(end + 1, file.size()));
    }
    return text;
}

std::string evaluated_text(const EvaluatedConfig& config, const Style& style, SecretValues secrets) {
    std::string text = coloured(fmt::format("# {} as {} reads it\n", config.service, config.node), Ink::calm, style);
    for (const SectionSeen& section : seen_in(config.sections, Defaults::left_out, secrets)) {
        text += "\n" + coloured(fmt::format("[{}]", section.name), Ink::doubtful, style) + "\n";
        for (const auto& [keyword, value] : section.values) text += line_of(keyword, value, style);
    }
    return text;
}

std::string evaluated_json(const std::vector<EvaluatedConfig>& configs, SecretValues secrets) {
    JsonWriter json;
    json.begin_object();
    json.key("schema").text("svcmgr.config/1");
    json.key("services").begin_object();
    for (const EvaluatedConfig& config : configs) {
        json.key(config.service).begin_object();
        json.key("node").text(config.node);
        json.key("file").text(config.file);
        json.key("sections").begin_object();
        for (const SectionSeen& section : seen_in(config.sections, Defaults::included, secrets)) {
            json.key(section.name).begin_object();
            for (const auto& [keyword, value] : section.values) {
                json.key(keyword).begin_object();
                write_value(json, value);
                json.end_object();
            }
            json.end_object();
        }
        json.end_object().end_object();
    }
    json.end_object().end_object();
    return json.document();
}

std::string values_json(const std::vector<ValueSeen>& values) {
    JsonWriter json;
    json.begin_object();
    json.key("schema").text("svcmgr.values/1");
    json.key("values").begin_array();
    for (const ValueSeen& seen : values) {
        json.begin_object();
        json.key("service").text(seen.service);
        json.key("section").text(seen.name.section);
        json.key("keyword").text(seen.name.keyword);
        write_value(json, seen.value);
        json.end_object();
    }
    json.end_array().end_object();
    return json.document();
}

std::string containers_json(const std::vector<ContainerSeen>& containers) {
    JsonWriter json;
    json.begin_object();
    json.key("schema").text("svcmgr.containers/1");
    json.key("containers").begin_array();
    for (const ContainerSeen& one : containers) {
        json.begin_object();
        json.key("service").text(one.service);
        json.key("rid").text(one.rid);
        json.key("name").text(one.name);
        json.end_object();
    }
    json.end_array().end_object();
    return json.document();
}

std::string services_json(const std::vector<std::string>& names) {
    JsonWriter json;
    json.begin_object();
    json.key("schema").text("svcmgr.services/1");
    json.key("services").texts(names);
    json.end_object();
    return json.document();
}

}  // namespace svcmgr
