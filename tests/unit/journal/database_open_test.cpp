#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "svcmgr/journal/database.h"
#include "svcmgr/journal/schema.h"
#include "tests/unit/journal/test_world.h"

using namespace svcmgr;

namespace {

std::string one_text(Database& database, std::string_view sql) {
    Rows rows = database.query(sql);
    return rows.next() ? rows.text(0) : "(no row)";
}

void write_file(const Path& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

std::string read_file(const Path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

int mode_of(const Path& path) {
    struct stat facts {};
    return ::stat(path.c_str(), &facts) == 0 ? static_cast<int>(facts.st_mode & 07777) : -1;
}

/// A database with a table of one row, closed.
void make_database(Files& files, const Path& path) {
    const auto database = Database::open_for_writing(files, path);
    database->execute("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('first')");
}

std::string first_of(const Files& files, const Path& path) {
    const auto database = Database::open_for_reading(files, path);
    return database ? one_text(*database, "SELECT a FROM t") : "(no database)";
}

std::string message_of(const std::function<void()>& call) {
    try {
        call();
    } catch (const Error& error) {
        return error.what();
    }
    return "(nothing was thrown)";
}

}  // namespace

// If this fails, everybody on the node can read command lines and env files, or nobody but root's umask decides it.
TEST_CASE("the database is for its owner only, whatever the umask") {
    for (const mode_t mask : {0, 022, 0277}) {
        CAPTURE(mask);
        TestWorld world;
        const mode_t before = ::umask(mask);
        make_database(world.files, world.database());
        const auto open = Database::open_for_writing(world.files, world.database());
        ::umask(before);
        CHECK(mode_of(world.path() + "/state") == 0700);
        CHECK(mode_of(world.database()) == 0600);
        CHECK(mode_of(world.database() + "-wal") == 0600);
        CHECK(mode_of(world.database() + "-shm") == 0600);
    }
}

// If this fails, a power loss takes records back that a step relied on, or `print status` waits for an action.
TEST_CASE("the database is opened with the fullest sync, a write-ahead log and foreign keys") {
    TestWorld world;
    const auto database = Database::open_for_writing(world.files, world.database());
    CHECK(one_text(*database, "PRAGMA journal_mode") == "wal");
    CHECK(one_text(*database, "PRAGMA synchronous") == "3");
    CHECK(one_text(*database, "PRAGMA foreign_keys") == "1");
    CHECK(one_text(*database, "PRAGMA user_version") == std::to_string(schema_version));
}

// If this fails, whoever reads on a full disk has to make these files first, and can't.
TEST_CASE("the log and its index stay when the database is closed, and the log is empty") {
    TestWorld world;
    make_database(world.files, world.database());
    CHECK(std::filesystem::exists(world.database() + "-shm"));
    REQUIRE(std::filesystem::exists(world.database() + "-wal"));
    CHECK(std::filesystem::file_size(world.database() + "-wal") == 0);
}

TEST_CASE("a reader sees what was committed while a writer is in the middle") {
    TestWorld world;
    make_database(world.files, world.database());
    const auto writer = Database::open_for_writing(world.files, world.database());
    Transaction transaction(*writer);
    writer->run("UPDATE t SET a = 'second'");
    CHECK(first_of(world.files, world.database()) == "first");
    transaction.commit();
    CHECK(first_of(world.files, world.database()) == "second");
}

TEST_CASE("without a database a reader has nothing, and makes nothing") {
    TestWorld world;
    CHECK(Database::open_for_reading(world.files, world.database()) == nullptr);
    CHECK_FALSE(std::filesystem::exists(world.path() + "/state"));
}

// If this fails, a node that was killed while its first database was made shows an error for ever.
TEST_CASE("an empty file is a database that is not made yet") {
    TestWorld world;
    write_file(world.database(), "");
    CHECK(Database::open_for_reading(world.files, world.database()) == nullptr);
    make_database(world.files, world.database());
    CHECK(first_of(world.files, world.database()) == "first");
}

// If this fails, going back to an older svcmgr damages what the newer one wrote.
TEST_CASE("a newer schema is refused, and left as it is") {
    TestWorld world;
    Database::open_for_writing(world.files, world.database())->execute("PRAGMA user_version = 77");
    const std::string before = read_file(world.database());
    const std::string writing = message_of([&] { Database::open_for_writing(world.files, world.database()); });
    CHECK(writing.find("a newer svcmgr made this database: its schema is 77, this version knows up to " + std::to_string(schema_version)) !=
          std::string::npos);
    CHECK(writing.find(world.database()) == 0);
    CHECK(message_of([&] { Database::open_for_reading(world.files, world.database()); }) == writing);
    CHECK(read_file(world.database()) == before);
}

// If this fails, a damaged file ends in a crash or in wrong answers instead of words.
TEST_CASE("a damaged file is told, and kept") {
    TestWorld world;
    make_database(world.files, world.database());
    const std::string whole = read_file(world.database());
    REQUIRE(whole.size() > 8192);
    SUBCASE("something else altogether") {
        const std::string text(5000, 'x');
        write_file(world.database(), text);
        CHECK(message_of([&] {
                  Database::open_for_reading(world.files, world.database());
              }).find("this file is not a database of svcmgr") != std::string::npos);
        CHECK(message_of([&] {
                  Database::open_for_writing(world.files, world.database());
              }).find("this file is not a database of svcmgr") != std::string::npos);
        CHECK(read_file(world.database()) == text);
    }
    SUBCASE("cut off") {
        write_file(world.database(), whole.substr(0, 4096));
        CHECK(message_of([&] { first_of(world.files, world.database()); }).find("this database is damaged") != std::string::npos);
    }
    SUBCASE("overwritten behind its first bytes") {
        write_file(world.database(), whole.substr(0, 100) + std::string(whole.size() - 100, '\xa5'));
        CHECK(message_of([&] { first_of(world.files, world.database()); }).find("this database is damaged") != std::string::npos);
    }
    SUBCASE("a directory in its place") {
        std::filesystem::remove(world.database());
        std::filesystem::create_directory(world.database());
        CHECK(message_of([&] { Database::open_for_reading(world.files, world.database()); }).find("this database can't be opened") !=
              std::string::npos);
        CHECK(message_of([&] { Database::open_for_writing(world.files, world.database()); }).find("this database can't be opened") !=
              std::string::npos);
    }
}

// If this fails, the first boot of a node loses a service: all of them make the database at once.
TEST_CASE("many processes make the same database at once") {
    for (int round = 0; round < 5; ++round) {
        TestWorld world;
        const std::string complaints = in_children(8, [&](int child, const Complain&) {
            const auto database = Database::open_for_writing(world.files, world.database());
            database->run("INSERT INTO argument (action, n, text) SELECT NULL, 0, '' WHERE 0");
            database->run(
                "INSERT INTO disk (service, node, n, rid, id, kind, source, target, vendor, model, serial, size) VALUES ('s', 'n', ?1, '', "
                "'', '', '', '', '', '', '', 0)",
                child);
        });
        CHECK(complaints == "");
        const auto database = Database::open_for_reading(world.files, world.database());
        REQUIRE(database != nullptr);
        CHECK(one_text(*database, "SELECT count(*) FROM disk") == "8");
    }
}

// If this fails, simulated nodes share what they should not, or forget what they should not.
TEST_CASE("a database in memory is the same for all who share the files") {
    TestParts parts;
    MemoryFiles files(parts.clock, parts.signals), others(parts.clock, parts.signals);
    const Path path = "/var/lib/svcmgr/svcmgr.db";
    CHECK(Database::open_for_reading(files, path) == nullptr);
    const auto keeper = Database::open_for_writing(files, path);
    make_database(files, path);
    CHECK(first_of(files, path) == "first");
    CHECK(files.facts(path)->mode == 0600);
    CHECK(Database::open_for_reading(others, path) == nullptr);
}

// If this fails, `print status` gives no answer on the day on which it is needed most.
TEST_CASE("a reader works on a read-only file system") {
    const auto complaints = in_child_with_mounts([](const Complain& complain) {
        TestWorld world;
        const Path disk = world.path() + "/state";
        std::filesystem::create_directory(disk);
        mount_memory_disk(disk, 4096);
        make_database(world.files, world.database());
        const auto expect_first = [&](const std::string& situation) {
            make_read_only(disk);
            if (const std::string got = first_of(world.files, world.database()); got != "first") complain(situation + ": " + got);
            remount_writable(disk);
        };
        expect_first("closed properly");
        std::filesystem::remove(world.database() + "-wal");
        std::filesystem::remove(world.database() + "-shm");
        expect_first("without log and index");

        make_read_only(disk);
        const std::string writing = message_of([&] { Database::open_for_writing(world.files, world.database()); });
        if (writing.find("this database can't be written (its file or file system is read-only)") == std::string::npos)
            complain("writing: " + writing);
        unmount(disk);
    });
    if (complaints)
        CHECK(*complaints == "");
    else
        MESSAGE("skipped: mounts are not allowed here");
}
