#include "svcmgr/cluster/replication/digest.h"

#include <nettle/sha2.h>

#include <algorithm>
#include <array>

namespace svcmgr {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

}  // namespace

std::string digest_of(std::string_view content) {
    sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, content.size(), reinterpret_cast<const std::uint8_t*>(content.data()));
    std::array<std::uint8_t, SHA256_DIGEST_SIZE> bytes{};
    sha256_digest(&context, bytes.size(), bytes.data());
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

bool is_digest(std::string_view text) {
    return text.size() == std::size_t{2} * SHA256_DIGEST_SIZE &&
           std::ranges::all_of(text, [](char c) { return digits.find(c) != std::string_view::npos; });
}

}  // namespace svcmgr
