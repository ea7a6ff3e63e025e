#include "drivers/hypervisor/docker/registry.h"

#include <cstdint>

#include <nlohmann/json.hpp>

#include "drivers/hypervisor/docker/answers.h"

namespace svcmgr::docker {

namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string registry_of(std::string_view image) {
    constexpr const char* hub = "https://index.docker.io/v1/";
    const auto slash = image.find('/');
    const std::string_view first = image.substr(0, slash);
    const bool is_host = slash != std::string_view::npos && (first == "localhost" || first.find_first_of(".:") != std::string_view::npos);
    return is_host && first != "docker.io" ? std::string(first) : hub;
}

std::string registry_auth(std::string_view config_json, std::string_view image) {
    const auto config = nlohmann::json::parse(config_json, nullptr, false);
    if (!config.is_object() || !config.contains("auths") || !config["auths"].is_object()) return {};
    const std::string registry = registry_of(image);
    for (const auto& [name, entry] : config["auths"].items()) {
        if (name != registry && name != "https://" + registry && name != "http://" + registry) continue;
        const std::string pair = from_base64(text_in(entry, "auth"));
        const auto colon = pair.find(':');
        if (colon == std::string::npos) return {};
        const nlohmann::json auth = {{"username", pair.substr(0, colon)}, {"password", pair.substr(colon + 1)}, {"serveraddress", name}};
        std::string header = base64(auth.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
        // The URL's alphabet, as the Engine reads it.
        for (char& c : header) c = c == '+' ? '-' : c == '/' ? '_' : c;
        return header;
    }
    return {};
}

std::string base64(std::string_view bytes) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::string_view part = bytes.substr(at, 3);
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i) group = group << 8 | (i < part.size() ? static_cast<unsigned char>(part[i]) : 0u);
        for (std::size_t i = 0; i < 4; ++i) text += i <= part.size() ? letters[group >> (18 - 6 * i) & 63] : '=';
    }
    return text;
}

std::string from_base64(std::string_view text) {
    while (text.ends_with('=')) text.remove_suffix(1);
    std::string bytes;
    std::uint32_t group = 0;
    int bits = 0;
    for (const char c : text) {
        const auto value = letters.find(c);
        if (value == std::string_view::npos) return {};
        group = group << 6 | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes += static_cast<char>(group >> bits & 255);
        }
    }
    return bytes;
}

}  // namespace svcmgr::docker
