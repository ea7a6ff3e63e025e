#include "svcmgr/report/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "svcmgr/report/text.h"

namespace svcmgr {

namespace {

/// RFC 8259, 7.
void append_escaped(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const auto plain_end = std::ranges::find_if_not(text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
        const auto plain = static_cast<std::size_t>(plain_end - text.begin());
        out += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) return;
        const std::size_t length = character_length(text);
        const char c = text.front();
        if (length == 0)
            out += "\xef\xbf\xbd";
        else if (c == '"' || c == '\\')
            (out += '\\') += c;
        else if (c == '\n')
            out += "\\n";
        else if (c == '\t')
            out += "\\t";
        else if (static_cast<unsigned char>(c) < 0x20)
            out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        else
            out += text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
}

}  // namespace

void JsonWriter::new_line() {
    document_ += '\n';
    document_.append(2 * depth_, ' ');
}

void JsonWriter::before_value() {
    if (after_key_) {
        after_key_ = false;
        return;
    }
    if (!first_) document_ += ',';
    if (depth_ > 0) new_line();
    first_ = false;
}

void JsonWriter::open(char bracket) {
    before_value();
    document_ += bracket;
    ++depth_;
    first_ = true;
}

void JsonWriter::close(char bracket) {
    assert(depth_ > 0 && !after_key_);
    --depth_;
    if (!first_) new_line();
    document_ += bracket;
    first_ = false;
}

JsonWriter& JsonWriter::begin_object() {
    return open('{'), *this;
}
JsonWriter& JsonWriter::end_object() {
    return close('}'), *this;
}
JsonWriter& JsonWriter::begin_array() {
    return open('['), *this;
}
JsonWriter& JsonWriter::end_array() {
    return close(']'), *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    assert(!after_key_);
    text(name);
    document_ += ": ";
    after_key_ = true;
    return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
    before_value();
    document_ += '"';
    append_escaped(document_, value);
    document_ += '"';
    return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
    before_value();
    document_ += fmt::to_string(value);
    return *this;
}

JsonWriter& JsonWriter::unsigned_integer(std::uint64_t value) {
    before_value();
    document_ += fmt::to_string(value);
    return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
    before_value();
    document_ += value ? "true" : "false";
    return *this;
}

JsonWriter& JsonWriter::null() {
    before_value();
    document_ += "null";
    return *this;
}

JsonWriter& JsonWriter::duration(Duration value) {
    const std::int64_t milliseconds = std::chrono::round<std::chrono::milliseconds>(value).count();
    before_value();
    if (milliseconds < 0) document_ += '-';
    const auto positive = static_cast<std::uint64_t>(milliseconds < 0 ? -milliseconds : milliseconds);
    std::string number = fmt::format("{}.{:03}", positive / 1000, positive % 1000);
    number.erase(number.find_last_not_of('0') + 1);
    if (number.ends_with('.')) number.pop_back();
    document_ += number;
    return *this;
}

const std::string& JsonWriter::document() const {
    assert(depth_ == 0 && !after_key_);
    return document_;
}

void write_error_members(JsonWriter& json, const Error& error) {
    json.key("code").text(to_string(error.code()));
    json.key("message").text(error.message());
    json.key("where").text(error.where());
    json.key("hint").text(error.hint());
}

void write_error(JsonWriter& json, const Error& error) {
    json.begin_object();
    write_error_members(json, error);
    json.end_object();
}

void write_error(JsonWriter& json, const std::optional<Error>& error) {
    if (error)
        write_error(json, *error);
    else
        json.null();
}

void write_text_or_null(JsonWriter& json, std::string_view text) {
    if (text.empty())
        json.null();
    else
        json.text(text);
}

void write_number_or_null(JsonWriter& json, std::uint64_t number) {
    if (number == 0)
        json.null();
    else
        json.unsigned_integer(number);
}

}  // namespace svcmgr
