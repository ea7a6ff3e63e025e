#include <doctest/doctest.h>
#include <sqlite3.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "svcmgr/journal/journal.h"
#include "tests/unit/journal/examples.h"
#include "tests/unit/journal/test_world.h"

using namespace svcmgr;

namespace {

std::string read_file(const Path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// sqlite's own file system layer, that remembers what each file contained when it was last flushed: what a power loss leaves. As the
/// functions of sqlite's interface have no place for a context, there is one of these at a time.
class Disk {
public:
    Disk() : system_(sqlite3_vfs_find(nullptr)), layer_(*system_) {
        the_disk = this;
        layer_.zName = "disk-of-the-test";
        layer_.xOpen = [](sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out) {
            return the_disk->open(name, file, flags, out);
        };
        layer_.xDelete = [](sqlite3_vfs*, const char* name, int flush_directory) { return the_disk->remove(name, flush_directory); };
        sqlite3_vfs_register(&layer_, 1);
    }
    ~Disk() {
        sqlite3_vfs_unregister(&layer_);
        sqlite3_vfs_register(system_, 1);
        the_disk = nullptr;
    }
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;

    /// Writes what has reached the disk into another directory.
    void pull_the_plug(const Path& directory) const {
        std::filesystem::remove_all(directory);
        std::filesystem::create_directories(directory);
        for (const auto& [path, content] : flushed_)
            std::ofstream(directory + "/" + std::filesystem::path(path).filename().string(), std::ios::binary) << content;
    }
    int flushes = 0;

private:
    int open(const char* name, sqlite3_file* file, int flags, int* out) {
        const int code = system_->xOpen(system_, name, file, flags, out);
        if (code != SQLITE_OK || name == nullptr) return code;
        names_[file] = {name, file->pMethods};
        sqlite3_io_methods& ours = methods_.try_emplace(file->pMethods, *file->pMethods).first->second;
        ours.xSync = [](sqlite3_file* flushed, int how) { return the_disk->flush(flushed, how); };
        ours.xClose = [](sqlite3_file* closed) { return the_disk->close(closed); };
        file->pMethods = &ours;
        return code;
    }

    /// A file that is removed is there again after a power loss, unless its directory was flushed.
    int remove(const char* name, int flush_directory) {
        const int code = system_->xDelete(system_, name, flush_directory);
        if (code == SQLITE_OK && flush_directory != 0) flushed_.erase(name);
        return code;
    }

    int flush(sqlite3_file* file, int how) {
        const auto& [name, system_methods] = names_.at(file);
        const int code = system_methods->xSync(file, how);
        if (code == SQLITE_OK) flushed_[name] = read_file(name);
        ++flushes;
        return code;
    }

    int close(sqlite3_file* file) {
        const auto system_methods = names_.extract(file).mapped().second;
        return system_methods->xClose(file);
    }

    static inline Disk* the_disk = nullptr;

    sqlite3_vfs* system_;
    sqlite3_vfs layer_;
    std::map<const sqlite3_io_methods*, sqlite3_io_methods> methods_;  ///< by the system's own table
    std::map<sqlite3_file*, std::pair<std::string, const sqlite3_io_methods*>> names_;
    std::map<std::string, std::string> flushed_;
};

}  // namespace

// If this fails, a guest runs after a power loss of which the journal knows nothing (faults.md C.5, row 4).
TEST_CASE("what the journal has acknowledged survives a power loss") {
    TestWorld world;
    const Path survivor = world.path() + "/survivor";
    Disk disk;
    const auto journal = Journal::open(world.world(), world.database());
    const auto after_the_loss = [&](const std::string& sid) {
        disk.pull_the_plug(survivor);
        JournalReader reader(world.world(), survivor + "/svcmgr.db");
        auto action = reader.action(sid);
        CHECK(reader.problem() == "");
        REQUIRE(action.has_value());
        return *action;
    };
    for (int round = 0; round < 10; ++round) {
        const std::string sid = journal->begin(example_record("start", world.clock.wall()), wide_plan(3));
        CHECK(after_the_loss(sid).steps.size() == 3);
        journal->step_begun(sid, 1);
        CHECK(after_the_loss(sid).steps[0].state == StepState::begun);
        journal->step_ended(sid, 1, StepState::done, "running");
        CHECK(after_the_loss(sid).steps[0].state == StepState::done);
        journal->end(sid, ActionState::done, 0);
        CHECK(after_the_loss(sid).state == ActionState::done);
    }
    CHECK(disk.flushes > 40);
}
