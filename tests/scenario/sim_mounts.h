#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "drivers/files/memory_files.h"
#include "drivers/process/processes.h"

namespace svcmgr::sim {

/// A simulated node's mounts, and the programs that change them: mount, umount, mkdir, e2fsck. What is mounted is written into the node's
/// own /proc/self/mountinfo, so that the product reads it as it reads the kernel's.
class Mounting {
public:
    explicit Mounting(MemoryFiles& files);

    /// What one of the programs does, and what became different; nothing for another program.
    struct Done {
        int exit_code = 0;
        std::string err;
        std::string effect;  ///< empty when nothing became different
    };
    std::optional<Done> run(const Argv& argv, const std::string& node);

    void add_device(const std::string& path);
    /// From now on something holds the mount point, or lets go of it.
    void set_busy(const std::string& point, bool busy);
    /// As after a reboot.
    void forget();

private:
    struct Entry {
        std::string device;
        std::string type;
        std::string source;
        std::string point;
    };
    Done mount(const Argv& argv, const std::string& node);
    Done unmount(const Argv& argv, const std::string& node);
    void write() const;

    MemoryFiles& files_;
    std::vector<Entry> entries_;
    std::set<std::string> busy_;
    int last_device_ = 0;
};

}  // namespace svcmgr::sim
