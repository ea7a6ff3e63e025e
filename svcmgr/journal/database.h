#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/clock.h"
#include "drivers/error.h"
#include "drivers/files/files.h"
#include "svcmgr/journal/schema.h"

struct sqlite3;
struct sqlite3_stmt;

namespace svcmgr {

class Database;

/// What sqlite reported, in our words and in its own, and what can be done about it. `where` is the database's file.
struct DatabaseError : Error {
    DatabaseError(int sqlite_code, const std::string& sqlite_message, const Path& path);
    int primary_code() const { return code_of_sqlite & 0xff; }
    int code_of_sqlite;  ///< the extended one
};

/// The rows of a running statement. The statement belongs to the database and is reset when this object goes: rows must not outlive their
/// database, and the same statement can't be run again while its rows are being read.
class Rows {
public:
    ~Rows();
    Rows(Rows&& other) noexcept;
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    Rows& operator=(Rows&&) = delete;

    /// Goes to the next row; false when there is none left. Throws Error.
    bool next();
    /// Columns count from 0. NULL reads as an empty text, as 0, or as nothing.
    std::string text(int column) const;
    std::optional<std::string> optional_text(int column) const;
    std::int64_t integer(int column) const;
    std::optional<std::int64_t> optional_integer(int column) const;
    WallTime time(int column) const;
    std::optional<WallTime> optional_time(int column) const;

private:
    friend class Database;
    Rows(const Database& database, sqlite3_stmt* statement) : database_(&database), statement_(statement) {}

    const Database* database_;
    sqlite3_stmt* statement_;
};

/// svcmgr's databases: each is one sqlite file with a schema of schema.h. What fails throws Error (`failed`). One thread at a time.
class Database {
public:
    /// Opens for writing: makes the directory (0700) and the file (0600) when they are missing, brings an older schema up to date, refuses
    /// a newer one and a file that can't be written. What is committed afterwards survives a power loss.
    static std::unique_ptr<Database> open_for_writing(Files& files, const Path& path, Schema schema = journal_schema());
    /// Opens for reading; nothing when there is no database yet. Works on a full disk and on a read-only one.
    static std::unique_ptr<Database> open_for_reading(const Files& files, const Path& path, Schema schema = journal_schema());
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    const Path& path() const { return path_; }

    /// Prepares `sql` once and binds ?1, ?2 … to `values`: texts, integers, times and optionals of these.
    template <typename... Values>
    Rows query(std::string_view sql, const Values&... values) {
        Rows rows(*this, prepared(sql));
        int position = 0;
        (bind(rows.statement_, ++position, values), ...);
        return rows;
    }
    /// Runs a statement to its end and returns how many rows it changed.
    template <typename... Values>
    int run(std::string_view sql, const Values&... values) {
        Rows rows = query(sql, values...);
        while (rows.next()) continue;
        return changes();
    }
    /// Runs one or more statements that have no values.
    void execute(const std::string& sql);
    std::int64_t last_row_id() const;
    /// Of its schema (schema.h); 0 before there is any.
    int version();

    /// What sqlite reports now.
    DatabaseError error() const;

private:
    Database(Path path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}

    enum class Way { ordinary, own_index, immutable };
    static std::unique_ptr<Database> open_handle(const Path& path, const std::string& name, int flags);
    static std::unique_ptr<Database> open_this_way(Way way, const Files& files, const Path& path);
    static std::unique_ptr<Database> open_some_way(const Files& files, const Path& path);
    void use_write_ahead_log();
    void migrate(Schema schema);
    void check_version(Schema schema);

    sqlite3_stmt* prepared(std::string_view sql);
    void bind(sqlite3_stmt* statement, int position, std::string_view value);
    void bind(sqlite3_stmt* statement, int position, std::int64_t value);
    void bind(sqlite3_stmt* statement, int position, int value) { bind(statement, position, std::int64_t{value}); }
    void bind(sqlite3_stmt* statement, int position, WallTime value);
    void bind_nothing(sqlite3_stmt* statement, int position);
    template <typename Value>
    void bind(sqlite3_stmt* statement, int position, const std::optional<Value>& value) {
        value ? bind(statement, position, *value) : bind_nothing(statement, position);
    }
    int changes() const;

    Path path_;
    sqlite3* handle_;
    std::map<std::string, sqlite3_stmt*, std::less<>> statements_;
};

/// Everything between its making and `commit` happens as a whole or not at all. Takes the right to write at once, so that two writers wait
/// for each other at the beginning and not in the middle.
class Transaction {
public:
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

private:
    Database& database_;
    bool open_ = true;
};

}  // namespace svcmgr
