#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>
#include <tl/expected.hpp>

#include "drivers/clock.h"
#include "drivers/hypervisor/hypervisor.h"

namespace svcmgr::docker {

// What the Engine answers, read strictly: whatever is not as its API has it is a reason, in one line. Nothing here throws.

/// One container of a list.
struct ListedContainer {
    std::string id;
    std::vector<std::string> names;  ///< without the '/' in front
    std::string image;               ///< as it was asked for; an id when that name means another image today
    std::string image_id;
    std::string state;         ///< created, running, paused, restarting, removing, exited, dead
    std::string status;        ///< for people, and the only place of two facts: "Exited (137) 2 minutes ago", "Up 3 minutes (healthy)"
    std::int64_t created = 0;  ///< seconds since 1970
    std::map<std::string, std::string> labels;
    std::string network;                 ///< "host", "container:ID" …
    std::vector<std::string> addresses;  ///< in its networks
};

/// One container in all detail, as far as it is needed here.
struct InspectedContainer {
    std::string id, name, image_id;
    std::string state;
    std::map<std::string, std::string> labels;
    int exit_code = 0;
    bool out_of_memory = false;
    std::string error;  ///< why it could not be started, in the Engine's words
    std::optional<WallTime> started, finished;
    GuestState::Health health = GuestState::Health::unchecked;
    std::string health_said;  ///< what the last check printed
    std::string restart_policy;
    std::string stop_signal;  ///< "SIGTERM", "15"; empty: SIGTERM
    std::int64_t nano_cpus = 0;
    int processors_given = 0;  ///< by a set of them, 0: all
    std::int64_t memory = 0;   ///< bytes, 0: no limit
    bool tty = false;
    int pid = 0;
};

struct ListedVolume {
    std::string driver;
    std::string mountpoint;    ///< the directory of the node that a volume of the driver `local` is, unless it has options
    bool has_options = false;  ///< its driver mounts something there
};

struct ApiVersion {
    int major = 0, minor = 0;
    auto operator<=>(const ApiVersion&) const = default;
    std::string text() const;
};

struct ExecState {
    bool running = false;
    std::optional<int> exit_code;
};

struct EngineInfo {
    std::string os_type;  ///< "linux"
    std::string name;
    int processors = 0;
    std::uint64_t memory = 0;  ///< bytes
};

template <typename Type>
using Read = tl::expected<Type, std::string>;

Read<std::vector<ListedContainer>> read_containers(std::string_view json);
Read<InspectedContainer> read_container(std::string_view json);
/// `{"Id": …}`: a container that was created, an exec, an image.
Read<std::string> read_id(std::string_view json);
Read<ListedVolume> read_volume(std::string_view json);
Read<ExecState> read_exec(std::string_view json);
Read<EngineInfo> read_info(std::string_view json);
/// "1.41"
std::optional<ApiVersion> read_version(std::string_view text);
/// `{"message": …}` of an answer that is an error; what can be said of another one.
std::string read_message(std::string_view body);
/// "2026-11-20T10:00:00.123456789Z"; nothing for another text and for the Engine's "never" (year 1).
std::optional<WallTime> read_time(std::string_view text);

/// The same moment as the Engine wants it in a query: "1795168800.123456789". Empty for what is no time.
std::string query_time(std::string_view text);

/// The processors, or nodes of memory, that "0-2,5" are; nothing for another text.
std::optional<std::set<int>> members_of(std::string_view set);
/// How many they are.
std::optional<int> count_processors(std::string_view set);

/// The state of a listed one: health and exit code are in its words.
GuestState::Health health_in(std::string_view status);
std::optional<int> exit_code_in(std::string_view status);

/// A text of an object; empty when it has none of that name.
std::string text_in(const nlohmann::json& object, const char* name);
std::optional<double> number_in(const nlohmann::json& object, const char* name);

}  // namespace svcmgr::docker
