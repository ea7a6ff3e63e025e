#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/clock.h"
#include "drivers/error.h"

namespace svcmgr {

/// Writes one JSON document, keys in the order in which they are given, indented by two blanks. Text may be any bytes: what is not UTF-8
/// becomes U+FFFD. The caller closes what it opens and gives a key before each value of an object (asserted).
class JsonWriter {
public:
    JsonWriter& begin_object();
    JsonWriter& end_object();
    JsonWriter& begin_array();
    JsonWriter& end_array();
    JsonWriter& key(std::string_view name);

    JsonWriter& text(std::string_view value);
    JsonWriter& integer(std::int64_t value);
    JsonWriter& unsigned_integer(std::uint64_t value);
    JsonWriter& boolean(bool value);
    JsonWriter& null();
    /// In seconds, to the millisecond.
    JsonWriter& duration(Duration value);
    JsonWriter& time(WallTime value) { return text(to_iso8601(value)); }
    template <typename Texts>
    JsonWriter& texts(const Texts& values) {
        begin_array();
        for (const auto& value : values) text(value);
        return end_array();
    }

    /// The document, without a line end behind it.
    const std::string& document() const;

private:
    void before_value();
    void open(char bracket);
    void close(char bracket);
    void new_line();

    std::string document_;
    std::size_t depth_ = 0;
    bool first_ = true;  ///< nothing was written since the last bracket was opened
    bool after_key_ = false;
};

/// `code`, `message`, `where`, `hint`, into the object that is open.
void write_error_members(JsonWriter& json, const Error& error);

/// An object of these.
void write_error(JsonWriter& json, const Error& error);

/// That object, or null.
void write_error(JsonWriter& json, const std::optional<Error>& error);

/// A text, or null when it is empty.
void write_text_or_null(JsonWriter& json, std::string_view text);

/// A number, or null for 0, where 0 says "not known".
void write_number_or_null(JsonWriter& json, std::uint64_t number);

}  // namespace svcmgr
