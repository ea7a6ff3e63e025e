#include "tests/unit/report/schema_check.h"

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include <nlohmann/json.hpp>

namespace svcmgr {

namespace {

using Json = nlohmann::ordered_json;

bool has_type(const Json& value, const std::string& type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "null") return value.is_null();
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    return false;
}

/// A schema says a pattern for every keyword; each is compiled once.
bool matches(const std::string& text, const std::string& pattern) {
    static std::map<std::string, std::regex> compiled;
    auto found = compiled.find(pattern);
    if (found == compiled.end()) found = compiled.emplace(pattern, std::regex(pattern)).first;
    return std::regex_search(text, found->second);
}

class Check {
public:
    explicit Check(const Json& schema) : root_(schema) {}

    void check(const Json& value, const Json& schema, const std::string& where) {
        for (const auto& [keyword, rule] : schema.items()) apply(keyword, rule, value, schema, where);
    }

    std::vector<std::string> wrong;

private:
    void complain(const std::string& where, const std::string& what) { wrong.push_back(where + ": " + what); }

    void apply(const std::string& keyword, const Json& rule, const Json& value, const Json& schema, const std::string& where) {
        if (keyword == "$ref") return check(value, root_.at(Json::json_pointer(rule.get<std::string>().substr(1))), where);
        if (keyword == "type") return check_type(rule, value, where);
        if (keyword == "enum" && std::find(rule.begin(), rule.end(), value) == rule.end())
            return complain(where, value.dump() + " is none of " + rule.dump());
        if (keyword == "const" && value != rule) return complain(where, value.dump() + " is not " + rule.dump());
        if (keyword == "minimum" && value.is_number() && value < rule) return complain(where, value.dump() + " is too small");
        if (keyword == "maximum" && value.is_number() && value > rule) return complain(where, value.dump() + " is too large");
        if (keyword == "pattern" && value.is_string() && !matches(value.get<std::string>(), rule.get<std::string>()))
            return complain(where, value.dump() + " does not look like " + rule.dump());
        if (keyword == "anyOf") return check_any(rule, value, where);
        if (keyword == "items" && value.is_array())
            for (std::size_t i = 0; i < value.size(); ++i) check(value[i], rule, where + "/" + std::to_string(i));
        if (keyword == "required" && value.is_object())
            for (const auto& name : rule)
                if (!value.contains(name.get<std::string>())) complain(where, "has no " + name.dump());
        if (keyword == "properties" && value.is_object())
            for (const auto& [name, member] : value.items())
                if (rule.contains(name)) check(member, rule[name], where + "/" + name);
        if (keyword == "patternProperties" && value.is_object())
            for (const auto& [pattern, of_it] : rule.items())
                for (const auto& [name, member] : value.items())
                    if (matches(name, pattern)) check(member, of_it, where + "/" + name);
        if (keyword == "additionalProperties" && value.is_object()) check_additional(rule, value, schema, where);
        if (keyword == "allOf")
            for (const Json& part : rule) check(value, part, where);
        if (keyword == "if" && holds(value, rule) && schema.contains("then")) check(value, schema["then"], where);
        if (keyword == "unevaluatedProperties" && value.is_object())
            for (const auto& [name, member] : value.items())
                if (!evaluates(schema, value, name)) complain(where, "has " + name + ", which the schema does not know");
        static const std::set<std::string> known = {"$ref",
                                                    "type",
                                                    "enum",
                                                    "const",
                                                    "minimum",
                                                    "maximum",
                                                    "pattern",
                                                    "anyOf",
                                                    "items",
                                                    "required",
                                                    "properties",
                                                    "additionalProperties",
                                                    "patternProperties",
                                                    "allOf",
                                                    "if",
                                                    "then",
                                                    "unevaluatedProperties",
                                                    "$schema",
                                                    "$id",
                                                    "$defs",
                                                    "title",
                                                    "description",
                                                    "default",
                                                    "examples",
                                                    "deprecated"};
        if (!known.contains(keyword)) complain(where, "the schema says " + keyword + ", which is not checked");
    }

    bool holds(const Json& value, const Json& schema) const {
        Check attempt(root_);
        attempt.check(value, schema, "");
        return attempt.wrong.empty();
    }

    /// Whether a member of that name is spoken of by the schema or by a part of it that applies.
    bool evaluates(const Json& schema, const Json& value, const std::string& name) const {
        if (schema.contains("$ref") && evaluates(root_.at(Json::json_pointer(schema["$ref"].get<std::string>().substr(1))), value, name))
            return true;
        if (is_named(schema, name)) return true;
        for (const Json& part : schema.value("allOf", Json::array()))
            if (evaluates(part, value, name)) return true;
        if (!schema.contains("if") || !holds(value, schema["if"])) return false;
        return evaluates(schema["if"], value, name) || evaluates(schema.value("then", Json::object()), value, name);
    }

    static bool is_named(const Json& schema, const std::string& name) {
        if (schema.contains("properties") && schema["properties"].contains(name)) return true;
        if (!schema.contains("patternProperties")) return false;
        for (const auto& [pattern, rule] : schema["patternProperties"].items())
            if (matches(name, pattern)) return true;
        return false;
    }

    void check_type(const Json& rule, const Json& value, const std::string& where) {
        const bool fits = rule.is_array() ? std::any_of(rule.begin(), rule.end(), [&](const Json& type) { return has_type(value, type); })
                                          : has_type(value, rule.get<std::string>());
        if (!fits) complain(where, value.dump() + " is not of type " + rule.dump());
    }

    void check_any(const Json& alternatives, const Json& value, const std::string& where) {
        std::vector<std::string> reasons;
        for (const Json& alternative : alternatives) {
            Check attempt(root_);
            attempt.check(value, alternative, where);
            if (attempt.wrong.empty()) return;
            reasons.insert(reasons.end(), attempt.wrong.begin(), attempt.wrong.end());
        }
        wrong.insert(wrong.end(), reasons.begin(), reasons.end());
    }

    void check_additional(const Json& rule, const Json& value, const Json& schema, const std::string& where) {
        for (const auto& [name, member] : value.items()) {
            if (is_named(schema, name)) continue;
            if (rule.is_boolean() && !rule.get<bool>()) complain(where, "has " + name + ", which the schema does not know");
            if (rule.is_object()) check(member, rule, where + "/" + name);
        }
    }

    const Json& root_;
};

}  // namespace

std::vector<std::string> check_against_schema(const Json& document, const Json& schema) {
    Check check(schema);
    check.check(document, schema, "");
    return check.wrong;
}

}  // namespace svcmgr
