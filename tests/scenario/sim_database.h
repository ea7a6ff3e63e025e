#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "drivers/files/files.h"

namespace svcmgr::sim {

/// The database files of one simulated node: sqlite reads and writes them through a VFS of its own, in the place of the kernel.
///
/// sqlite does everything that it does on a disk: it locks, writes its log, recovers it after a kill, and meets full and read-only disks. A
/// killed process writes nothing more, whatever its unwinding code asks sqlite to do.
class DatabaseDisk {
public:
    enum class Health { fine, full, read_only };

    /// What a disk needs from the world around it.
    struct Surroundings {
        std::function<void()> committed;       ///< something was written for good
        std::function<bool()> caller_is_dead;  ///< the process that calls was killed
        std::function<void(Duration)> sleep;   ///< waits in virtual time
    };
    explicit DatabaseDisk(Surroundings surroundings);
    ~DatabaseDisk();
    DatabaseDisk(const DatabaseDisk&) = delete;
    DatabaseDisk& operator=(const DatabaseDisk&) = delete;

    /// The name under which sqlite opens the database at `path` of this node.
    std::string name_of(const Path& path) const;
    void set_health(Health health) { health_ = health; }
    /// What was not synced is gone. Databases that are open belong to processes that are gone too.
    void lose_power();
    /// Databases that are open now: none while no process runs.
    int open_count() const { return open_count_; }

    struct File {
        std::string content;
        bool dirty = false;              ///< written since it was synced
        std::string on_disk;             ///< what a power loss leaves
        int shared = 0;                  ///< locks on the file, as sqlite's documentation of xLock has them
        const void* reserved = nullptr;  ///< who holds that lock
        const void* pending = nullptr;
        const void* exclusive = nullptr;
        std::vector<std::unique_ptr<std::array<char, 32768>>> index;  ///< shared memory: the index of the log
        std::array<int, 8> index_shared{};
        std::array<const void*, 8> index_exclusive{};
        int index_users = 0;
    };
    /// For the VFS.
    std::map<std::string, std::shared_ptr<File>>& files() { return files_; }
    Health health() const { return health_; }
    const Surroundings& surroundings() const { return surroundings_; }
    void count_open(int change) { open_count_ += change; }

private:
    std::uint64_t id_;
    Surroundings surroundings_;
    Health health_ = Health::fine;
    int open_count_ = 0;
    std::map<std::string, std::shared_ptr<File>> files_;
};

}  // namespace svcmgr::sim
