// What a peer may start as the far end of its rsync: foreign words, each of them checked.

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "svcmgr/cluster/replication/rsync_sync.h"

namespace svcmgr {

namespace {

constexpr std::string_view known_long_options[] = {
    "--delete",          "--delete-during", "--delete-before", "--delete-after",  "--delete-delay", "--delete-excluded", "--force",
    "--stats",           "--partial",       "--inplace",       "--numeric-ids",   "--sparse",       "--checksum",        "--whole-file",
    "--no-implied-dirs", "--fsync",         "--new-compress",  "--ignore-errors", "--no-r",         "--no-inc-recursive"};
constexpr std::string_view known_with_values[] = {
    "--timeout=",    "--bwlimit=",       "--modify-window=",   "--block-size=",     "--compress-level=",
    "--max-delete=", "--checksum-seed=", "--compress-choice=", "--checksum-choice="};

/// A bundle of letters. Behind `e` stand the protocol's own flags; an `s` before it would hide the arguments from us.
bool is_bundle(std::string_view word) {
    if (word.size() < 2 || word[0] != '-' || word[1] == '-') return false;
    const std::string_view letters = word.substr(1, word.find('e') == std::string_view::npos ? word.size() : word.find('e') - 1);
    return letters.find('s') == std::string_view::npos &&
           std::ranges::all_of(word.substr(1), [](unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == '%'; });
}

bool is_known(std::string_view word, const std::vector<std::string>& allowed) {
    const auto begins = [&](std::string_view prefix) { return word.starts_with(prefix); };
    const auto harmless = [](std::string_view value) {
        return std::ranges::all_of(value, [](unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == ','; });
    };
    if (std::ranges::find(known_long_options, word) != std::end(known_long_options)) return true;
    if (std::ranges::any_of(known_with_values, begins)) return harmless(word.substr(word.find('=') + 1));
    return word.starts_with("--") && std::ranges::find(allowed, word) != allowed.end();
}

/// A path without the '/' at its end.
std::string_view without_end(std::string_view path) {
    return path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

/// The options of a far end, which stand between the words that say what it is and the lone '.'.
tl::expected<Argv, std::string> check_far_end(const std::vector<std::string>& words, std::size_t begin,
                                              const std::vector<std::string>& allowed) {
    for (auto word = words.begin() + static_cast<std::ptrdiff_t>(begin); word != words.end() - 2; ++word)
        if (!is_bundle(*word) && !is_known(*word, allowed))
            return tl::unexpected(fmt::format("the option '{}' is not allowed", word->substr(0, 200)));
    Argv argv{"rsync"};
    argv.insert(argv.end(), words.begin(), words.end());
    return argv;
}

}  // namespace

tl::expected<Argv, std::string> check_rsync_server(const std::vector<std::string>& words, const std::string& dst,
                                                   const std::vector<std::string>& allowed) {
    const auto no = [](std::string why) { return tl::unexpected(std::move(why)); };
    if (words.size() < 3 || words.front() != "--server") return no("this is not the far end of an rsync");
    if (words[words.size() - 2] != ".") return no("rsync's arguments are not those of a receiver");
    if (without_end(words.back()) != without_end(dst))
        return no(fmt::format("it would write to '{}', and dst is {}", words.back().substr(0, 200), dst));
    return check_far_end(words, 1, allowed);
}

tl::expected<Argv, std::string> check_rsync_sender(const std::vector<std::string>& words, const std::string& dst,
                                                   const std::vector<std::string>& allowed) {
    const auto no = [](std::string why) { return tl::unexpected(std::move(why)); };
    if (words.size() < 4 || words[0] != "--server" || words[1] != "--sender") return no("this is not the far end of an rsync that sends");
    if (words[words.size() - 2] != ".") return no("rsync's arguments are not those of a sender of one path");
    const std::string_view path = without_end(words.back());
    const std::string within = fmt::format("{}/", without_end(dst));
    const std::string_view name = path.starts_with(within) ? path.substr(within.size()) : std::string_view();
    const bool in_it = !name.empty() && name.find('/') == std::string_view::npos && name != "." && name != "..";
    if (path != without_end(dst) && !in_it) return no(fmt::format("it would read '{}', and dst is {}", words.back().substr(0, 200), dst));
    return check_far_end(words, 2, allowed);
}

}  // namespace svcmgr
