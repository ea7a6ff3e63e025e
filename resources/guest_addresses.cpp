#include "resources/guest_addresses.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

namespace svcmgr {

namespace {

using Words = std::vector<std::string_view>;

struct Line {
    bool indented = false;
    Words words;
};

Words split(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    Words words;
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
        if (text.empty()) return words;
        words.push_back(text.substr(0, text.find_first_of(blanks)));
        text.remove_prefix(words.back().size());
    }
}

std::vector<Line> lines_of(std::string_view text) {
    std::vector<Line> lines;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        lines.push_back({!line.empty() && (line.front() == ' ' || line.front() == '\t'), split(line)});
    }
    return lines;
}

bool all_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// Linux allows nearly everything; what begins with '-' would be an option.
bool is_adapter_name(std::string_view text) {
    auto printable = [](unsigned char c) { return c > ' ' && c < 127; };
    return !text.empty() && text.front() != '-' && std::all_of(text.begin(), text.end(), printable);
}

/// The address in a word like "10.0.0.1/24" or "fe80::1%em0"; nothing when it is none or the unspecified one.
std::optional<std::string> parse_address(std::string_view word, int family) {
    const std::string text(word.substr(0, word.find_first_of("/%")));
    in6_addr bytes{};
    char canonical[INET6_ADDRSTRLEN];
    if (::inet_pton(family, text.c_str(), &bytes) != 1) return {};
    ::inet_ntop(family, &bytes, canonical, sizeof canonical);
    const std::string address = canonical;
    if (address == "0.0.0.0" || address == "::") return {};
    return address;
}

std::optional<int> family_of(std::string_view word) {
    if (word == "inet") return AF_INET;
    if (word == "inet6") return AF_INET6;
    return {};
}

/// What a guest printed, fit for a message: short, and nothing that a terminal would obey.
std::string quotable(const Words& words) {
    std::string text = fmt::format("{}", fmt::join(words, " "));
    if (text.size() > 60) text.replace(60, std::string::npos, "…");
    for (char& c : text)
        if (std::iscntrl(static_cast<unsigned char>(c)) != 0) c = '?';
    return text;
}

/// "don't understand line N", about the first line that says anything.
std::string not_understood(const std::vector<Line>& lines, std::string_view expected) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].words.empty()) continue;
        return fmt::format("don't understand line {}, '{}': {} expected", i + 1, quotable(lines[i].words), expected);
    }
    return fmt::format("there is no output: {} expected", expected);
}

/// What has been read of an output so far.
class Collector {
public:
    void enter(std::string_view adapter) {
        adapter_ = adapter;
        met_adapter_ = true;
    }
    /// What follows belongs to something that we don't understand.
    void leave() { adapter_.clear(); }
    const std::string& adapter() const { return adapter_; }

    void add(std::string_view adapter, std::string_view word, int family) {
        if (adapter.empty()) return;
        auto address = parse_address(word, family);
        if (address) addresses_.push_back({std::string(adapter), *address});
    }

    GuestAddresses result(const std::vector<Line>& lines, std::string_view expected) const {
        if (!met_adapter_) return {{}, not_understood(lines, expected)};
        return {addresses_, ""};
    }

private:
    std::string adapter_;
    bool met_adapter_ = false;
    std::vector<GuestAddress> addresses_;
};

/// The adapter that a line of `ip` begins with, "2: eth0: <UP,…> …" or, with -o, "2: eth0    inet 10.0.0.1/24 …"; empty when none.
std::string_view adapter_of_ip(const Words& words) {
    if (words.size() < 3 || !words[0].ends_with(':') || !all_digits(words[0].substr(0, words[0].size() - 1))) return {};
    if (!words[1].ends_with(':') && !family_of(words[2])) return {};
    // "eth0@if27" is eth0, whose other end is if27.
    const std::string_view name = words[1].substr(0, words[1].find_first_of("@:"));
    return is_adapter_name(name) ? name : std::string_view{};
}

/// The adapter that a line of `ifconfig` begins with, "eth0:1: flags=…" or "eth0:1    Link encap:…"; empty when none.
std::string_view adapter_of_ifconfig(const Words& words) {
    if (words.size() < 2) return {};
    std::string_view name = words[0];
    if (name.ends_with(':') && words[1].starts_with("flags="))
        name.remove_suffix(1);
    else if (words.size() < 3 || words[1] != "Link" || !words[2].starts_with("encap:"))
        return {};
    return is_adapter_name(name) ? name : std::string_view{};
}

/// Of "inet 10.0.0.1 …"; of old net-tools and busybox "inet addr:10.0.0.1 …" and "inet6 addr: fe80::1/64 …".
std::string_view address_of_ifconfig(const Words& words) {
    if (words.size() < 2) return {};
    if (words[1] == "addr:") return words.size() > 2 ? words[2] : std::string_view{};
    return words[1].starts_with("addr:") ? words[1].substr(5) : words[1];
}

/// The last word of an `ip` address is its label; one that does not begin with the adapter's name is something else.
std::string_view labelled(std::string_view adapter, const Words& words) {
    if (adapter.empty()) return adapter;
    auto end = std::find_if(words.begin(), words.end(), [](std::string_view w) { return w.ends_with('\\'); });
    std::string_view last = end == words.end() ? words.back() : end->substr(0, end->size() - 1);
    bool alias = last.size() > adapter.size() && last.starts_with(adapter) && last[adapter.size()] == ':' && is_adapter_name(last);
    return alias ? last : adapter;
}

}  // namespace

