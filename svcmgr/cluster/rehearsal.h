#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/hypervisor/copies.h"
#include "drivers/world.h"
#include "resources/container.h"
#include "svcmgr/action/plan.h"
#include "svcmgr/cluster/isolation.h"
#include "svcmgr/cluster/node.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// A rehearsal of a disaster, on a node of the disaster recovery site: copies of the service's guests are started above layers that keep
/// what they write, in a network that leads nowhere; their addresses and applications are brought up and checked; then all of it is thrown
/// away. What is replicated here, the guests themselves, production and reservations are not touched. All that it refers to outlives it.
class Rehearsal {
public:
    static constexpr std::string_view action = "drp rehearse";

    Rehearsal(World world, const Paths& paths, const Node& node, const Service& service);

    /// What a rehearsal would do now, guards first, one after the other. Looks, and never throws.
    std::vector<Step> steps() const;
    Plan plan() const;

    /// Whether a step's verb, or its undoing, is one of a rehearsal.
    static bool knows(std::string_view verb);
    /// Does it. Throws Error.
    void perform(const std::string& verb, Doing& doing) const;
    /// Of the verbs that take a copy away again: what comes before them is what a disaster would take.
    static bool tears_down(std::string_view verb);

private:
    CopiesGuests* copier(const Container& guest) const;
    CopiesGuests& needed_copier(const Container& guest) const;
    std::vector<const Container*> guests() const;
    const Container& guest_of(std::string_view rid) const;
    GuestCopy copy_of(const Guest& guest) const;
    std::vector<const Resource*> carried() const;
    Step guard_of(const Container& guest) const;
    Step guard_of_connection(const Resource& resource) const;
    /// The service with the copies in the place of its guests.
    std::unique_ptr<Service> copied_service() const;
    std::vector<std::string> addresses(Doing& doing) const;

    void lay_over(const Container& guest, Doing& doing) const;
    void remove_layers(const Container& guest, Doing& doing) const;
    void end_copy(const Container& guest, Doing& doing) const;
    void wait_for_copy(std::string_view rid, Doing& doing) const;
    void bring_up(std::string_view rid, Doing& doing) const;

    World world_;
    const Paths& paths_;
    const Node& node_;
    const Service& service_;
    Isolation isolation_;
};

}  // namespace svcmgr
