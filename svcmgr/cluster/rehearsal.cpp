#include "svcmgr/cluster/rehearsal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "drivers/error.h"
#include "drivers/hypervisor/table.h"
#include "drivers/network/network.h"
#include "svcmgr/action/in_line.h"
#include "svcmgr/cluster/changed_service.h"

namespace svcmgr {

namespace {

constexpr std::string_view lay_over_verb = "layer disks of ";
constexpr std::string_view remove_layers_verb = "remove layers of ";
constexpr std::string_view isolate_verb = "make isolated network";
constexpr std::string_view remove_network_verb = "remove isolated network";
constexpr std::string_view start_verb = "start copy of ";
constexpr std::string_view end_verb = "end copy of ";
constexpr std::string_view wait_verb = "wait for copy of ";
constexpr std::string_view bring_up_verb = "bring up in copy ";

constexpr std::array all_verbs = {lay_over_verb, remove_layers_verb, isolate_verb, remove_network_verb,
                                  start_verb,    end_verb,           wait_verb,    bring_up_verb};

constexpr Duration to_lay_over = std::chrono::minutes(5);
constexpr Duration to_change_network = std::chrono::seconds(30);
constexpr Duration to_end = std::chrono::minutes(1);
constexpr Duration to_settle = std::chrono::minutes(1);
constexpr Duration for_look = std::chrono::seconds(5);
constexpr Duration between_looks = std::chrono::seconds(1);
/// QEMU runs as a user of its own, and has to reach what is in it.
constexpr std::uint32_t mode_of_directory = 0711;

std::string verb_for(std::string_view verb, const Resource& resource) {
    return fmt::format("{}{}", verb, resource.rid().text());
}

/// What stands behind the verb: a rid, or nothing.
std::string_view object_of(std::string_view text) {
    const auto verb = std::ranges::find_if(all_verbs, [&](std::string_view one) { return text.starts_with(one); });
    return verb == all_verbs.end() ? std::string_view() : text.substr(verb->size());
}

std::string copied_name(const Guest& guest) {
    return guest.name + "-rehearsal";
}

Step step(std::string verb, std::string reason, Duration deadline, std::string undo = {}, Duration undo_deadline = {}) {
    Step made;
    made.verb = std::move(verb);
    made.reason = std::move(reason);
    made.deadline = deadline;
    made.undo = std::move(undo);
    made.undo_deadline = undo_deadline;
    return made;
}

/// As the verbs of a start of it have them.
std::vector<Verb> waits_of(const Container& guest) {
    ResourceObservation down;
    down.status = Status::down;
    std::vector<Verb> verbs = guest.intend(Goal::up, down).verbs;
    std::erase_if(verbs, [](const Verb& verb) { return !verb.name.starts_with("wait "); });
    return verbs;
}

Error cant_copy(const Container& guest) {
    return Error(Error::Code::refused,
                 fmt::format("a copy of {} can't be started: svcmgr knows no way to keep what a guest of {} writes from its own disks",
                             guest.guest().name, guest.hypervisor()),
                 guest.rid().text(), "guests of kvm, lxc and docker can be rehearsed");
}

std::string reasons_of(const ResourceObservation& seen) {
    std::string text;
    for (const LogLine& line : seen.log) text += (text.empty() ? "" : "; ") + line.message;
    return text.empty() ? seen.detail : text;
}

}  // namespace

Rehearsal::Rehearsal(World world, const Paths& paths, const Node& node, const Service& service)
    : world_(world), paths_(paths), node_(node), service_(service), isolation_(world, service.name()) {}

bool Rehearsal::knows(std::string_view verb) {
    return std::ranges::any_of(all_verbs, [&](std::string_view one) { return verb.starts_with(one); });
}

bool Rehearsal::tears_down(std::string_view verb) {
    return verb.starts_with(end_verb) || verb.starts_with(remove_network_verb) || verb.starts_with(remove_layers_verb);
}

Plan Rehearsal::plan() const {
    return in_line(service_.name(), std::string(action), steps());
}

CopiesGuests* Rehearsal::copier(const Container& guest) const {
    return dynamic_cast<CopiesGuests*>(&world_.hypervisors.get(guest.hypervisor()));
}

CopiesGuests& Rehearsal::needed_copier(const Container& guest) const {
    if (CopiesGuests* copies = copier(guest)) return *copies;
    throw cant_copy(guest);
}

std::vector<const Container*> Rehearsal::guests() const {
    std::vector<const Container*> found;
    for (const auto& resource : service_.resources())
        if (const auto* guest = dynamic_cast<const Container*>(resource.get()); guest != nullptr && !guest->disabled())
            found.push_back(guest);
    return found;
}

const Container& Rehearsal::guest_of(std::string_view rid) const {
    if (const auto* guest = dynamic_cast<const Container*>(service_.find(Rid(std::string(rid)))); guest != nullptr) return *guest;
    throw Error(Error::Code::failed, fmt::format("the env file has no {} any more", rid), service_.file());
}

GuestCopy Rehearsal::copy_of(const Guest& guest) const {
    const std::string name = copied_name(guest);
    return {name, fmt::format("{}/var/lib/svcmgr-rehearsal/{}", paths_.root, name), isolation_.bridge()};
}

/// In the order in which a start brings them up.
std::vector<const Resource*> Rehearsal::carried() const {
    std::vector<const Resource*> found;
    for (const Group group : {Group::ip, Group::app})
        for (const auto& resource : service_.resources())
            if (resource->group() == group && resource->carrier() != nullptr && !resource->disabled()) found.push_back(resource.get());
    return found;
}

Step Rehearsal::guard_of(const Container& guest) const {
    Step guard;
    guard.rid = guest.rid();
    guard.verb = "check copy";
    guard.reason = "it must be down here, and a copy of it must be possible";
    try {
        Hypervisor& hypervisor = world_.hypervisors.get(guest.hypervisor());
        const GuestState state = hypervisor.look({&guest.guest(), 1}, Deadline::in(world_.clock, for_look)).front();
        if (state.value == GuestState::Value::unknown)
            guard.refusal =
                Error(Error::Code::unreachable, fmt::format("whether {} is down here is not known: {}", guest.guest().name, state.reason),
                      guest.rid().text(), fmt::format("make {} answer, then try again", guest.hypervisor()));
        else if (state.exists_here())
            guard.refusal = Error(Error::Code::refused, fmt::format("{} is {} here", guest.guest().name, state.describe()),
                                  guest.rid().text(), "what runs needs no rehearsal");
        else if (CopiesGuests* copies = copier(guest); copies == nullptr)
            guard.refusal = cant_copy(guest);
        else if (auto obstacle = copies->copy_outlook(guest.guest(), Deadline::in(world_.clock, for_look)))
            guard.refusal = Error(Error::Code::refused, obstacle->message(), obstacle->where(), obstacle->hint());
    } catch (const Error& error) {
        guard.refusal = error;
    }
    return guard;
}

/// What the node connects a guest to is no isolated network.
Step Rehearsal::guard_of_connection(const Resource& resource) const {
    Step guard;
    guard.rid = resource.rid();
    guard.verb = "check connection";
    guard.reason = "a copy must be connected to nothing";
    guard.refusal = Error(Error::Code::refused, fmt::format("{} would connect the copy to a network of this node", resource.label()),
                          resource.rid().text(), "guests whose own definition has their network can be rehearsed");
    return guard;
}

std::vector<Step> Rehearsal::steps() const {
    const auto contains = [&](const std::vector<std::string>& nodes) { return std::ranges::find(nodes, node_.name()) != nodes.end(); };
    Step site;
    site.verb = "check site";
    site.reason = "a disaster is rehearsed where it would be survived";
    if (!contains(service_.drpnodes()) || contains(service_.nodes()))
        site.refusal = Error(Error::Code::refused, fmt::format("{} is no drpnode", node_.name()), service_.file(),
                             fmt::format("svcmgr -s {} drp rehearse --on DRPNODE", service_.name()));
    std::vector<Step> all{site};
    const std::vector<const Container*> own = guests();
    if (own.empty() && !all.front().refusal)
        all.front().refusal = Error(Error::Code::refused, "it has no guest of which a copy could be started", service_.file(),
                                    "only services with a container can be rehearsed");
    for (const Container* guest : own) all.push_back(guard_of(*guest));
    for (const Resource* resource : carried())
        if (resource->made_from_outside()) all.push_back(guard_of_connection(*resource));

    for (const Container* guest : own)
        all.push_back(step(verb_for(lay_over_verb, *guest), "what the copy writes goes there, and never to the disks", to_lay_over,
                           verb_for(remove_layers_verb, *guest), to_end));
    all.push_back(step(std::string(isolate_verb), "copies have the addresses of production", to_change_network,
                       std::string(remove_network_verb), to_change_network));
    for (const Container* guest : own) {
        const Duration patience = guest->options().duration("start_timeout");
        all.push_back(step(verb_for(start_verb, *guest), fmt::format("as {}", copy_of(guest->guest()).name), patience,
                           verb_for(end_verb, *guest), to_end));
        Duration all_waits{};
        for (const Verb& verb : waits_of(*guest)) all_waits += verb.deadline;
        all.push_back(step(verb_for(wait_verb, *guest), "it must be as usable as after a start", all_waits));
    }
    for (const Resource* resource : carried()) {
        Duration patience = to_settle;
        for (const Verb& verb : resource->intend(Goal::up, {}).verbs) patience += verb.deadline;
        all.push_back(step(verb_for(bring_up_verb, *resource), "it must be up in the copy", patience));
    }
    for (const Container* guest : own) all.push_back(step(verb_for(end_verb, *guest), "the rehearsal is over", to_end));
    all.push_back(step(std::string(remove_network_verb), "the rehearsal is over", to_change_network));
    for (const Container* guest : own) all.push_back(step(verb_for(remove_layers_verb, *guest), "nobody needs what it wrote", to_end));
    return all;
}

void Rehearsal::perform(const std::string& verb, Doing& doing) const {
    const std::string_view rid = object_of(verb);
    if (verb.starts_with(wait_verb)) return wait_for_copy(rid, doing);
    if (verb.starts_with(bring_up_verb)) return bring_up(rid, doing);
    doing.changing();
    if (verb == isolate_verb) return isolation_.make(addresses(doing), doing.deadline);
    if (verb == remove_network_verb) return isolation_.remove(doing.deadline);
    const Container& guest = guest_of(rid);
    if (verb.starts_with(lay_over_verb)) return lay_over(guest, doing);
    if (verb.starts_with(remove_layers_verb)) return remove_layers(guest, doing);
    if (verb.starts_with(end_verb)) return end_copy(guest, doing);
    needed_copier(guest).start_copy(guest.guest(), copy_of(guest.guest()), doing.deadline);
}

/// What an earlier rehearsal that was killed has left goes first.
void Rehearsal::lay_over(const Container& guest, Doing& doing) const {
    const GuestCopy copy = copy_of(guest.guest());
    end_copy(guest, doing);
    remove_layers(guest, doing);
    doing.world.files.make_directories(copy.directory, mode_of_directory);
    needed_copier(guest).make_copy(guest.guest(), copy, doing.deadline);
}

void Rehearsal::remove_layers(const Container& guest, Doing& doing) const {
    needed_copier(guest).remove_layers(copy_of(guest.guest()), doing.deadline);
}

void Rehearsal::end_copy(const Container& guest, Doing& doing) const {
    needed_copier(guest).end_copy(copy_of(guest.guest()), doing.deadline);
}

std::unique_ptr<Service> Rehearsal::copied_service() const {
    const Path file = env_file_of(world_.files, paths_, service_.name());
    const auto copied = [&](Guest guest) {
        const GuestCopy copy = copy_of(guest);
        guest.name = copy.name;
        guest.copy_directory = copy.directory;
        guest.uuid.clear();
        return guest;
    };
    return make_changed_service(Document::parse(read_env_file(world_.files, paths_, file), file), paths_, node_, service_.name(), copied)
        .service;
}

/// Where the guests and their `ip` resources are, as this node's resolver has it.
std::vector<std::string> Rehearsal::addresses(Doing& doing) const {
    std::vector<std::string> names;
    for (const Container* guest : guests()) names.push_back(guest->guest().hostname);
    for (const Resource* resource : carried())
        if (resource->options().keywords().find("ipname") != nullptr) names.push_back(resource->options().text("ipname"));
    std::vector<std::string> found;
    std::erase(names, "");
    for (const std::string& name : names)
        for (const std::string& address : doing.world.network.resolve(name, doing.deadline).addresses)
            if (std::ranges::find(found, address) == found.end()) found.push_back(address);
    return found;
}

void Rehearsal::wait_for_copy(std::string_view rid, Doing& doing) const {
    const auto service = copied_service();
    const auto* copy = dynamic_cast<const Container*>(service->find(Rid(std::string(rid))));
    if (copy == nullptr) throw Error(Error::Code::failed, fmt::format("the env file has no {} any more", rid), service_.file());
    const auto stay = doing.world.network.enter(isolation_.network());
    for (const Verb& verb : waits_of(*copy)) {
        Doing waiting = doing;
        waiting.deadline = doing.deadline.at_most(doing.world.clock, verb.deadline);
        copy->perform(verb.name, waiting);
    }
}

/// What a start would do for it, without the triggers of the node: these are for the service itself.
void Rehearsal::bring_up(std::string_view rid, Doing& doing) const {
    const auto service = copied_service();
    const Resource* resource = service->find(Rid(std::string(rid)));
    if (resource == nullptr) throw Error(Error::Code::failed, fmt::format("the env file has no {} any more", rid), service_.file());
    const auto stay = doing.world.network.enter(isolation_.network());
    const Options section = node_.section("node");
    const LookLimits limits{section.duration("look_timeout"), section.duration("guest_timeout")};
    ResourceObservation seen;
    const auto look = [&] {
        Looking looking(doing.world, Purpose::show, limits);
        resource->announce(looking);
        seen = observe(*resource, looking);
        return seen.status == Status::up || seen.status == Status::not_applicable;
    };
    look();
    for (const Verb& verb : resource->intend(Goal::up, seen).verbs) resource->perform(verb.name, doing);
    Doing settling = doing;
    settling.deadline = doing.deadline.at_most(doing.world.clock, to_settle);
    try {
        wait_for(settling, fmt::format("{} to be up in the copy", rid), between_looks, look);
    } catch (const Error& error) {
        if (error.code() != Error::Code::timed_out) throw;
        throw Error(Error::Code::failed, fmt::format("{} is {} in the copy: {}", rid, to_string(seen.status), reasons_of(seen)),
                    service_.name(), "a disaster would find it so: see whether what is replicated here is all that it needs");
    }
    for (const LogLine& line : seen.log) doing.note(line.level, line.message);
}

}  // namespace svcmgr
