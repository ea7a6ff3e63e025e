#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drivers/clock.h"
#include "drivers/files/files.h"

namespace svcmgr {

struct Guest;

/// Something that a guest takes from the host that starts it.
struct HostNeed {
    enum class Answer { here, missing, unknown };
    std::string what;  ///< "bridge br0", "processor", "memory"
    Answer answer = Answer::here;
    std::string reason = {};  ///< a sentence; of `missing` and `unknown` always
    std::string hint = {};    ///< what to do about it
};

/// Of an interface of the host: `kind` says what it is to the guest ("bridge", "adapter"), and `correction` what a user changes when the
/// guest is not to have it ("definition", "configuration").
HostNeed need_of_interface(const Files& files, std::string_view kind, const std::string& name, std::string_view correction);

/// A guest may want the same thing for several of its parts; it is said once.
void add_once(std::vector<HostNeed>& needs, HostNeed need);

/// What a Hypervisor is besides when it can tell, before anything is started, what the definition of a guest wants of this host: bridges
/// and networks, a processor, memory. Its files and its disks are known otherwise (Hypervisor::outlook, Hypervisor::disks).
class TellsNeeds {
public:
    virtual ~TellsNeeds() = default;

    /// Of a guest that is down here, by the definition that its next start takes; nothing when there is none. What the technology does not
    /// compare is left out. A look: never throws, and answers within its deadline.
    virtual std::vector<HostNeed> needs(const Guest& guest, Deadline deadline) = 0;
};

}  // namespace svcmgr
