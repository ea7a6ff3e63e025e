#include "resources/route_ip.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "drivers/network/namespace_view.h"
#include "drivers/network/network.h"

namespace svcmgr {

namespace {

constexpr Duration patience = std::chrono::seconds(30);

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
}

/// Whether `ip route show` can be believed: it fails for a table that has no route yet.
bool has_answered(const CommandResult& shown) {
    return shown.ok() || shown.err.find("FIB table does not exist") != std::string::npos;
}

/// Goes through the words of a route as `ip route` does.
class RouteReader {
public:
    explicit RouteReader(std::string_view spec) : words_(split_words(spec)) {}

    RouteIdentity read() {
        if (next_ < words_.size() && is_type(words_[next_])) type_ = words_[next_++];
        while (next_ < words_.size()) read_word(words_[next_++]);
        RouteIdentity identity;
        identity.is_six = is_six();
        identity.gateways = std::move(gateways_);
        if (destination_.empty()) {
            identity.selector = words_;
            return identity;
        }
        identity.selector = {destination_};
        if (!type_.empty()) identity.selector.insert(identity.selector.end(), {"type", type_});
        const bool is_of_node = is_one_of(type_, {"local", "broadcast", "nat", "anycast"});
        if (is_of_node && !has_table_) identity.selector.insert(identity.selector.end(), {"table", "local"});
        std::ranges::copy(selector_, std::back_inserter(identity.selector));
        return identity;
    }

private:
    static bool is_type(std::string_view word) {
        return is_one_of(word,
                         {"unicast", "local", "broadcast", "multicast", "anycast", "throw", "unreachable", "prohibit", "blackhole", "nat"});
    }

    std::string value() { return next_ < words_.size() ? words_[next_++] : std::string(); }

    void read_word(const std::string& word) {
        if (word == "via") {
            read_gateway();
        } else if (word == "nexthop") {
            in_nexthops_ = true;
        } else if (is_one_of(word, {"onlink", "pervasive"})) {
            return;
        } else if (is_one_of(word, {"dev", "oif", "table", "vrf", "metric", "priority", "preference"})) {
            const std::string said = value();
            if (in_nexthops_) return;
            has_table_ = has_table_ || word == "table" || word == "vrf";
            selector_.insert(selector_.end(), {word == "priority" || word == "preference" ? "metric" : word, said});
        } else if (word == "to") {
            destination_ = value();
        } else if (destination_.empty() && is_destination(word)) {
            destination_ = word;
        } else if (const std::string said = value(); said == "lock") {
            ++next_;
        }
    }

    /// "default", an address or a part of one: no keyword begins with a digit or has a colon.
    static bool is_destination(std::string_view word) {
        const bool is_digit = word.front() >= '0' && word.front() <= '9';
        return is_digit || word.find(':') != std::string_view::npos || is_one_of(word, {"default", "any", "all"});
    }

    void read_gateway() {
        std::string family = value();
        const bool has_family = is_one_of(family, {"inet", "inet6"});
        const std::string address = has_family ? value() : family;
        gateway_is_six_ = gateway_is_six_ || (!has_family && address.find(':') != std::string::npos);
        gateway_is_four_ = gateway_is_four_ || family == "inet6" || address.find('.') != std::string::npos;
        if (in_nexthops_) return gateways_.push_back(address);
        selector_.emplace_back("via");
        if (has_family) selector_.push_back(family);
        selector_.push_back(address);
    }

    bool is_six() const {
        if (destination_.find(':') != std::string::npos) return true;
        if (destination_.find('.') != std::string::npos) return false;
        return gateway_is_six_ || (!gateway_is_four_ && has_colon());
    }
    bool has_colon() const {
        return std::ranges::any_of(words_, [](const std::string& word) { return word.find(':') != std::string::npos; });
    }

    std::vector<std::string> words_;
    std::size_t next_ = 0;
    std::string type_, destination_;
    std::vector<std::string> selector_, gateways_;
    bool has_table_ = false, in_nexthops_ = false, gateway_is_six_ = false, gateway_is_four_ = false;
};

}  // namespace

