#include "tests/unit/report/schema_check.h"

#include <algorithm>
#include <regex>

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
        if (keyword == "pattern" && value.is_string() && !std::regex_search(value.get<std::string>(), std::regex(rule.get<std::string>())))
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
        if (keyword == "additionalProperties" && value.is_object()) check_additional(rule, value, schema, where);
        static const std::vector<std::string> known = {"$ref",    "type",  "enum",  "const",    "minimum",    "maximum",
                                                       "pattern", "anyOf", "items", "required", "properties", "additionalProperties",
                                                       "$schema", "$id",   "$defs", "title",    "description"};
        if (std::find(known.begin(), known.end(), keyword) == known.end())
            complain(where, "the schema says " + keyword + ", which is not checked");
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
            if (schema.contains("properties") && schema["properties"].contains(name)) continue;
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
