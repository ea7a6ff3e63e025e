#include "svcmgr/config/keyword_name.h"

#include <doctest/doctest.h>

#include "drivers/error.h"

using namespace svcmgr;

namespace {

/// "SECTION|KEYWORD", or "error".
std::string parsed(std::string_view text) {
    try {
        const KeywordName name = parse_keyword_name(text);
        return name.section + "|" + name.keyword;
    } catch (const Error& error) {
        CHECK(error.code() == Error::Code::invalid);
        return "error";
    }
}

}  // namespace

// If this fails, `set` writes into another section, or a keyword of one node goes to all.
TEST_CASE("what a command line names") {
    CHECK(parsed("nodes") == "DEFAULT|nodes");
    CHECK(parsed("DEFAULT.nodes") == "DEFAULT|nodes");
    CHECK(parsed("default.nodes") == "DEFAULT|nodes");
    CHECK(parsed("container#1.Type") == "container#1|type");
    CHECK(parsed("ip#1.ipdev@Node1") == "ip#1|ipdev@node1");
    CHECK(parsed("nodes@drpnodes") == "DEFAULT|nodes@drpnodes");
    CHECK(parsed("ip#1.ipdev@node1.example.com") == "ip#1|ipdev@node1.example.com");
    CHECK(parsed("fs#data.1.mnt") == "fs#data.1|mnt");
    CHECK(parsed("subset#container:first.parallel") == "subset#container:first|parallel");
    CHECK(parsed(" vmdg.scsireserv ") == "vmdg|scsireserv");
}

TEST_CASE("what names nothing, or could not be written, is refused") {
    for (const char* text :
         {"", ".", "ip#1.", ".type", "ip#1.type@", "ip#1.ty pe", "ip#1.a]b", "ip[1.type", "a\nb", "type = x", "x.y@z w"}) {
        CAPTURE(text);
        CHECK(parsed(text) == "error");
    }
}

TEST_CASE("an assignment ends its name at the first '=', and keeps the others") {
    const Assignment one = parse_assignment("app#1.start = /bin/sh -c a=b");
    CHECK(one.name.text() == "app#1.start");
    CHECK(one.value == "/bin/sh -c a=b");
    CHECK(parse_assignment("comment=").value == "");
    CHECK_THROWS_AS(parse_assignment("comment"), Error);
    CHECK_THROWS_AS(parse_assignment("=x"), Error);
}
