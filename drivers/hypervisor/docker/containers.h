#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/hypervisor/docker/answers.h"
#include "drivers/hypervisor/hypervisor.h"

namespace svcmgr::docker {

/// The label that every container of svcmgr has.
inline constexpr const char* service_label = "svcmgr.service";

/// The labels by which a guest is found; a copy's are not those of its guest.
std::map<std::string, std::string> labels_of(const Guest& guest);

/// Containers by what their owner knows them by: their labels, never their names.
class Found {
public:
    explicit Found(std::vector<ListedContainer> containers);

    /// Those with all the guest's labels: one that is not stopped first, then the newest. None for a guest without labels.
    std::vector<const ListedContainer*> of(const Guest& guest) const&;
    std::vector<const ListedContainer*> of(const Guest& guest) const&& = delete;
    /// The one of the same service with another rid; null when there is none.
    const ListedContainer* sibling(const Guest& guest, const std::string& rid) const;

private:
    std::vector<ListedContainer> containers_;
    std::multimap<std::string, const ListedContainer*, std::less<>> by_service_;
};

/// Whether the container's processes exist.
bool exists(const ListedContainer& container);

/// How the container of a guest differs from what its env file says.
struct Difference {
    std::string configuration;  ///< what it would be made from; empty when that can't be known
    std::string image;
    bool in(const ListedContainer& container) const;
    /// For people; empty when there is none.
    std::string describe(const ListedContainer& container) const;
};

/// What a list says of a guest. `candidates` are those of Found::of. A container that ran once counts as completed when it was made since
/// the node booted and from the configuration of today.
GuestState state_of(const Guest& guest, const std::vector<const ListedContainer*>& candidates, const std::optional<Difference>& difference,
                    std::int64_t booted);

/// What one look at the container alone says beyond that.
void add_details(GuestState& state, const InspectedContainer& container);

/// "a1b2c3d4e5f6"
std::string short_id(const std::string& id);

/// The moment at which the node was booted, in seconds since 1970, from the text of /proc/stat; 0 when it does not say.
std::int64_t boot_time(std::string_view proc_stat);

}  // namespace svcmgr::docker
