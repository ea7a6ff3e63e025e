#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/hypervisor/lxc/config_file.h"

namespace svcmgr::lxc {

/// What lxc.net.N.KEY says of one network interface of a container, by KEY; of a key that may be said several times all values.
class Interface {
public:
    /// What holds of a key that has one value; empty when nothing is said.
    std::string last(std::string_view key) const;
    const std::vector<std::string>& all(std::string_view key) const;

    /// Nothing as a value takes back what was said before.
    void say(std::string_view key, const std::string& value);

private:
    std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

/// The network interfaces of a configuration since LXC 2.1, by number, as LXC reads it: `lxc.net.N =` takes an interface back, `lxc.net =`
/// all of them.
class Interfaces {
public:
    /// Entries about anything else are left alone.
    void take(const ConfigEntry& entry);

    const std::map<int, Interface>& by_number() const { return interfaces_; }

private:
    std::map<int, Interface> interfaces_;
};

}  // namespace svcmgr::lxc
