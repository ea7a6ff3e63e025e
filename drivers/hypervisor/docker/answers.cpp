#include "drivers/hypervisor/docker/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

#include "drivers/hypervisor/docker/streams.h"
#include "drivers/network/address.h"
#include "drivers/options.h"

namespace svcmgr::docker {

namespace {

using Json = nlohmann::json;

constexpr std::size_t longest_excerpt = 120;

std::string excerpt(std::string_view text) {
    const auto lines = last_lines(text.substr(0, longest_excerpt), 1);
    return lines.empty() ? "nothing" : fmt::format("'{}'", lines.front());
}

/// Takes members of an object one by one and remembers the first that is not of its type.
class Reader {
public:
    explicit Reader(const Json& object, std::string where = {}) : object_(object), where_(std::move(where)) {
        if (!object_.is_object()) problem_ = fmt::format("{} is no object", where_.empty() ? "it" : where_);
    }

    void text(const char* name, std::string& to) {
        if (const Json* value = member(name); value && expect(value->is_string(), name, "text")) to = value->get<std::string>();
    }
    void flag(const char* name, bool& to) {
        if (const Json* value = member(name); value && expect(value->is_boolean(), name, "true or false")) to = value->get<bool>();
    }
    template <typename Number>
    void number(const char* name, Number& to) {
        const Json* value = member(name);
        if (!value || !expect(value->is_number_integer(), name, "a whole number")) return;
        if (value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<Number>::max()))
            return refuse(name, "a number of this size");
        if (!value->is_number_unsigned() && value->get<std::int64_t>() < 0) return refuse(name, "positive");
        to = value->get<Number>();
    }
    void time(const char* name, std::optional<WallTime>& to) {
        std::string said;
        text(name, said);
        if (!said.empty()) to = read_time(said);
    }
    void pairs(const char* name, std::map<std::string, std::string>& to) {
        const Json* value = member(name);
        if (!value || !expect(value->is_object(), name, "an object")) return;
        for (const auto& [key, text] : value->items())
            if (expect(text.is_string(), name, "pairs of texts")) to[key] = text.get<std::string>();
    }
    void texts(const char* name, std::vector<std::string>& to) {
        const Json* value = member(name);
        if (!value || !expect(value->is_array(), name, "a list")) return;
        for (const Json& text : *value)
            if (expect(text.is_string(), name, "a list of texts")) to.push_back(text.get<std::string>());
    }
    /// Null for one that is missing.
    const Json* member(const char* name) {
        if (!object_.is_object()) return nullptr;
        const auto found = object_.find(name);
        return found == object_.end() || found->is_null() ? nullptr : &*found;
    }
    void need(const char* name, const std::string& value) {
        if (value.empty() && problem_.empty()) problem_ = fmt::format("{}{} is missing", where_, name);
    }
    void refuse(const char* name, const char* what) {
        if (problem_.empty()) problem_ = fmt::format("{}{} is not {}", where_, name, what);
    }
    const std::string& problem() const { return problem_; }
    void take_problem(const Reader& other) {
        if (problem_.empty()) problem_ = other.problem_;
    }

private:
    bool expect(bool condition, const char* name, const char* what) {
        if (!condition) refuse(name, what);
        return condition;
    }

    const Json& object_;
    std::string where_;
    std::string problem_;
};

/// An id goes into URLs and onto the screen.
bool is_id(std::string_view text) {
    const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return text.size() >= 12 && text.size() <= 64 && std::ranges::all_of(text, is_hex);
}

template <typename Type>
Read<Type> wrong(const std::string& problem, std::string_view json) {
    return tl::unexpected(fmt::format("docker's answer can't be read ({}): {}", problem, excerpt(json)));
}

Json parse(std::string_view json) {
    return Json::parse(json, nullptr, false);
}

constexpr std::string_view states[] = {"created", "running", "paused", "restarting", "removing", "exited", "dead"};

void check_state(Reader& reader, const std::string& state) {
    if (std::ranges::find(states, state) == std::end(states)) reader.refuse("State", "one of docker's states");
}

GuestState::Health health_word(std::string_view word) {
    if (word == "starting") return GuestState::Health::starting;
    if (word == "healthy") return GuestState::Health::healthy;
    if (word == "unhealthy") return GuestState::Health::unhealthy;
    return GuestState::Health::unchecked;
}

/// One network after the other, in the order of their names.
std::vector<std::string> addresses_in(const Json& container) {
    std::vector<std::string> addresses;
    const auto settings = container.is_object() ? container.find("NetworkSettings") : container.end();
    if (settings == container.end() || !settings->is_object()) return addresses;
    const auto networks = settings->find("Networks");
    if (networks == settings->end() || !networks->is_object()) return addresses;
    for (const Json& network : *networks)
        for (const char* name : {"IPAddress", "GlobalIPv6Address"})
            if (std::string address = text_in(network, name); address_bytes(address)) addresses.push_back(std::move(address));
    return addresses;
}

std::string read_listed(const Json& json, ListedContainer& container) {
    Reader reader(json);
    reader.text("Id", container.id);
    reader.texts("Names", container.names);
    reader.text("Image", container.image);
    reader.text("ImageID", container.image_id);
    reader.text("State", container.state);
    reader.text("Status", container.status);
    reader.number("Created", container.created);
    reader.pairs("Labels", container.labels);
    for (std::string& name : container.names)
        if (name.starts_with('/')) name.erase(0, 1);
    if (const Json* host = reader.member("HostConfig")) {
        Reader inner(*host, "HostConfig.");
        inner.text("NetworkMode", container.network);
        reader.take_problem(inner);
    }
    container.addresses = addresses_in(json);
    check_state(reader, container.state);
    if (!is_id(container.id)) reader.refuse("Id", "an id");
    return reader.problem();
}

void read_health(Reader& state, InspectedContainer& container) {
    const Json* health = state.member("Health");
    if (!health) return;
    Reader reader(*health, "Health.");
    std::string word;
    reader.text("Status", word);
    container.health = health_word(word);
    state.take_problem(reader);
    const Json* log = reader.member("Log");
    if (log && log->is_array() && !log->empty()) container.health_said = text_in(log->back(), "Output");
}

}  // namespace

