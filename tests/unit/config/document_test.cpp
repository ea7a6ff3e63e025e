#include "svcmgr/config/document.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace svcmgr;

namespace {

Document read(std::string text) {
    return Document::parse(std::move(text), "vm188.env");
}

/// "section.keyword@scope=value" of every entry, for short comparisons.
std::vector<std::string> said(const Document& document) {
    std::vector<std::string> words;
    for (const Section& section : document.sections())
        for (const Entry& entry : section.entries) words.push_back(section.name + "." + entry.name() + "=" + entry.value);
    return words;
}

/// "line:column message" of the only finding.
std::string only_finding(const Document& document) {
    REQUIRE(document.findings().size() == 1);
    const Finding& finding = document.findings().front();
    return fmt::format("{}:{} {}", finding.place.line, finding.place.column, finding.message);
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("Sections and entries are read with their places") {
    const Document document = read("[DEFAULT]\napp = ERP\n\n[ip#1]\n  ipname@Node1 : vm188\n");
    CHECK(document.findings().empty());
    CHECK(said(document) == Words{"DEFAULT.app=ERP", "ip#1.ipname@node1=vm188"});
    const Section* section = document.find("ip#1");
    REQUIRE(section);
    CHECK(section->place.to_string() == "vm188.env:4:1");
    CHECK(section->entries[0].place.to_string() == "vm188.env:5:3");
    CHECK(section->entries[0].value_place.to_string() == "vm188.env:5:18");
    CHECK(section->entries[0].keyword == "ipname");
    CHECK(section->entries[0].scope == "node1");
    CHECK(document.line(5) == "  ipname@Node1 : vm188");
    CHECK(document.line(0).empty());
    CHECK(document.line(6).empty());
}

TEST_CASE("The reference page's sample, indented with tabs and blanks, is read as its author meant it") {
    const std::string sample =
        "\t[default]\n\tapp = ERP\n\tcomment = recette gen db #2\n\tservice_type = DEV\n\tnodes =  node109 node110 node111 node112\n"
        "\torchestrate = start\n\n        [container#1]\n        name = vm188\n        type = hpvm\n\n\t[ip#1]\n\tipname = vm188\n\tipdev "
        "= lan0\n\n"
        "\t[vmdg]\n\tscsireserv = false\n";
    const Document document = read(sample);
    CHECK(document.findings().empty());
    CHECK(said(document) == Words{"DEFAULT.app=ERP", "DEFAULT.comment=recette gen db #2", "DEFAULT.service_type=DEV",
                                  "DEFAULT.nodes=node109 node110 node111 node112", "DEFAULT.orchestrate=start", "container#1.name=vm188",
                                  "container#1.type=hpvm", "ip#1.ipname=vm188", "ip#1.ipdev=lan0", "vmdg.scsireserv=false"});
    CHECK(document.text() == sample);
}

TEST_CASE("An empty section stays: it may be a resource") {
    const Document document = read("[vmdg]\n[ip#1]\nipname = a\n[app]");
    REQUIRE(document.sections().size() == 3);
    CHECK(document.find("vmdg"));
    CHECK(document.find("app"));
    CHECK_FALSE(document.find("fs#1"));
}

TEST_CASE("default in any spelling is DEFAULT") {
    for (const char* name : {"default", "DEFAULT", "Default"}) {
        const Document document = read(fmt::format("[{}]\nnodes = a\n", name));
        CHECK(said(document) == Words{"DEFAULT.nodes=a"});
        CHECK(document.find("dEfault"));
    }
}

TEST_CASE("'=' and ':' separate; the first one of the line does") {
    CHECK(said(read("[a]\nx=1\ny: 2\nz = a:b=c\nw : d = e\n")) == Words{"a.x=1", "a.y=2", "a.z=a:b=c", "a.w=d = e"});
}

TEST_CASE("Keywords are lower-cased; values are not") {
    CHECK(said(read("[a]\nIpName@NODES = VM188\n")) == Words{"a.ipname@nodes=VM188"});
}

TEST_CASE("Lines that begin with '#' or ';' are comments, wherever they begin") {
    CHECK(said(read("# a\n[a]\n; x = 1\n  # y = 2\nz = 3\n")) == Words{"a.z=3"});
}

TEST_CASE("Behind a value only ' ;' begins a comment") {
    const Document document = read("[a]\nx = recette #2\ny = lan0 ; the old one\nz = a;b\nw = ; nothing\nv = a ; b ; c\nt =\t1\t; t\n");
    CHECK(said(document) == Words{"a.x=recette #2", "a.y=lan0", "a.z=a;b", "a.w=", "a.v=a", "a.t=1"});
    const Section* section = document.find("a");
    CHECK(section->entries[0].comment_column == 0);
    CHECK(section->entries[1].comment_column == 10);
    CHECK(document.findings().empty());
}

TEST_CASE("Two quotes are an empty value, as ConfigParser read them; other quotes stay") {
    CHECK(said(read("[a]\nx = \"\"\ny = \"b c\"\n")) == Words{"a.x=", "a.y=\"b c\""});
}

TEST_CASE("A line that is indented deeper continues the value") {
    CHECK(said(read("[a]\nnodes = n1\n  n2\n\tn3\nx = 1\n")) == Words{"a.nodes=n1\nn2\nn3", "a.x=1"});
    CHECK(said(read("[a]\nnodes =\n  n1\n  n2\n")) == Words{"a.nodes=n1\nn2"});
    CHECK(said(read("\t[a]\n\tnodes = n1\n\t  n2\n\tx = 1\n")) == Words{"a.nodes=n1\nn2", "a.x=1"});
}

TEST_CASE("A tab reaches to the next multiple of 8") {
    CHECK(said(read("[a]\n      x = 1\n\tmore\n")) == Words{"a.x=1\nmore"});
    CHECK(said(read("[a]\n        x = 1\n     \tno more\n")) == Words{"a.x=1"});
}

TEST_CASE("A comment between continuation lines does not end the value; a blank line does") {
    CHECK(said(read("[a]\nnodes = n1\n  # and\n  n2\n")) == Words{"a.nodes=n1\nn2"});
    const Document document = read("[a]\nnodes = n1\n\n  n2\n");
    CHECK(said(document) == Words{"a.nodes=n1"});
    CHECK(only_finding(document) == "4:3 the line has no '='; a keyword and its value are written 'keyword = value'");
}

TEST_CASE("Deeper lines that look like entries or sections are what they look like: a missed resource is worse than a refused value") {
    CHECK(said(read("[a]\nx = 1\n    y = 2\n      [b]\n      z : 3\n")) == Words{"a.x=1", "a.y=2", "b.z=3"});
}

TEST_CASE("Deeper lines with a ':' or '=' that is no separator continue the value") {
    CHECK(said(read("[a]\ndevs = /dev/a\n  /dev/b:/dev/c\n  vol:data\n  http://x\n  --opt=1\n  if a = b\n")) ==
          Words{"a.devs=/dev/a\n/dev/b:/dev/c\nvol:data\nhttp://x\n--opt=1\nif a = b"});
}

TEST_CASE("A line that is not deeper and has no '=' is an error, not the rest of a value") {
    const Document document = read("\t[a]\n\tnodes = n1\n\tn2\n\tx = 1\n");
    CHECK(said(document) == Words{"a.nodes=n1", "a.x=1"});
    CHECK(only_finding(document) == "3:2 the line has no '='; a keyword and its value are written 'keyword = value'");
}

TEST_CASE("A section written twice is one, with a warning that names both lines") {
    const Document document = read("[default]\na = 1\n[ip#1]\n[DEFAULT]\nb = 2\n");
    CHECK(said(document) == Words{"DEFAULT.a=1", "DEFAULT.b=2"});
    CHECK(only_finding(document) == "4:1 the section [DEFAULT] is already in line 1; what both say is put together");
    CHECK(document.findings()[0].level == Finding::Level::warning);
    CHECK(document.findings()[0].kind == Finding::Kind::duplicate);
}

// If this fails, a section that is written twice is two in a file with many.
TEST_CASE("Each of many sections is found when it is written again, the first and the last") {
    constexpr int count = 40;
    std::string text;
    for (int i = 0; i < count; ++i) text += fmt::format("[app#{}]\nuser = a{}\n", i, i);
    const std::string again = "[APP#1]\n[app#3]\ngroup = x\n[app#39]\ngroup = y\n";
    const Document document = read(text + again);
    CHECK(document.sections().size() == count + 1);
    CHECK(document.find("app#3")->entries.size() == 2);
    CHECK(document.find("app#39")->entries.size() == 2);
    REQUIRE(document.findings().size() == 2);
    CHECK(document.findings()[0].message == "the section [app#3] is already in line 7; what both say is put together");
    CHECK(document.findings()[1].message == "the section [app#39] is already in line 79; what both say is put together");
}

TEST_CASE("The entries of a keyword are found in the order of the file, among few and among many") {
    for (const int others : {0, 3, 40}) {
        CAPTURE(others);
        std::string text = "[app#1]\nuser = a\nzone = z\n";
        for (int i = 0; i < others; ++i) text += fmt::format("k{} = {}\n", i, i);
        const Document document = read(text + "alias = x\nuser@node1 = b\nuser@node2 = c\n");
        const Section& section = *document.find("app#1");
        Words values;
        for (const std::uint32_t index : section.said("user")) values.push_back(section.entries[index].value);
        CHECK(values == Words{"a", "b", "c"});
        CHECK(section.said("alias").size() == 1);
        CHECK(section.said("zone").size() == 1);
        CHECK(section.said("use").empty());
        CHECK(section.said("").empty());
        CHECK(section.said("zones").empty());
        std::size_t keywords = 0;
        for_each_keyword(section, [&](std::span<const std::uint32_t>) { ++keywords; });
        CHECK(keywords == static_cast<std::size_t>(others) + 3);
    }
    CHECK(Section("app#1", {}).said("user").empty());
}

TEST_CASE("Of a keyword said twice the last one counts, with a warning that names both lines") {
    const Document document = read("[a]\nx = 1\nx@nodes = 2\nX = 3\n");
    CHECK(only_finding(document) == "4:1 'x' is already in line 2 of [a]; this one, in line 4, counts");
    CHECK(document.findings()[0].level == Finding::Level::warning);
    CHECK(document.find("a", "x")->value == "3");
    CHECK(document.find("a", "X@Nodes")->value == "2");
    CHECK_FALSE(document.find("a", "y"));
    CHECK_FALSE(document.find("b", "x"));
}

TEST_CASE("A byte order mark and Windows' line ends are accepted and kept") {
    const std::string text = "\xEF\xBB\xBF[a]\r\nx = 1\r\n  2\r\n";
    const Document document = read(text);
    CHECK(document.findings().empty());
    CHECK(said(document) == Words{"a.x=1\n2"});
    CHECK(document.find("a")->place.column == 1);
    CHECK(document.text() == text);
}

TEST_CASE("What can't be read is an error at its place") {
    CHECK(only_finding(read("[a] x\ny = 1\n")) == "1:5 there is text behind the section's ']'; a comment begins with '#'");
    CHECK(only_finding(read("[a\ny = 1\n")) == "1:1 the section's '[' has no ']'");
    CHECK(only_finding(read("  []\ny = 1\n")) == "1:3 the section has no name");
    CHECK(only_finding(read("[a b]\n")) == "1:2 the section's name 'a b' has a blank in it");
    CHECK(only_finding(read("x = 1\n[a]\n")) == "1:1 'x' stands before any section; write [DEFAULT] above it");
    CHECK(only_finding(read("[a]\nhello\n")) == "2:1 the line has no '='; a keyword and its value are written 'keyword = value'");
    CHECK(only_finding(read("[a]\n= 1\n")) == "2:1 there is no keyword before the separator");
    CHECK(only_finding(read("[a]\nx y = 1\n")) == "2:1 'x y' is no keyword: it has a blank in it");
    CHECK(only_finding(read("[a]\nx@ = 1\n")) == "2:1 'x@' has no scope behind its '@'");
    CHECK(only_finding(read("[a]\nx! = 1\n")) == "2:1 'x!' is no keyword: letters, digits, '_', '-' and '.' make one");
    CHECK(only_finding(read(std::string("[a]\nx = 1\0 2\n", 13))) == "2:6 the line has a control byte (0x00); is this a text file?");
    CHECK(only_finding(read("[a]\nx = \x1b[0m\n")) == "2:5 the line has a control byte (0x1b); is this a text file?");
}

TEST_CASE("A comment may stand behind a header") {
    CHECK(read("[a] # the first\n[b];\n[c] ; third\n").findings().empty());
}

TEST_CASE("What stands in a broken section is still read, what stands in none is not") {
    CHECK(said(read("[a\nx = 1\n")) == Words{"a.x=1"});
    CHECK(said(read("[a]y\nx = 1\n")) == Words{"a.x=1"});
    CHECK(said(read("[]\nx = 1\n  2\n")).empty());
    CHECK(said(read("x = 1\n  2\n")).empty());
}

TEST_CASE("Every wrong line is reported, in the order of the file") {
    const Document document = read("a\n[b\nc\n[d]\ne = 1\ne = 2\nf\n");
    std::vector<int> lines;
    for (const Finding& finding : document.findings()) lines.push_back(finding.place.line);
    CHECK(lines == std::vector<int>{1, 2, 3, 6, 7});
}

TEST_CASE("A file over 1 MiB is not read") {
    const std::string text = "[a]\n# " + std::string(Document::largest_file, 'x') + "\n";
    const Document document = read(text);
    CHECK(document.sections().empty());
    CHECK(only_finding(document) == "1:1 the file has 1048583 bytes; more than 1048576 are not read");
    CHECK(document.text() == text);
    CHECK(read("[a]\n# " + std::string(Document::largest_file - 7, 'x') + "\n").findings().empty());
}

TEST_CASE("A file of garbage does not fill the memory with findings, and no error is lost behind many warnings") {
    std::string errors = "[a]\n", warnings = "[a]\n";
    for (int i = 0; i < 50000; ++i) errors += "garbage\n";
    for (int i = 0; i < 50000; ++i) warnings += "[a]\n";
    CHECK(read(errors).findings().size() == 1001);
    const Findings findings = read(warnings + "garbage\n").findings();
    CHECK(findings.size() == 1001);
    CHECK(findings.back().message == "there are more than 1000 findings; the rest is not shown");
    CHECK(has_errors(findings));
}

TEST_CASE("A place inside a value is found, also in its continuation lines") {
    const Document document = read("[a]\nx = one\n  # comment\n    two three\n");
    const Entry& entry = *document.find("a", "x");
    REQUIRE(entry.value == "one\ntwo three");
    CHECK(document.place_in_value(entry, 0).to_string() == "vm188.env:2:5");
    CHECK(document.place_in_value(entry, 2).to_string() == "vm188.env:2:7");
    CHECK(document.place_in_value(entry, 4).to_string() == "vm188.env:4:5");
    CHECK(document.place_in_value(entry, 8).to_string() == "vm188.env:4:9");
    const Document late = read("[a]\nx =\n  one\n  two\n");
    CHECK(late.place_in_value(*late.find("a", "x"), 0).to_string() == "vm188.env:3:3");
    CHECK(late.place_in_value(*late.find("a", "x"), 5).to_string() == "vm188.env:4:4");
}

TEST_CASE("Nothing, blanks and a lone line are files, too") {
    for (const char* text : {"", "\n", "   \n\t\n", "[a]", "\xEF\xBB\xBF", "\r\n", "#"}) {
        const Document document = read(text);
        CHECK(document.text() == text);
        CHECK(document.findings().empty());
    }
}
