#include "drivers/utf8.h"

namespace svcmgr {

namespace {

unsigned char byte_at(std::string_view text, std::size_t place) {
    return static_cast<unsigned char>(text[place]);
}

/// The first continuation byte is limited for some first bytes: no overlong forms, no surrogates, nothing beyond U+10FFFF (RFC 3629, 4).
bool good_second_byte(unsigned char first, unsigned char second) {
    switch (first) {
        case 0xe0: return second >= 0xa0 && second <= 0xbf;
        case 0xed: return second >= 0x80 && second <= 0x9f;
        case 0xf0: return second >= 0x90 && second <= 0xbf;
        case 0xf4: return second >= 0x80 && second <= 0x8f;
        default: return second >= 0x80 && second <= 0xbf;
    }
}

std::size_t length_by_first_byte(unsigned char first) {
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return 2;
    if (first >= 0xe0 && first <= 0xef) return 3;
    if (first >= 0xf0 && first <= 0xf4) return 4;
    return 0;
}

}  // namespace

std::size_t character_length(std::string_view text) {
    if (text.empty()) return 0;
    const std::size_t length = length_by_first_byte(byte_at(text, 0));
    if (length == 0 || text.size() < length) return 0;
    if (length > 1 && !good_second_byte(byte_at(text, 0), byte_at(text, 1))) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if ((byte_at(text, i) & 0xc0) != 0x80) return 0;
    return length;
}

bool steers_terminal(std::string_view character) {
    const auto first = byte_at(character, 0);
    if (character.size() == 1) return first < 0x20 || first == 0x7f;
    const auto second = byte_at(character, 1);
    if (character.size() == 2) return first == 0xc2 && second < 0xa0;  // the C1 controls
    const auto third = byte_at(character, 2);
    // Marks that change the direction of writing: with them a line can be made to read as another one.
    if (first == 0xe2 && second == 0x80) return third == 0x8e || third == 0x8f || (third >= 0xa8 && third <= 0xae);
    return first == 0xe2 && second == 0x81 && third >= 0xa6 && third <= 0xa9;
}

}  // namespace svcmgr
