#include "svcmgr/cluster/outlook.h"

#include <doctest/doctest.h>

using namespace svcmgr;
using namespace std::chrono_literals;

TEST_CASE("an outlook is read back as it was written") {
    const Outlook good{"mark", 90s, {}};
    const auto read = parse_outlook(to_json(good));
    REQUIRE(read);
    CHECK(read->config == "mark");
    CHECK(read->deadline == 90s);
    CHECK_FALSE(read->refusal);

    const Outlook bad{"mark", 0s, Error(Error::Code::unreachable, "no \"answer\"\n", "node3", "wait")};
    const auto other = parse_outlook(to_json(bad));
    REQUIRE(other);
    REQUIRE(other->refusal);
    CHECK(other->refusal->code() == Error::Code::unreachable);
    CHECK(other->refusal->message() == "no \"answer\"\n");
    CHECK(other->refusal->hint() == "wait");
}

// If this fails, a peer with a login banner, or a hostile one, ends svcmgr, or is believed.
TEST_CASE("what is no outlook is a sentence") {
    const std::string good = to_json(Outlook{"mark", 90s, Error(Error::Code::refused, "no")});
    for (std::size_t length = 0; length < good.size(); ++length) CHECK_FALSE(parse_outlook(good.substr(0, length)));
    const auto with = [&](const std::string& old, const std::string& now) {
        std::string text = good;
        return text.replace(text.find(old), old.size(), now);
    };
    for (const std::string& text : {with("outlook/1", "outlook/2"), with("90", "\"90\""), with("\"mark\"", "7"), with("\"no\"", "[]"),
                                    with("\"refusal\"", "\"rifusal\""), "Welcome!\n" + good}) {
        CAPTURE(text);
        const auto outlook = parse_outlook(text);
        REQUIRE_FALSE(outlook);
        CHECK_FALSE(outlook.error().empty());
    }
    const auto endless = parse_outlook(with("90", "9223372036854775807"));
    REQUIRE(endless);
    CHECK(endless->deadline <= 24h * 12);
}
