#include "svcmgr/journal/database.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "tests/unit/journal/test_world.h"

using namespace svcmgr;

namespace {

std::string one_text(Database& database, std::string_view sql) {
    Rows rows = database.query(sql);
    return rows.next() ? rows.text(0) : "(no row)";
}

Error error_of(const std::function<void()>& call) {
    try {
        call();
    } catch (const Error& error) {
        return error;
    }
    return Error(Error::Code::failed, "(nothing was thrown)");
}

}  // namespace

// If this fails, what people typed and what tools printed comes back changed.
TEST_CASE("values come back as they were written") {
    TestWorld world;
    const auto database = Database::open_for_writing(world.files, world.database());
    database->execute("CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT, number INTEGER, time INTEGER)");
    const std::string nul("a\0b", 3);
    const WallTime time = world.clock.wall();
    int id = 0;
    for (const std::string& text :
         {std::string("plain"), std::string(), nul, std::string("\xff\xfe broken"), std::string("'; DROP TABLE t; --")})
        for (const std::int64_t number :
             {std::int64_t{0}, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
            CHECK(database->run("INSERT INTO t VALUES (?1, ?2, ?3, ?4)", ++id, text, number, time) == 1);
            CHECK(database->last_row_id() == id);
            Rows row = database->query("SELECT text, number, time FROM t WHERE id = ?1", id);
            REQUIRE(row.next());
            CHECK(row.text(0) == text);
            CHECK(row.integer(1) == number);
            CHECK(row.time(2) == time);
            CHECK_FALSE(row.next());
        }
}

TEST_CASE("nothing is told apart from an empty text and from zero") {
    TestWorld world;
    const auto database = Database::open_for_writing(world.files, world.database());
    database->execute("CREATE TABLE t (a TEXT, b INTEGER, c INTEGER)");
    database->run("INSERT INTO t VALUES (?1, ?2, ?3)", std::optional<std::string>(), std::optional<std::int64_t>(),
                  std::optional<WallTime>());
    database->run("INSERT INTO t VALUES (?1, ?2, ?3)", std::string_view(), 0, std::optional<WallTime>(WallTime()));
    Rows row = database->query("SELECT a, b, c, a IS NULL FROM t ORDER BY rowid");
    REQUIRE(row.next());
    CHECK(row.text(0).empty());
    CHECK(row.integer(1) == 0);
    CHECK_FALSE(row.optional_integer(1).has_value());
    CHECK_FALSE(row.optional_time(2).has_value());
    CHECK(row.integer(3) == 1);
    REQUIRE(row.next());
    CHECK(row.optional_integer(1) == 0);
    CHECK(row.optional_time(2) == WallTime());
    CHECK(row.integer(3) == 0);
}

// If this fails, half of an action is in the journal, and `recover` undoes what was never planned.
TEST_CASE("a transaction that is not committed leaves nothing") {
    TestWorld world;
    const auto database = Database::open_for_writing(world.files, world.database());
    database->execute("CREATE TABLE t (a INTEGER PRIMARY KEY)");
    CHECK_THROWS_AS(
        [&] {
            Transaction transaction(*database);
            database->run("INSERT INTO t VALUES (1)");
            database->run("INSERT INTO t VALUES (1)");
        }(),
        Error);
    CHECK(one_text(*database, "SELECT count(*) FROM t") == "0");
    {
        Transaction transaction(*database);
        database->run("INSERT INTO t VALUES (1)");
        transaction.commit();
    }
    CHECK(one_text(*database, "SELECT count(*) FROM t") == "1");
}

TEST_CASE("the same statement can be used again after its rows are gone") {
    TestWorld world;
    const auto database = Database::open_for_writing(world.files, world.database());
    database->execute("CREATE TABLE t (a INTEGER)");
    for (int i = 0; i < 3; ++i) database->run("INSERT INTO t VALUES (?1)", i);
    for (int round = 0; round < 2; ++round) {
        Rows rows = database->query("SELECT a FROM t WHERE a >= ?1 ORDER BY a", round);
        REQUIRE(rows.next());
        CHECK(rows.integer(0) == round);  // and the rest is not read
    }
}

// If this fails, people at three in the morning don't learn which file it is about, nor what to do.
TEST_CASE("errors say what, where and what to do") {
    TestWorld world;
    const auto database = Database::open_for_writing(world.files, world.database());
    const Error error = error_of([&] { database->run("INSERT INTO nowhere VALUES (1)"); });
    CHECK(error.where() == world.database());
    CHECK(error.message() == "an error in this database (no such table: nowhere)");
    CHECK(error.code() == Error::Code::failed);

    for (const int code : {13 /*FULL*/, 8 /*READONLY*/, 5 /*BUSY*/, 11 /*CORRUPT*/, 26 /*NOTADB*/, 14 /*CANTOPEN*/, 10 /*IOERR*/}) {
        CAPTURE(code);
        const DatabaseError told(code | 3 << 8, "sqlite's words", "/var/lib/svcmgr/svcmgr.db");
        CHECK(told.primary_code() == code);
        CHECK(told.message().find("(sqlite's words)") != std::string::npos);
        CHECK(told.message().find("an error") == std::string::npos);
        CHECK_FALSE(told.hint().empty());
    }
}

// If this fails, two actions of different services at the same time make one of them fail.
TEST_CASE("two writers wait for each other") {
    TestWorld world;
    Database::open_for_writing(world.files, world.database())->execute("CREATE TABLE t (writer INTEGER, n INTEGER)");
    const std::string complaints = in_children(4, [&](int writer, const Complain&) {
        const auto database = Database::open_for_writing(world.files, world.database());
        for (int n = 0; n < 50; ++n) {
            Transaction transaction(*database);
            database->run("INSERT INTO t SELECT ?1, count(*) FROM t", writer);
            transaction.commit();
        }
    });
    CHECK(complaints == "");
    const auto database = Database::open_for_reading(world.files, world.database());
    CHECK(one_text(*database, "SELECT count(*) FROM t") == "200");
    CHECK(one_text(*database, "SELECT count(DISTINCT n) FROM t") == "200");  // nobody counted what another was about to write
}