bool adapter_matches(std::string_view ipdev, std::string_view adapter) {
    auto physical = [](std::string_view name) { return name.substr(0, name.find(':')); };
    return !physical(ipdev).empty() && physical(ipdev) == physical(adapter);
}

GuestAddresses parse_ip_addr(std::string_view text) {
    const std::vector<Line> lines = lines_of(text);
    Collector found;
    for (const auto& [indented, words] : lines) {
        if (words.empty()) continue;
        const std::string_view adapter = adapter_of_ip(words);
        if (!adapter.empty())
            found.enter(adapter);
        else if (!indented && !family_of(words[0]))
            found.leave();
        const std::size_t at = adapter.empty() ? 0 : 2;
        if (words.size() < at + 2) continue;
        if (auto family = family_of(words[at])) found.add(labelled(found.adapter(), words), words[at + 1], *family);
    }
    return found.result(lines, "\"1: lo: …\" or \"1: lo inet …\"");
}

GuestAddresses parse_ifconfig(std::string_view text) {
    const std::vector<Line> lines = lines_of(text);
    Collector found;
    for (const auto& [indented, words] : lines) {
        if (words.empty()) continue;
        if (auto family = family_of(words[0])) {
            found.add(found.adapter(), address_of_ifconfig(words), *family);
        } else if (!indented) {
            const std::string_view adapter = adapter_of_ifconfig(words);
            adapter.empty() ? found.leave() : found.enter(adapter);
        }
    }
    return found.result(lines, "\"lo0: flags=…\" or \"lo Link encap:…\"");
}

tl::expected<std::vector<std::string>, std::string> parse_netstat_adapters(std::string_view text) {
    const std::vector<Line> lines = lines_of(text);
    std::vector<std::string> adapters;
    bool header = false;
    for (const auto& line : lines) {
        const Words& words = line.words;
        if (words.size() < 3) continue;
        if (words[0] == "Name" && words[1] == "Mtu") {
            header = true;
            continue;
        }
        std::string_view name = words[0].ends_with('*') ? words[0].substr(0, words[0].size() - 1) : words[0];
        if (!header || !is_adapter_name(name) || !all_digits(words[1])) continue;
        if (std::find(adapters.begin(), adapters.end(), name) == adapters.end()) adapters.emplace_back(name);
    }
    if (!header) return tl::unexpected(not_understood(lines, "\"Name Mtu Network …\""));
    return adapters;
}

namespace {

/// Commands that are run in a guest, one after the other, and what became of them.
class Asking {
public:
    explicit Asking(const std::function<SshOutcome(const Argv&)>& run) : run_(run) {}

    /// The output; nothing when the command failed or could not be run.
    std::optional<std::string> ask(const Argv& command) {
        // System directories: a session that did not go through a login has them not always. Both variables through env(1), which
        // also the oldest guests have.
        Argv argv = {"env", "LC_ALL=C", "PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin:/run/current-system/sw/bin"};
        argv.insert(argv.end(), command.begin(), command.end());
        SshOutcome outcome = run_(argv);
        if (outcome.value != SshOutcome::Value::ran || outcome.result.timed_out) {
            fatal_ = outcome.describe();
            return {};
        }
        if (!outcome.ok()) {
            fail(command, outcome.describe());
            return {};
        }
        if (outcome.result.truncated) {
            fail(command, "there is too much output");
            return {};
        }
        return std::move(outcome.result.out);
    }

    void fail(const Argv& command, const std::string& reason) {
        failures_.push_back(fmt::format("{}: {}", fmt::join(command, " "), reason));
    }

    /// Nothing can be asked any more: the guest does not answer.
    bool over() const { return fatal_.has_value(); }

    std::string problem() const {
        if (fatal_) return *fatal_;
        return fmt::format("the guest's addresses can't be read: {}", fmt::join(failures_, "; "));
    }

private:
    const std::function<SshOutcome(const Argv&)>& run_;
    std::optional<std::string> fatal_;
    std::vector<std::string> failures_;
};

using Addresses = std::optional<std::vector<GuestAddress>>;

Addresses ask_and_parse(Asking& asking, const Argv& command, GuestAddresses (*parse)(std::string_view)) {
    auto output = asking.ask(command);
    if (!output) return {};
    GuestAddresses parsed = parse(*output);
    if (parsed.problem.empty()) return std::move(parsed.addresses);
    asking.fail(command, parsed.problem);
    return {};
}

Addresses ask_hpux(Asking& asking) {
    const Argv netstat = {"netstat", "-win"};
    auto output = asking.ask(netstat);
    if (!output) return {};
    auto adapters = parse_netstat_adapters(*output);
    if (!adapters) {
        asking.fail(netstat, adapters.error());
        return {};
    }
    Addresses all;
    for (const std::string& adapter : *adapters) {
        // An adapter that was never configured is listed, and ifconfig knows it not ("no such interface"): skipped.
        Addresses some = ask_and_parse(asking, {"ifconfig", adapter}, parse_ifconfig);
        if (asking.over()) return {};
        if (!some) continue;
        if (!all) all.emplace();
        all->insert(all->end(), some->begin(), some->end());
    }
    return all;
}

}  // namespace

GuestAddresses guest_addresses(const std::function<SshOutcome(const Argv&)>& run) {
    Asking asking(run);
    Addresses found = ask_and_parse(asking, {"ip", "-o", "addr"}, parse_ip_addr);
    if (!found && !asking.over()) found = ask_and_parse(asking, {"ifconfig", "-a"}, parse_ifconfig);
    if (!found && !asking.over()) found = ask_hpux(asking);
    if (found) return {std::move(*found), ""};
    return {{}, asking.problem()};
}

}  // namespace svcmgr