RouteIdentity identity_of_route(std::string_view spec) {
    return RouteReader(spec).read();
}

RouteIp::RouteIp(Rid rid, Options options, const Container& container)
    : OutsideIp(std::move(rid), "ip.route", options, container), spec_(options.text("spec")), identity_(identity_of_route(spec_)) {}

Argv RouteIp::command(const Path& network_namespace, const std::string& verb) const {
    Argv argv = {"ip"};
    if (identity_.is_six) argv.emplace_back("-6");
    argv.insert(argv.end(), {"route", verb});
    for (const std::string& word : split_words(spec_)) argv.push_back(word);
    return in_network(network_namespace, std::move(argv));
}

Argv RouteIp::show_command(const Path& network_namespace) const {
    Argv argv = {"ip"};
    if (identity_.is_six) argv.emplace_back("-6");
    argv.insert(argv.end(), {"route", "show"});
    argv.insert(argv.end(), identity_.selector.begin(), identity_.selector.end());
    return in_network(network_namespace, std::move(argv));
}

bool RouteIp::is_shown(const CommandResult& shown) const {
    const std::vector<std::string> words = split_words(shown.out);
    return !words.empty() && std::ranges::all_of(identity_.gateways, [&](const std::string& gateway) {
        return std::ranges::any_of(words, [&](const std::string& word) { return word == gateway || same_address(word, gateway); });
    });
}

ResourceObservation RouteIp::look(Looking& looking) const {
    ResourceObservation seen;
    World& world = looking.world();
    const GuestState guest = container().state(looking);
    if (!guest.exists_here()) {
        if (guest.value != GuestState::Value::unknown) seen.status = Status::down;
        seen.detail =
            seen.status == Status::down ? "container is down" : fmt::format("whether {} runs is not known", container().rid().text());
        seen.say(seen.status == Status::down ? LogLine::Level::info : LogLine::Level::warn, seen.detail);
        return seen;
    }
    const Deadline deadline = Deadline::in(world.clock, looking.limits().hypervisor);
    const auto path = container().network_namespace(world, deadline);
    const CommandResult shown = path ? world.processes.run(show_command(*path), deadline) : CommandResult{};
    if (!path || !has_answered(shown)) {
        seen.detail = path ? fmt::format("its routes can't be listed: {}", shown.describe()) : path.error();
        seen.say(LogLine::Level::warn, seen.detail);
        return seen;
    }
    const bool is_there = is_shown(shown);
    seen.status = is_there ? Status::up : Status::down;
    if (!is_there) seen.detail = fmt::format("{} has no such route", container().label());
    return seen;
}

Intent RouteIp::intend(Goal goal, const ResourceObservation& observation) const {
    Intent intent;
    if (goal == Goal::up) {
        if (observation.status == Status::up) return Intent::leave("the route is there");
        intent.verbs.push_back({"start", fmt::format("set {} in {}", spec_, container().label()), patience, "stop", patience});
    } else {
        if (observation.status == Status::down) return Intent::leave("there is no such route");
        intent.verbs.push_back({"stop", fmt::format("remove {} from {}", spec_, container().label()), patience, "", {}});
    }
    return intent;
}

void RouteIp::perform(const std::string& verb, Doing& doing) const {
    if (verb != "start" && verb != "stop") throw Error(Error::Code::failed, fmt::format("a route has no verb '{}'", verb), rid().text());
    const Path path = own_network_namespace(doing);
    if (verb == "stop") {
        const CommandResult shown = doing.world.processes.run(show_command(path), doing.deadline);
        if (has_answered(shown) && !is_shown(shown)) return;
    }
    doing.changing();
    const CommandResult result = doing.world.processes.run(command(path, verb == "start" ? "replace" : "del"), doing.deadline);
    if (result.ok()) return;
    const Error::Code code = result.timed_out ? Error::Code::timed_out : Error::Code::failed;
    throw Error(code, fmt::format("the route {} can't be {}: {}", spec_, verb == "start" ? "set" : "removed", result.describe()),
                options().place_of("spec").to_string(), "correct `spec`; `man ip-route` has its words");
}

}  // namespace svcmgr
