#include "drivers/hypervisor/docker/containers.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "drivers/hypervisor/docker/creation.h"
#include "drivers/hypervisor/docker/streams.h"

namespace svcmgr::docker {

namespace {

std::string label_of(const std::map<std::string, std::string>& labels, const char* name) {
    const auto found = labels.find(name);
    return found == labels.end() ? std::string() : found->second;
}

bool has_name(const ListedContainer& container, const std::string& name) {
    return std::ranges::find(container.names, name) != container.names.end();
}

std::string name_of(const ListedContainer& container) {
    return container.names.empty() ? short_id(container.id) : container.names.front();
}

/// What it may use of the node's; 0 when it is not limited.
int processors_of(const InspectedContainer& container) {
    constexpr std::int64_t nano = 1'000'000'000;
    const auto by_time =
        static_cast<int>(std::min<std::int64_t>(container.nano_cpus / nano + (container.nano_cpus % nano != 0 ? 1 : 0), 1 << 16));
    if (by_time == 0 || container.processors_given == 0) return std::max(by_time, container.processors_given);
    return std::min(by_time, container.processors_given);
}

void set_value(GuestState& state, const ListedContainer& container, bool has_done_its_work) {
    using enum GuestState::Value;
    const auto code = exit_code_in(container.status);
    state.reason = container.status.empty() ? container.state : container.status;
    if (container.state == "running") {
        state.value = running;
        state.health = health_in(container.status);
    } else if (container.state == "paused") {
        state.value = paused;
        state.reason = "paused";
    } else if (container.state == "restarting" || container.state == "removing") {
        state.value = changing;
    } else if (container.state == "exited") {
        state.value = has_done_its_work && code == 0 ? completed : stopped;
    } else {
        state.value = stopped;
        if (container.state == "created") state.reason = "made and never started";
        if (container.state == "dead")
            state.warnings.push_back(fmt::format("docker could not remove {} (dead); a start tries it again", name_of(container)));
    }
}

}  // namespace

std::string short_id(const std::string& id) {
    return id.substr(0, 12);
}

bool exists(const ListedContainer& container) {
    return container.state == "running" || container.state == "paused" || container.state == "restarting" || container.state == "removing";
}

std::map<std::string, std::string> labels_of(const Guest& guest) {
    auto labels = guest.labels;
    // No service has a name with a space.
    if (const auto service = labels.find(service_label); service != labels.end() && !guest.copy_directory.empty())
        service->second += " (copy)";
    return labels;
}

Found::Found(std::vector<ListedContainer> containers) : containers_(std::move(containers)) {
    for (const ListedContainer& container : containers_) by_service_.emplace(label_of(container.labels, service_label), &container);
}

std::vector<const ListedContainer*> Found::of(const Guest& guest) const& {
    std::vector<const ListedContainer*> candidates;
    const auto labels = labels_of(guest);
    const std::string service = label_of(labels, service_label);
    if (service.empty()) return candidates;
    const auto has_labels = [&](const ListedContainer& container) {
        return std::ranges::all_of(labels, [&](const auto& label) {
            const auto found = container.labels.find(label.first);
            return found != container.labels.end() && found->second == label.second;
        });
    };
    const auto [first, last] = by_service_.equal_range(service);
    for (auto at = first; at != last; ++at)
        if (has_labels(*at->second)) candidates.push_back(at->second);
    std::ranges::sort(candidates, std::greater(), [](const ListedContainer* one) { return std::tuple(exists(*one), one->created); });
    return candidates;
}

const ListedContainer* Found::sibling(const Guest& guest, const std::string& rid) const {
    Guest other = guest;
    other.labels["svcmgr.rid"] = rid;
    const auto candidates = of(other);
    return candidates.empty() ? nullptr : candidates.front();
}

bool Difference::in(const ListedContainer& container) const {
    return !describe(container).empty();
}

std::string Difference::describe(const ListedContainer& container) const {
    const std::string made_from = label_of(container.labels, configuration_label);
    if (container.image != image)
        return container.image.starts_with("sha256:")
                   ? fmt::format("the image {} is another one than the one that it was made from", image)
                   : fmt::format("it was made from the image {}, and its env file says {}", container.image, image);
    if (!configuration.empty() && made_from != configuration) return "it was made from another configuration than its env file has now";
    return {};
}

GuestState state_of(const Guest& guest, const std::vector<const ListedContainer*>& candidates, const std::optional<Difference>& difference,
                    std::int64_t booted) {
    GuestState state;
    if (candidates.empty()) {
        state.value = GuestState::Value::absent;
        state.reason = "docker has no container of it";
        return state;
    }
    const ListedContainer& container = *candidates.front();
    const std::string changed = difference ? difference->describe(container) : std::string();
    set_value(state, container, guest.runs_once && changed.empty() && container.created >= booted);
    if (!changed.empty())
        state.warnings.push_back(
            fmt::format("{}: {}", changed, state.exists_here() ? "a stop and a start make it anew" : "a start makes it anew"));
    if (!has_name(container, guest.name) && guest.section && guest.section->text("run_args").find("--name") == std::string::npos)
        state.warnings.push_back(fmt::format("its container is called {} by now, not {}", name_of(container), guest.name));
    if (state.exists_here()) state.addresses = container.addresses;
    for (std::size_t i = 1; i < candidates.size(); ++i)
        state.warnings.push_back(fmt::format("another container has its labels: {} ({}, {}); svcmgr looks at {}", name_of(*candidates[i]),
                                             short_id(candidates[i]->id), candidates[i]->state, short_id(container.id)));
    return state;
}

void add_details(GuestState& state, const InspectedContainer& container) {
    state.vcpus = processors_of(container);
    state.memory_kib = static_cast<std::uint64_t>(container.memory) >> 10;
    if (!container.restart_policy.empty() && container.restart_policy != "no")
        state.warnings.push_back(fmt::format("autostart is on: docker starts it by itself (restart policy {})", container.restart_policy));
    if (state.value == GuestState::Value::running) {
        const auto said = last_lines(container.health_said, 1);
        if (container.health == GuestState::Health::unhealthy && !said.empty()) state.reason += ": " + said.front();
        return;
    }
    if (container.state != "exited") {
        if (!container.error.empty()) state.warnings.push_back(fmt::format("its last start failed: {}", read_message(container.error)));
        return;
    }
    const std::string when = container.finished ? " " + to_iso8601(*container.finished) : "";
    const std::string by = container.exit_code == 137 ? " (killed)" : container.exit_code == 143 ? " (asked to end)" : "";
    state.reason = fmt::format("exited with {}{}", container.exit_code, by);
    state.notes.push_back(fmt::format("ended{} with code {}{}", when, container.exit_code, by));
    if (container.out_of_memory) state.warnings.push_back("the kernel killed it because it had used up its memory");
}

std::int64_t boot_time(std::string_view proc_stat) {
    for (const std::string_view line : split(proc_stat, '\n'))
        if (line.starts_with("btime ")) return parse_integer(trimmed(line.substr(6))).value_or(0);
    return 0;
}

}  // namespace svcmgr::docker
