#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>

#include "drivers/process/processes.h"

namespace svcmgr::kvm {

/// The guest that a process runs, from QEMU's `-name` as libvirt writes it: `-name guest=NAME,debug-threads=on`, before libvirt 1.3.3
/// `-name NAME`. Nothing for other processes. In option values QEMU writes a comma as ",,".
std::optional<std::string> guest_of(const Argv& argv);

/// Guest name -> pid, of all QEMU processes; of two with one name the one with the lower pid.
std::map<std::string, int> guest_processes(std::span<const ProcessInfo> processes);

}  // namespace svcmgr::kvm
