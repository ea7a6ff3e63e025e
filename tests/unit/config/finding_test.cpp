#include "svcmgr/config/finding.h"

#include <doctest/doctest.h>

using namespace svcmgr;

namespace {

Finding example() {
    Finding finding;
    finding.kind = Finding::Kind::unknown_keyword;
    finding.place = {"/etc/svcmgr/vm188.env", 14, 1};
    finding.length = 5;
    finding.message = "unknown keyword 'ipdec' in [ip#1]";
    finding.suggestion = "ipdev";
    finding.source_line = "ipdec = lan0";
    return finding;
}

}  // namespace

TEST_CASE("A finding names its place, shows the line with a caret and suggests the nearest word") {
    CHECK(to_text(example()) ==
          "/etc/svcmgr/vm188.env:14:1: error: unknown keyword 'ipdec' in [ip#1]; did you mean 'ipdev'?\n"
          "   ipdec = lan0\n"
          "   ^~~~~");
}

TEST_CASE("A deprecated word comes with the one of today") {
    Finding finding = example();
    finding.kind = Finding::Kind::deprecated;
    finding.level = Finding::Level::warning;
    finding.message = "'service_type' is the old name of 'env'";
    finding.suggestion = "env";
    CHECK(to_text(finding).starts_with("/etc/svcmgr/vm188.env:14:1: warning: 'service_type' is the old name of 'env'; write 'env'\n"));
}

TEST_CASE("The caret stands under its word behind tabs, too") {
    Finding finding = example();
    finding.source_line = "\tipdec = lan0";
    finding.place.column = 2;
    CHECK(to_text(finding).ends_with("\n   \tipdec = lan0\n   \t^~~~~"));
}

TEST_CASE("The caret never runs out of the line") {
    Finding finding = example();
    finding.length = 500;
    CHECK(to_text(finding).ends_with("\n   ^~~~~~~~~~~~"));
    finding.place.column = 500;
    CHECK(to_text(finding).ends_with("\n               ^"));
}

TEST_CASE("Bytes that could steer a terminal are not printed") {
    Finding finding = example();
    finding.source_line = "ipdec = \x1b[2J\x7f";
    finding.message = "unknown keyword '\x1b[2J'";
    const std::string text = to_text(finding);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find("ipdec = ?[2J?") != std::string::npos);
    finding.message =
        "caf\xc3\xa9 \x9b"
        "31m \xc2\x9b"
        "31m \xe2\x80\xae";
    CHECK(to_text(finding).find("caf\xc3\xa9 ?31m ?31m ?") != std::string::npos);
}

TEST_CASE("Of a long line only the part around the caret is shown") {
    Finding finding = example();
    finding.source_line = std::string(5000, 'a') + "ipdec" + std::string(5000, 'b');
    finding.place.column = 5001;
    const std::string text = to_text(finding);
    CHECK(text.size() < 500);
    CHECK(text.find("...aaaa") != std::string::npos);
    CHECK(text.find("aipdecb") != std::string::npos);
    const std::size_t last_line = text.rfind('\n') + 1;
    const std::size_t line = text.rfind('\n', last_line - 2) + 1;
    CHECK(text.substr(line).find("ipdec") == text.substr(last_line).find('^'));
}

TEST_CASE("A finding without a line has no caret") {
    Finding finding = example();
    finding.place = {"node.conf", 0, 0};
    CHECK(to_text(finding) == "node.conf: error: unknown keyword 'ipdec' in [ip#1]; did you mean 'ipdev'?");
}

TEST_CASE("Only a near word is suggested") {
    const std::vector<std::string_view> words = {"ipname", "ipdev", "netmask", "scsireserv"};
    CHECK(nearest_word("ipdec", words) == "ipdev");
    CHECK(nearest_word("IPDEV", words) == "ipdev");
    CHECK(nearest_word("ipdve", words) == "ipdev");
    CHECK(nearest_word("netmaks", words) == "netmask");
    CHECK(nearest_word("scsi_reserve", words) == "scsireserv");
    CHECK(nearest_word("gateway", words).empty());
    CHECK(nearest_word("x", words).empty());
    CHECK(nearest_word("", words).empty());
    CHECK(nearest_word(std::string(100000, 'a'), words).empty());
}

TEST_CASE("Only errors are errors") {
    Finding warning = example();
    warning.level = Finding::Level::warning;
    CHECK_FALSE(has_errors({}));
    CHECK_FALSE(has_errors({warning}));
    CHECK(has_errors({warning, example()}));
}

TEST_CASE("Every kind has a word of its own") {
    std::vector<std::string_view> words;
    for (int kind = 0; kind <= static_cast<int>(Finding::Kind::duplicate); ++kind) {
        const std::string_view word = to_string(static_cast<Finding::Kind>(kind));
        CHECK_FALSE(word.empty());
        CHECK(std::find(words.begin(), words.end(), word) == words.end());
        words.push_back(word);
    }
    CHECK(to_string(Finding::Level::warning) == "warning");
    CHECK(to_string(Finding::Level::error) == "error");
}

TEST_CASE("A finding shows no secret, neither in its line nor in what its message quotes of it; the caret stays under its word") {
    Finding finding = example();
    finding.section = "container#1";
    finding.keyword = "environment";
    finding.message = "[env] does not say 'typo'";
    finding.suggestion.clear();
    finding.source_line = "environment = DB_PASSWORD=hunter2 X={env.typo}";
    finding.place.column = 37;
    finding.length = 10;
    CHECK(to_text(finding) ==
          "/etc/svcmgr/vm188.env:14:37: error: [env] does not say 'typo'\n"
          "   environment = DB_PASSWORD=*** X={env.typo}\n"
          "                                   ^~~~~~~~~~");
    finding.source_line = "run_args = -e DB_PASSWORD='hunter2";
    finding.message = "'-e DB_PASSWORD='hunter2' can't be taken apart: a quote is not closed; it isn't 'hunter2'";
    finding.place.column = 12;
    CHECK(to_text(finding).find("hunter2") == std::string::npos);
    CHECK(to_text(finding).find("\n   run_args = -e DB_PASSWORD=***\n              ^~") != std::string::npos);
    CHECK(message_without_secrets(finding).find("hunter2") == std::string::npos);
}

TEST_CASE("A secret of [env] is hidden as a whole, with the lines that go on") {
    Finding finding = example();
    finding.section = "env";
    finding.keyword = "admin_password@node1";
    finding.message = "'hunter2' is wrong, says 'admin_password@node1'";
    finding.suggestion.clear();
    finding.source_line = "admin_password@node1 = hunter2 {env.typo}";
    finding.place.column = 32;
    finding.length = 10;
    CHECK(to_text(finding) ==
          "/etc/svcmgr/vm188.env:14:32: error: '***' is wrong, says 'admin_password@node1'\n"
          "   admin_password@node1 = ***\n"
          "                          ^~~");
    finding.source_line = "    hunter2 {env.typo}";
    finding.place.column = 13;
    CHECK(to_text(finding).ends_with("\n       ***\n       ^~~"));
}
