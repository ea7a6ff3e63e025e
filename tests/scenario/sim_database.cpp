#include "tests/scenario/sim_database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <string_view>
#include <utility>

#include "tests/scenario/sim_scheduler.h"

namespace svcmgr::sim {

namespace {

constexpr const char* vfs_name = "svcmgr-sim";
constexpr int region_size = 32768;

// sqlite knows files by their names alone: this finds the disk that a name means.
struct Disks {
    std::mutex mutex;
    std::map<std::uint64_t, DatabaseDisk*> by_id;
    std::uint64_t last_id = 0;
};
Disks& disks() {
    static Disks all;
    return all;
}

/// An open file, as sqlite allocates it.
struct OpenFile {
    sqlite3_file base;
    DatabaseDisk* disk;
    std::shared_ptr<DatabaseDisk::File>* file;
    int lock;
    bool has_index;
    bool main;
    bool log_stays;
};

OpenFile& open_file(sqlite3_file* file) {
    return *reinterpret_cast<OpenFile*>(file);
}
DatabaseDisk::File& content_of(sqlite3_file* file) {
    return **open_file(file).file;
}

/// 0 when a write may go on.
int barrier(const OpenFile& file) {
    if (file.disk->surroundings().caller_is_dead()) return SQLITE_IOERR_WRITE;
    return file.disk->health() == DatabaseDisk::Health::read_only ? SQLITE_READONLY : SQLITE_OK;
}

int set_lock(sqlite3_file* base, int level) {
    OpenFile& mine = open_file(base);
    DatabaseDisk::File& file = content_of(base);
    if (mine.lock >= level) return SQLITE_OK;
    const auto others = [&](const void* holder) { return holder != nullptr && holder != base; };
    if (others(file.exclusive)) return SQLITE_BUSY;
    if (level == SQLITE_LOCK_SHARED) {
        if (file.pending != nullptr) return SQLITE_BUSY;
        ++file.shared;
    }
    if (level >= SQLITE_LOCK_RESERVED && others(file.reserved)) return SQLITE_BUSY;
    if (level == SQLITE_LOCK_RESERVED) file.reserved = base;
    if (level == SQLITE_LOCK_EXCLUSIVE) {
        if (others(file.pending)) return SQLITE_BUSY;
        file.pending = base;
        mine.lock = SQLITE_LOCK_PENDING;
        if (file.shared > 1) return SQLITE_BUSY;
        file.exclusive = base;
    }
    mine.lock = level;
    return SQLITE_OK;
}

int drop_lock(sqlite3_file* base, int level) {
    OpenFile& mine = open_file(base);
    DatabaseDisk::File& file = content_of(base);
    if (mine.lock <= level) return SQLITE_OK;
    for (const void** holder : {&file.exclusive, &file.pending, &file.reserved})
        if (*holder == base) *holder = nullptr;
    if (level == SQLITE_LOCK_NONE) --file.shared;
    mine.lock = level;
    return SQLITE_OK;
}

int unmap_index(sqlite3_file* base, int) {
    OpenFile& mine = open_file(base);
    DatabaseDisk::File& file = content_of(base);
    if (!mine.has_index) return SQLITE_OK;
    mine.has_index = false;
    // The last one out leaves no index: the next one in builds it again from the log, as after a reboot.
    if (--file.index_users == 0) file.index.clear();
    return SQLITE_OK;
}

int close(sqlite3_file* base) {
    unmap_index(base, 0);
    drop_lock(base, SQLITE_LOCK_NONE);
    OpenFile& mine = open_file(base);
    if (mine.main) mine.disk->count_open(-1);
    delete mine.file;
    return SQLITE_OK;
}

int read(sqlite3_file* base, void* to, int amount, sqlite3_int64 offset) {
    const std::string& content = content_of(base).content;
    const auto begin = std::min<std::size_t>(static_cast<std::size_t>(offset), content.size());
    const std::size_t count = std::min<std::size_t>(static_cast<std::size_t>(amount), content.size() - begin);
    std::memcpy(to, content.data() + begin, count);
    std::memset(static_cast<char*>(to) + count, 0, static_cast<std::size_t>(amount) - count);
    return count == static_cast<std::size_t>(amount) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* base, const void* from, int amount, sqlite3_int64 offset) {
    if (const int problem = barrier(open_file(base)); problem != SQLITE_OK) return problem;
    std::string& content = content_of(base).content;
    const auto end = static_cast<std::size_t>(offset) + static_cast<std::size_t>(amount);
    if (end > content.size()) {
        if (open_file(base).disk->health() == DatabaseDisk::Health::full) return SQLITE_FULL;
        content.resize(end);
    }
    std::memcpy(content.data() + offset, from, static_cast<std::size_t>(amount));
    content_of(base).dirty = true;
    return SQLITE_OK;
}

int truncate(sqlite3_file* base, sqlite3_int64 size) {
    if (const int problem = barrier(open_file(base)); problem != SQLITE_OK) return problem;
    content_of(base).content.resize(static_cast<std::size_t>(size));
    content_of(base).dirty = true;
    return SQLITE_OK;
}

int sync(sqlite3_file* base, int) {
    OpenFile& mine = open_file(base);
    if (mine.disk->surroundings().caller_is_dead()) return SQLITE_IOERR_FSYNC;
    DatabaseDisk::File& file = content_of(base);
    if (!std::exchange(file.dirty, false)) return SQLITE_OK;
    file.on_disk = file.content;
    mine.disk->surroundings().committed();
    return SQLITE_OK;
}

int file_size(sqlite3_file* base, sqlite3_int64* size) {
    *size = static_cast<sqlite3_int64>(content_of(base).content.size());
    return SQLITE_OK;
}

int check_reserved(sqlite3_file* base, int* answer) {
    *answer = content_of(base).reserved != nullptr ? 1 : 0;
    return SQLITE_OK;
}

int control(sqlite3_file* base, int request, void* argument) {
    if (request != SQLITE_FCNTL_PERSIST_WAL) return SQLITE_NOTFOUND;
    int& wanted = *static_cast<int*>(argument);
    if (wanted < 0)
        wanted = open_file(base).log_stays ? 1 : 0;
    else
        open_file(base).log_stays = wanted != 0;
    return SQLITE_OK;
}
int sector_size(sqlite3_file*) {
    return 4096;
}
int characteristics(sqlite3_file*) {
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE | SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN;
}

int map_index(sqlite3_file* base, int region, int size, int extend, void volatile** to) {
    OpenFile& mine = open_file(base);
    DatabaseDisk::File& file = content_of(base);
    *to = nullptr;
    if (size != region_size) return SQLITE_IOERR_SHMMAP;
    if (!mine.has_index) {
        mine.has_index = true;
        ++file.index_users;
    }
    while (static_cast<int>(file.index.size()) <= region) {
        if (extend == 0) return SQLITE_OK;
        file.index.push_back(std::make_unique<std::array<char, region_size>>());
        file.index.back()->fill(0);
    }
    *to = file.index[static_cast<std::size_t>(region)]->data();
    return SQLITE_OK;
}

int lock_index(sqlite3_file* base, int offset, int count, int flags) {
    DatabaseDisk::File& file = content_of(base);
    for (int slot = offset; slot < offset + count; ++slot) {
        const auto i = static_cast<std::size_t>(slot);
        if ((flags & SQLITE_SHM_UNLOCK) != 0) {
            if ((flags & SQLITE_SHM_SHARED) != 0) --file.index_shared[i];
            if ((flags & SQLITE_SHM_EXCLUSIVE) != 0) file.index_exclusive[i] = nullptr;
        } else {
            if (file.index_exclusive[i] != nullptr) return SQLITE_BUSY;
            if ((flags & SQLITE_SHM_EXCLUSIVE) != 0 && file.index_shared[i] > 0) return SQLITE_BUSY;
        }
    }
    if ((flags & SQLITE_SHM_UNLOCK) != 0) return SQLITE_OK;
    for (int slot = offset; slot < offset + count; ++slot) {
        const auto i = static_cast<std::size_t>(slot);
        if ((flags & SQLITE_SHM_SHARED) != 0) ++file.index_shared[i];
        if ((flags & SQLITE_SHM_EXCLUSIVE) != 0) file.index_exclusive[i] = base;
    }
    return SQLITE_OK;
}

void index_barrier(sqlite3_file*) {}

const sqlite3_io_methods methods = {
    2,           close,          read,    write,       truncate,        sync,      file_size,  set_lock,
    drop_lock,   check_reserved, control, sector_size, characteristics, map_index, lock_index, index_barrier,
    unmap_index, nullptr,        nullptr};

/// "/7/var/lib/svcmgr/svcmgr.db" -> disk 7 and the rest.
DatabaseDisk* disk_of(std::string_view name, std::string& path) {
    const std::size_t slash = name.find('/', 1);
    if (slash == std::string_view::npos) return nullptr;
    const std::uint64_t id = std::strtoull(name.data() + 1, nullptr, 10);
    path = name.substr(slash);
    const std::lock_guard lock(disks().mutex);
    const auto found = disks().by_id.find(id);
    return found == disks().by_id.end() ? nullptr : found->second;
}

int open(sqlite3_vfs*, const char* name, sqlite3_file* base, int flags, int* flags_out) {
    base->pMethods = nullptr;
    std::string path;
    DatabaseDisk* disk = name == nullptr ? nullptr : disk_of(name, path);
    if (disk == nullptr) return SQLITE_CANTOPEN;
    auto& files = disk->files();
    if (!files.contains(path)) {
        if ((flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
        if (disk->health() == DatabaseDisk::Health::read_only || disk->surroundings().caller_is_dead()) return SQLITE_CANTOPEN;
        files.emplace(path, std::make_shared<DatabaseDisk::File>());
    }
    const bool main = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    auto* file = new std::shared_ptr<DatabaseDisk::File>(files.at(path));
    open_file(base) = OpenFile{{&methods}, disk, file, SQLITE_LOCK_NONE, false, main, false};
    if (main) disk->count_open(1);
    if (disk->health() == DatabaseDisk::Health::read_only) flags = (flags & ~SQLITE_OPEN_READWRITE) | SQLITE_OPEN_READONLY;
    if (flags_out != nullptr) *flags_out = flags;
    return SQLITE_OK;
}

int remove(sqlite3_vfs*, const char* name, int) {
    std::string path;
    DatabaseDisk* disk = disk_of(name, path);
    if (disk == nullptr) return SQLITE_IOERR_DELETE;
    if (disk->surroundings().caller_is_dead() || disk->health() == DatabaseDisk::Health::read_only) return SQLITE_IOERR_DELETE;
    return disk->files().erase(path) == 0 ? SQLITE_IOERR_DELETE_NOENT : SQLITE_OK;
}

int access(sqlite3_vfs*, const char* name, int, int* answer) {
    std::string path;
    DatabaseDisk* disk = disk_of(name, path);
    *answer = disk != nullptr && disk->files().contains(path) ? 1 : 0;
    return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* to) {
    if (static_cast<int>(std::strlen(name)) >= size) return SQLITE_CANTOPEN;
    std::strcpy(to, name);
    return SQLITE_OK;
}

int randomness(sqlite3_vfs*, int size, char* to) {
    std::memset(to, 4, static_cast<std::size_t>(size));
    return size;
}

int sleep(sqlite3_vfs*, int microseconds) {
    if (Scheduler* scheduler = Scheduler::of_this_thread())
        scheduler->wait([] { return false; }, scheduler->now() + std::chrono::microseconds(microseconds), "a locked database");
    return microseconds;
}

int current_time(sqlite3_vfs*, sqlite3_int64* milliseconds) {
    *milliseconds = 213'000'000'000'000;
    return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*) {
    return 0;
}

void register_once() {
    static const bool done = [] {
        static sqlite3_vfs vfs{};
        vfs.iVersion = 2;
        vfs.szOsFile = sizeof(OpenFile);
        vfs.mxPathname = 1024;
        vfs.zName = vfs_name;
        vfs.xOpen = open;
        vfs.xDelete = remove;
        vfs.xAccess = access;
        vfs.xFullPathname = full_path;
        vfs.xRandomness = randomness;
        vfs.xSleep = sleep;
        vfs.xGetLastError = last_error;
        vfs.xCurrentTimeInt64 = current_time;
        return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK;
    }();
    (void)done;
}

}  // namespace

DatabaseDisk::DatabaseDisk(Surroundings surroundings) : surroundings_(std::move(surroundings)) {
    register_once();
    const std::lock_guard lock(disks().mutex);
    id_ = ++disks().last_id;
    disks().by_id.emplace(id_, this);
}

DatabaseDisk::~DatabaseDisk() {
    const std::lock_guard lock(disks().mutex);
    disks().by_id.erase(id_);
}

std::string DatabaseDisk::name_of(const Path& path) const {
    return fmt::format("file:/{}{}?vfs={}", id_, path, vfs_name);
}

void DatabaseDisk::lose_power() {
    std::erase_if(files_, [](const auto& file) { return file.first.starts_with("/run/"); });
    // New files: what dead processes still have open is not what is found after the reboot.
    for (auto& [path, file] : files_) {
        auto left = std::make_shared<File>();
        left->content = left->on_disk = file->on_disk;
        file = std::move(left);
    }
}

}  // namespace svcmgr::sim
