#include "drivers/hypervisor/kvm/guest_processes.h"

#include <algorithm>
#include <string_view>

namespace svcmgr::kvm {

namespace {

/// "/usr/bin/qemu-system-x86_64", "/usr/libexec/qemu-kvm", "/usr/bin/kvm"
bool is_qemu(std::string_view program) {
    const auto base = program.substr(program.rfind('/') + 1);
    return base == "kvm" || base.find("qemu") != std::string_view::npos;
}

/// Takes the text up to the next single comma off the front of `options`; a double one is a comma of the text.
std::string take_option(std::string_view& options) {
    std::string option;
    while (!options.empty()) {
        const char next = options.front();
        options.remove_prefix(1);
        if (next == ',') {
            if (!options.starts_with(',')) return option;
            options.remove_prefix(1);
        }
        option += next;
    }
    return option;
}

std::optional<std::string> guest_of_name_option(std::string_view options) {
    constexpr std::string_view key = "guest=";
    bool first = true;
    while (!options.empty()) {
        const auto option = take_option(options);
        if (option.starts_with(key)) return option.substr(key.size());
        // The first one may stand without its key, and is the guest's name then.
        if (first && option.find('=') == std::string::npos) return option;
        first = false;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> guest_of(const Argv& argv) {
    if (argv.empty() || !is_qemu(argv.front())) return std::nullopt;
    const auto option = std::find_if(argv.begin(), argv.end(), [](const std::string& word) { return word == "-name" || word == "--name"; });
    if (option == argv.end() || option + 1 == argv.end()) return std::nullopt;
    return guest_of_name_option(*(option + 1));
}

std::map<std::string, int> guest_processes(std::span<const ProcessInfo> processes) {
    std::map<std::string, int> found;
    for (const auto& process : processes) {
        const auto guest = guest_of(process.argv);
        if (!guest) continue;
        const auto [entry, added] = found.emplace(*guest, process.pid);
        if (!added) entry->second = std::min(entry->second, process.pid);
    }
    return found;
}

}  // namespace svcmgr::kvm