std::string text_in(const Json& object, const char* name) {
    if (!object.is_object()) return {};
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<double> number_in(const Json& object, const char* name) {
    if (!object.is_object()) return std::nullopt;
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number()) return std::nullopt;
    const double number = found->get<double>();
    return std::isfinite(number) && number >= 0 ? std::optional(number) : std::nullopt;
}

Read<std::vector<ListedContainer>> read_containers(std::string_view json) {
    const Json list = parse(json);
    if (!list.is_array()) return wrong<std::vector<ListedContainer>>("it is no list", json);
    std::vector<ListedContainer> containers;
    containers.reserve(list.size());
    for (const Json& one : list) {
        ListedContainer container;
        if (const std::string problem = read_listed(one, container); !problem.empty())
            return wrong<std::vector<ListedContainer>>(fmt::format("container {}: {}", containers.size() + 1, problem), json);
        containers.push_back(std::move(container));
    }
    return containers;
}

Read<InspectedContainer> read_container(std::string_view json) {
    const Json object = parse(json);
    InspectedContainer container;
    Reader reader(object);
    reader.text("Id", container.id);
    reader.text("Name", container.name);
    reader.text("Image", container.image_id);
    if (container.name.starts_with('/')) container.name.erase(0, 1);
    if (const Json* state = reader.member("State")) {
        Reader inner(*state, "State.");
        inner.text("Status", container.state);
        inner.number("ExitCode", container.exit_code);
        inner.number("Pid", container.pid);
        inner.flag("OOMKilled", container.out_of_memory);
        inner.text("Error", container.error);
        inner.time("StartedAt", container.started);
        inner.time("FinishedAt", container.finished);
        read_health(inner, container);
        check_state(inner, container.state);
        reader.take_problem(inner);
    } else {
        reader.refuse("State", "there");
    }
    if (const Json* host = reader.member("HostConfig")) {
        Reader inner(*host, "HostConfig.");
        inner.number("NanoCpus", container.nano_cpus);
        inner.number("Memory", container.memory);
        std::string set;
        inner.text("CpusetCpus", set);
        container.processors_given = count_processors(set).value_or(0);
        if (const Json* policy = inner.member("RestartPolicy")) container.restart_policy = text_in(*policy, "Name");
        reader.take_problem(inner);
    }
    if (const Json* config = reader.member("Config")) {
        Reader inner(*config, "Config.");
        inner.flag("Tty", container.tty);
        inner.text("StopSignal", container.stop_signal);
        inner.pairs("Labels", container.labels);
        reader.take_problem(inner);
    }
    if (!is_id(container.id)) reader.refuse("Id", "an id");
    if (!reader.problem().empty()) return wrong<InspectedContainer>(reader.problem(), json);
    return container;
}

Read<std::string> read_id(std::string_view json) {
    const std::string id = text_in(parse(json), "Id");
    const std::string_view digits = id.starts_with("sha256:") ? std::string_view(id).substr(7) : id;
    if (!is_id(digits)) return wrong<std::string>("it has no id", json);
    return id;
}

Read<ExecState> read_exec(std::string_view json) {
    const Json object = parse(json);
    Reader reader(object);
    ExecState state;
    reader.flag("Running", state.running);
    int code = 0;
    if (reader.member("ExitCode")) {
        reader.number("ExitCode", code);
        state.exit_code = code;
    }
    if (!reader.problem().empty()) return wrong<ExecState>(reader.problem(), json);
    return state;
}

Read<ListedVolume> read_volume(std::string_view json) {
    const Json object = parse(json);
    Reader reader(object);
    ListedVolume volume;
    reader.text("Driver", volume.driver);
    reader.text("Mountpoint", volume.mountpoint);
    const Json* options = reader.member("Options");
    volume.has_options = options != nullptr && !options->empty();
    if (!reader.problem().empty()) return wrong<ListedVolume>(reader.problem(), json);
    return volume;
}

Read<EngineInfo> read_info(std::string_view json) {
    const Json object = parse(json);
    Reader reader(object);
    EngineInfo info;
    reader.text("OSType", info.os_type);
    reader.text("Name", info.name);
    reader.number("NCPU", info.processors);
    reader.number("MemTotal", info.memory);
    reader.need("OSType", info.os_type);
    if (!reader.problem().empty()) return wrong<EngineInfo>(reader.problem(), json);
    return info;
}

std::string read_message(std::string_view body) {
    const std::string message = text_in(parse(body), "message");
    const auto lines = last_lines(message.empty() ? body.substr(0, longest_excerpt) : std::string_view(message), 3);
    std::string text;
    for (const std::string& line : lines) text += (text.empty() ? "" : " ") + line;
    return text.empty() ? "it gave no reason" : text;
}

}  // namespace svcmgr::docker
