#include "tests/scenario/sim_guest.h"

#include <fmt/format.h>

namespace svcmgr::sim {

namespace {

constexpr std::string_view launcher_directory = "/svc/etc/init.d/";

CommandModel says(std::string out) {
    CommandModel command;
    command.result.exit_code = 0;
    command.result.out = std::move(out);
    command.takes = std::chrono::milliseconds(5);
    return command;
}

CommandModel fails(int exit_code, std::string err) {
    CommandModel command = says({});
    command.result.exit_code = exit_code;
    command.result.err = std::move(err);
    return command;
}

/// iproute2's `ip -o addr`.
std::string ip_addresses(const GuestModel& guest) {
    std::string text = "1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever\n";
    int index = 1;
    for (const auto& [adapter, address] : guest.adapters)
        text += fmt::format("{}: {}    inet {}/24 scope global {}\\       valid_lft forever preferred_lft forever\n", ++index, adapter,
                            address, adapter);
    return text;
}

/// net-tools' `ifconfig -a`.
std::string interfaces(const GuestModel& guest) {
    std::string text = "lo: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536\n        inet 127.0.0.1  netmask 255.0.0.0\n\n";
    for (const auto& [adapter, address] : guest.adapters)
        text += fmt::format(
            "{}: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n        inet {}  netmask 255.255.255.0  broadcast 10.0.0.255\n\n",
            adapter, address);
    return text;
}

CommandModel find(const GuestModel& guest) {
    if (guest.launchers.empty()) return fails(1, "find: '/svc/etc/init.d': No such file or directory\n");
    std::string text;
    for (const auto& [name, launcher] : guest.launchers) text += fmt::format("{}{}\n", launcher_directory, name);
    return says(text);
}

/// "web" of "S10web".
std::string application_of(const std::string& launcher) {
    const std::size_t begin = launcher.find_first_not_of("0123456789", 1);
    return begin == std::string::npos ? launcher : launcher.substr(begin);
}

CommandModel launch(const GuestModel& guest, const std::string& name, const std::string& verb) {
    const auto found = guest.launchers.find(name);
    if (found == guest.launchers.end()) return fails(127, fmt::format("{}{}: not found\n", launcher_directory, name));
    const LauncherModel& launcher = found->second;
    const std::string application = application_of(name);
    CommandModel command = fails(launcher.exit_code, launcher.says.empty() ? "" : launcher.says + "\n");
    command.takes = launcher.takes;
    command.hangs = launcher.hangs;
    if (verb == "status") {
        if (launcher.exit_code == 0 && !guest.applications.contains(application)) command.result.exit_code = 1;
        return command;
    }
    command.effect = fmt::format("{} {} in {} exits with {}", name, verb, guest.name, launcher.exit_code);
    if (launcher.exit_code == 0) (verb == "start" ? command.starts : command.stops) = application;
    return command;
}

}  // namespace

CommandModel run_in_guest(const GuestModel& guest, const Argv& whole) {
    // What env(1) sets makes no difference here.
    auto begin = whole.begin();
    if (begin != whole.end() && *begin == "env")
        for (++begin; begin != whole.end() && begin->find('=') != std::string::npos;) ++begin;
    const Argv argv(begin, whole.end());
    const std::string program = argv.empty() ? "" : argv.front();
    const std::string last = argv.empty() ? "" : argv.back();
    if (program == "pwd") return says("/root\n");
    if (program == "ip" && guest.has_ip_command) return says(ip_addresses(guest));
    if (program == "ifconfig") return says(interfaces(guest));
    if (program == "find") return find(guest);
    if (program == "chmod") return says({});
    if (program.starts_with(launcher_directory)) return launch(guest, program.substr(launcher_directory.size()), last);
    return fails(127, fmt::format("sh: 1: {}: not found\n", program));
}

}  // namespace svcmgr::sim
