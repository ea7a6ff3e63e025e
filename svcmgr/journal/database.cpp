#include "svcmgr/journal/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace svcmgr {

namespace {

std::string explain(int code) {
    switch (code & 0xff) {
        case SQLITE_FULL: return "there is no room left for this database";
        case SQLITE_READONLY: return "this database can't be written";
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return "another process keeps this database locked";
        case SQLITE_CORRUPT: return "this database is damaged";
        case SQLITE_NOTADB: return "this file is not a database of svcmgr";
        case SQLITE_CANTOPEN:
        case SQLITE_PERM: return "this database can't be opened";
        case SQLITE_IOERR: return "this database can't be read or written";
        default: return "an error in this database";
    }
}

std::string advise(int code, const Path& path) {
    switch (code & 0xff) {
        case SQLITE_FULL: return fmt::format("make room in its file system (df {})", path);
        case SQLITE_READONLY:
            return fmt::format("see whether its file system is mounted read-only (findmnt -T {0}) and who may write it (ls -l {0})", path);
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return fmt::format("see who has it open (fuser -v {})", path);
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return fmt::format(
                "move it and its -wal and -shm files away (mv {0} {0}.damaged): a new one is made, and only the history is lost", path);
        case SQLITE_CANTOPEN:
        case SQLITE_PERM: return fmt::format("see whether it exists and who may read it (ls -l {})", path);
        case SQLITE_IOERR: return "look for disk errors in the kernel's log (dmesg)";
        default: return {};
    }
}

}  // namespace

DatabaseError::DatabaseError(int sqlite_code, const std::string& sqlite_message, const Path& path)
    : Error(Code::failed, fmt::format("{} ({})", explain(sqlite_code), sqlite_message), path, advise(sqlite_code, path)),
      code_of_sqlite(sqlite_code) {}

Rows::Rows(Rows&& other) noexcept : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)) {}

Rows::~Rows() {
    if (statement_ == nullptr) return;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

bool Rows::next() {
    switch (sqlite3_step(statement_)) {
        case SQLITE_ROW: return true;
        case SQLITE_DONE: return false;
        default: throw database_->error();
    }
}

std::string Rows::text(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

std::optional<std::string> Rows::optional_text(int column) const {
    if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return std::nullopt;
    return text(column);
}

std::int64_t Rows::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

std::optional<std::int64_t> Rows::optional_integer(int column) const {
    if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return std::nullopt;
    return integer(column);
}

WallTime Rows::time(int column) const {
    return WallTime(std::chrono::microseconds(integer(column)));
}

std::optional<WallTime> Rows::optional_time(int column) const {
    if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return std::nullopt;
    return time(column);
}

Database::~Database() {
    for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
    sqlite3_close(handle_);
}

DatabaseError Database::error() const {
    // Without a handle there was no memory for one.
    if (handle_ == nullptr) return DatabaseError(SQLITE_NOMEM, sqlite3_errstr(SQLITE_NOMEM), path_);
    const int code = sqlite3_extended_errcode(handle_);
    const bool of_the_system = (code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_IOERR;
    const int cause = of_the_system ? sqlite3_system_errno(handle_) : 0;
    if (cause == 0) return DatabaseError(code, sqlite3_errmsg(handle_), path_);
    const std::string message = fmt::format("{}: {}", sqlite3_errmsg(handle_), std::generic_category().message(cause));
    // sqlite calls a lack of room for its index an I/O error.
    return DatabaseError(cause == ENOSPC || cause == EDQUOT ? SQLITE_FULL : code, message, path_);
}

void Database::execute(const std::string& sql) {
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) throw error();
}

std::int64_t Database::last_row_id() const {
    return sqlite3_last_insert_rowid(handle_);
}

int Database::changes() const {
    return sqlite3_changes(handle_);
}

sqlite3_stmt* Database::prepared(std::string_view sql) {
    if (const auto known = statements_.find(sql); known != statements_.end()) return known->second;
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK)
        throw error();
    return statements_.emplace(sql, statement).first->second;
}

void Database::bind(sqlite3_stmt* statement, int position, std::string_view value) {
    // A view without data would be bound as NULL.
    const char* data = value.data() == nullptr ? "" : value.data();
    if (sqlite3_bind_text64(statement, position, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8) != SQLITE_OK) throw error();
}

void Database::bind(sqlite3_stmt* statement, int position, std::int64_t value) {
    if (sqlite3_bind_int64(statement, position, value) != SQLITE_OK) throw error();
}

void Database::bind(sqlite3_stmt* statement, int position, WallTime value) {
    bind(statement, position, static_cast<std::int64_t>(value.time_since_epoch().count()));
}

void Database::bind_nothing(sqlite3_stmt* statement, int position) {
    if (sqlite3_bind_null(statement, position) != SQLITE_OK) throw error();
}

Transaction::Transaction(Database& database) : database_(database) {
    database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
    if (!open_) return;
    try {
        database_.execute("ROLLBACK");
    } catch (const Error&) {
        // sqlite has rolled back by itself already: it does so on a full disk and on an I/O error.
    }
}

void Transaction::commit() {
    database_.execute("COMMIT");
    open_ = false;
}

}  // namespace svcmgr
