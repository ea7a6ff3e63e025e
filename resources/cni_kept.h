#pragma once

#include <cstdint>
#include <string>

#include "drivers/network/cni/kept.h"
#include "drivers/network/cni/places.h"
#include "resources/resource.h"

namespace svcmgr {

// What is known of an address of CNI once its ADD has begun, whether or not its section is still there.

/// Which network namespace a path leads to; 0 for none. Another value for another one of the same boot.
std::uint64_t identity_of_namespace(const Files& files, const Path& path);

/// Whether the path still leads to the namespace that was connected. A boot, or a container that was started anew, has given it to another.
bool is_current(World& world, const cni::Kept& kept, const Path& network_namespace);

/// Whether an address of a result is in the container, and on which of its adapters.
bool is_inside(const cni::Result& result, const cni::Result::Address& address);
std::string adapter_of(const cni::Result& result, const cni::Result::Address& address, const std::string& otherwise);
/// "10.22.0.7/24@eth0"
std::string label_of(const cni::Result& result, const std::string& interface);

/// A word that may be part of a file's name, and of what the specification calls an id; another one for another text.
std::string plain_word(const std::string& text);
/// What a service keeps of the address of a section is kept under this name.
std::string kept_name(const std::string& service, const Rid& rid);

/// Runs DEL with what was kept under a name, and forgets it. Throws Error.
void give_back(const cni::Places& places, const std::string& name, cni::Kept kept, Doing& doing);

}  // namespace svcmgr
