#include <fmt/format.h>
#include <sqlite3.h>

#include "svcmgr/journal/database.h"
#include "svcmgr/journal/schema.h"

namespace svcmgr {

namespace {

constexpr int writer_waits_ms = 10'000;
constexpr int reader_waits_ms = 2'000;
constexpr int kept_log_bytes = 1 << 20;

Path directory_of(const Path& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == Path::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

bool in_memory(const std::string& name) {
    return name.starts_with("file:") || name.starts_with(":");
}

std::string immutable_uri(const Path& path) {
    std::string uri = "file:";
    for (const char c : path) {
        if (c == '?' || c == '#' || c == '%')
            uri += fmt::format("%{:02X}", c);
        else
            uri += c;
    }
    return uri + "?immutable=1";
}

bool empty_or_absent(const Files& files, const Path& path) {
    const auto facts = files.facts(path);
    return facts ? facts->size == 0 : facts.error().absent();
}

/// Whether the database may be whole and only what sqlite wants to have beside it can't be made or written.
bool may_lack_helpers(const DatabaseError& error) {
    switch (error.primary_code()) {
        case SQLITE_CANTOPEN:
        case SQLITE_IOERR:
        case SQLITE_READONLY:
        case SQLITE_FULL:
        case SQLITE_PERM: return true;
        default: return false;
    }
}

}  // namespace

std::unique_ptr<Database> Database::open_handle(const Path& path, const std::string& name, int flags) {
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(name.c_str(), &handle, flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    std::unique_ptr<Database> database(new Database(path, handle));  // a handle that failed must be closed, too
    if (code != SQLITE_OK) throw database->error();
    return database;
}

std::unique_ptr<Database> Database::open_for_writing(Files& files, const Path& path, Schema schema) {
    files.make_directories(directory_of(path), 0700);
    // sqlite would make the file readable for everybody. An existing file is not touched: closing a descriptor of a database that this
    // process has open elsewhere drops the locks that sqlite holds on it.
    if (const auto facts = files.facts(path); !facts && facts.error().absent()) files.append(path, "", 0600);

    auto database = open_handle(path, files.database_name(path), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    sqlite3_busy_timeout(database->handle_, writer_waits_ms);
    if (sqlite3_db_readonly(database->handle_, "main") == 1)
        throw DatabaseError(SQLITE_READONLY, "its file or file system is read-only", path);
    database->check_version(schema);
    // FULL, and besides the directory is flushed when a rollback journal is removed. A new database has one until it is in WAL mode: were
    // it there again after a power loss, all that was written since would be rolled back.
    database->execute("PRAGMA synchronous = EXTRA");
    database->use_write_ahead_log();
    database->execute("PRAGMA foreign_keys = ON");
    database->migrate(schema);
    return database;
}

void Database::use_write_ahead_log() {
    // The log and its index stay when the last process closes the database: whoever reads it later, on a full or a read-only disk, need not
    // make them.
    int stay = 1;
    sqlite3_file_control(handle_, "main", SQLITE_FCNTL_PERSIST_WAL, &stay);
    execute(fmt::format("PRAGMA journal_size_limit = {}", kept_log_bytes));
    // sqlite waits for nobody when it changes the mode. Two processes that make the same database at once meet here: the loser waits for
    // the right to write, and by then the mode is changed.
    for (int attempt = 1;; ++attempt) {
        try {
            execute("PRAGMA journal_mode = WAL");
            return;
        } catch (const DatabaseError& error) {
            if (error.primary_code() != SQLITE_BUSY || attempt == 100) throw;
            execute("BEGIN IMMEDIATE; COMMIT");
        }
    }
}

int Database::version() {
    Rows rows = query("PRAGMA user_version");
    return rows.next() ? static_cast<int>(rows.integer(0)) : 0;
}

void Database::check_version(Schema schema) {
    const int found = version(), known = static_cast<int>(schema.size());
    if (found <= known) return;
    throw Error(Error::Code::failed,
                fmt::format("a newer svcmgr made this database: its schema is {}, this version knows up to {}", found, known), path_,
                "use the newer svcmgr, or move the file away to begin a new history");
}

void Database::migrate(Schema schema) {
    if (version() == static_cast<int>(schema.size())) return;
    Transaction transaction(*this);
    // Read again: somebody else may have done it while we waited for our turn.
    for (auto next = static_cast<std::size_t>(version()); next < schema.size(); ++next) {
        execute(schema[next]);
        execute(fmt::format("PRAGMA user_version = {}", next + 1));
    }
    transaction.commit();
}

std::unique_ptr<Database> Database::open_for_reading(const Files& files, const Path& path, Schema schema) {
    const auto facts = files.facts(path);
    if (!facts && facts.error().absent()) return nullptr;
    if (!facts) throw DatabaseError(SQLITE_CANTOPEN, facts.error().reason, path);
    if (facts->kind != FileFacts::Kind::file) throw DatabaseError(SQLITE_CANTOPEN, "it is not a file", path);
    auto database = open_some_way(files, path);
    database->check_version(schema);
    // Version 0: made, and killed before the first schema was written.
    return database->version() == 0 ? nullptr : std::move(database);
}

std::unique_ptr<Database> Database::open_some_way(const Files& files, const Path& path) {
    try {
        return open_this_way(Way::ordinary, files, path);
    } catch (const DatabaseError& first) {
        if (!may_lack_helpers(first) || in_memory(files.database_name(path))) throw;
        try {
            return open_this_way(Way::own_index, files, path);
        } catch (const DatabaseError&) {
            // With a log that can't be read, an immutable database would show what was true before the log: an action that was killed would
            // look as if it had never begun. No answer is better than a wrong one.
            if (!empty_or_absent(files, path + "-wal") || !empty_or_absent(files, path + "-journal")) throw first;
        }
        try {
            return open_this_way(Way::immutable, files, path);
        } catch (const DatabaseError&) {
            throw first;
        }
    }
}

std::unique_ptr<Database> Database::open_this_way(Way way, const Files& files, const Path& path) {
    // own_index: on a full disk there may be no room for the index of the log. In this mode sqlite keeps it in memory.
    // immutable: on a read-only medium that has no log and no index, and where none can be made, sqlite reads only what it may take for
    // unchanging. True there: nobody can write.
    const int flags = way == Way::own_index ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    auto database = open_handle(path, way == Way::immutable ? immutable_uri(path) : files.database_name(path), flags);
    sqlite3_busy_timeout(database->handle_, reader_waits_ms);
    // Whoever looks leaves the log as it is.
    sqlite3_db_config(database->handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    if (way == Way::own_index) database->execute("PRAGMA locking_mode = EXCLUSIVE");
    database->execute("SELECT count(*) FROM sqlite_schema");  // the first thing that really reads
    return database;
}

}  // namespace svcmgr
