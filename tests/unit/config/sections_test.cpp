#include "svcmgr/config/sections.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/unit/config/small_shapes.h"

using namespace svcmgr;

namespace {

Sections on(const std::string& nodename, std::string text, std::map<std::string, std::string, std::less<>> variables = {}) {
    return Sections::evaluate(Document::parse(std::move(text), "vm188.env"), {nodename, "vm188.example.com", std::move(variables)},
                              small::shape_of);
}

Sections evaluate(std::string text) {
    return on("node109", std::move(text));
}

/// The only finding, as "line:column level kind message[; suggestion]".
std::string only(const Sections& sections) {
    std::string all;
    for (const Finding& finding : sections.findings()) {
        if (!all.empty()) all += "\n";
        all += fmt::format("{}:{} {} {} {}", finding.place.line, finding.place.column, to_string(finding.level), to_string(finding.kind),
                           finding.message);
        if (!finding.suggestion.empty()) all += "; " + finding.suggestion;
    }
    return all;
}

/// What `ipname` of [ip#1] is on a node.
std::string ipname_on(const std::string& nodename, const std::string& text) {
    const Sections sections = on(nodename, text);
    REQUIRE(sections.all().size() == 1);
    return sections.all()[0].text("ipname");
}

/// What `ipname = value` becomes.
std::string value_of(const std::string& value, const std::string& others = "") {
    const Sections sections = evaluate("[DEFAULT]\nnodes = node109 node110\n" + others + "[ip#1]\nipname = " + value + "\n");
    CHECK_FALSE(has_errors(sections.findings()));
    return sections.all().back().text("ipname");
}

/// The finding for `ipname = value`, without its place.
std::string finding_of(const std::string& value, const std::string& others = "") {
    const std::string all = only(evaluate("[DEFAULT]\nnodes = node109 node110\n[ip#1]\nipname = " + value + "\n" + others));
    return all.substr(all.find(' ') + 1);
}

}  // namespace

TEST_CASE("Where OpenSVC 1 took a scoped keyword of DEFAULT instead of the section's own, both lines are named") {
    const std::string head = "[DEFAULT]\nnodes = node109 node110\ndrpnode = node209\n";
    CHECK(
        only(evaluate(head + "monitor@node110 = true\n[ip#1]\nipname = x\nmonitor = false\n")) ==
        "7:1 warning duplicate on node110, OpenSVC 1 took 'monitor@node110' of [DEFAULT] in line 4; 'monitor' of [ip#1], in line 7, counts "
        "here as in OpenSVC 2");
    CHECK(only(evaluate(head + "monitor@nodes = true\n[ip#1]\nipname = x\nmonitor = false\n")).find(" on node109, node110, OpenSVC 1") !=
          std::string::npos);
    const std::string own_scope = head + "monitor@node110 = true\n[ip#1]\nipname = x\nmonitor@nodes = false\n";
    CHECK(only(evaluate(own_scope)).find("'monitor@nodes' of [ip#1], in line 7") != std::string::npos);
    CHECK_FALSE(on("node110", own_scope).all()[0].flag("monitor"));
}

TEST_CASE("Where both readings agree there is nothing to say") {
    const std::string head = "[DEFAULT]\nnodes = node109 node110\n";
    CHECK(only(evaluate(head + "monitor@node110 = true\n[ip#1]\nipname = x\nmonitor = true\n")).empty());
    CHECK(only(evaluate(head + "monitor@node110 = true\n[ip#1]\nipname = x\nmonitor@node110 = false\n")).empty());
    CHECK(only(evaluate(head + "monitor@node110 = true\n[ip#1]\nipname = x\nmonitor@node109 = false\n")).empty());
    CHECK(only(evaluate(head + "monitor = true\n[ip#1]\nipname = x\nmonitor = false\n")).empty());
    CHECK(only(evaluate(head + "young@node110 = x\n[ip#1]\nipname = x\nyoung = y\n")).empty());
    CHECK(only(evaluate(head + "monitor@node110 = true\n[env]\nmonitor = false\n[ip#1]\nipname = x\n")).empty());
}

TEST_CASE("Scopes are chosen in OpenSVC's order: node, nodes, drpnodes, encapnodes, flex_primary, drp_flex_primary, none") {
    const std::string head =
        "[DEFAULT]\nnodes = node109 node110\ndrpnode = node209\ndrpnodes = node210\nencapnodes = vm188\n[ip#1]\nipname = plain\n";
    CHECK(ipname_on("node109", head) == "plain");
    CHECK(ipname_on("node109", head + "ipname@node109 = own\nipname@nodes = nodes\nipname@flex_primary = first\n") == "own");
    CHECK(ipname_on("node109", head + "ipname@nodes = nodes\nipname@flex_primary = first\n") == "nodes");
    CHECK(ipname_on("node110", head + "ipname@node109 = other\nipname@flex_primary = first\n") == "plain");
    CHECK(ipname_on("node109", head + "ipname@flex_primary = first\n") == "first");
    CHECK(ipname_on("node209", head + "ipname@nodes = nodes\nipname@drpnodes = drp\nipname@drp_flex_primary = first\n") == "drp");
    CHECK(ipname_on("node210", head + "ipname@drpnodes = drp\n") == "drp");
    CHECK(ipname_on("node209", head + "ipname@drp_flex_primary = first\n") == "first");
    CHECK(ipname_on("node210", head + "ipname@drp_flex_primary = first\n") == "plain");
    CHECK(ipname_on("vm188", head + "ipname@encapnodes = guest\n") == "guest");
}

TEST_CASE("Node names compare in any case") {
    CHECK(ipname_on("NODE109", "[DEFAULT]\nnodes = Node109\n[ip#1]\nipname = plain\nipname@nodes = nodes\n") == "nodes");
    CHECK(ipname_on("node109", "[ip#1]\nipname = plain\nipname@NODE109 = own\n") == "own");
}

TEST_CASE("A service without nodes belongs to the node that reads it") {
    const Sections sections = on("Node7", "[ip#1]\nipname@nodes = a\n");
    CHECK(sections.defaults().list("nodes") == std::vector<std::string>{"node7"});
    CHECK_FALSE(sections.defaults().said("nodes"));
    CHECK(sections.all()[0].text("ipname") == "a");
}

TEST_CASE("The lists of nodes may be scoped themselves") {
    const std::string text = "[DEFAULT]\nnodes = node109\nnodes@node110 = node110\n[ip#1]\nipname = plain\nipname@nodes = nodes\n";
    CHECK(on("node110", text).defaults().text("nodes") == "node110");
    CHECK(ipname_on("node110", text) == "nodes");
}

TEST_CASE("What the list of nodes is made of is read again once the nodes are known") {
    const Sections sections = on(
        "node109",
        "[DEFAULT]\nnodes = {env.both}\n[env]\nboth = {env.one} node110\none = node109\none@nodes = known\n[ip#1]\nipname = {env.both}\n");
    CHECK(sections.all()[0].text("ipname") == "known node110");
}

TEST_CASE("Of a keyword said twice the last one counts, in its own scope") {
    CHECK(ipname_on("node109", "[ip#1]\nipname = a\nipname = b\n") == "b");
    CHECK(ipname_on("node109", "[ip#1]\nipname@node109 = c\nipname@node109 = d\nipname = a\n") == "d");
}

TEST_CASE("A flex service's first node is its primary when it names none") {
    const std::string text = "[DEFAULT]\nnodes = node110 node109\n[ip#1]\nipname = plain\nipname@flex_primary = first\n";
    CHECK(ipname_on("node110", text) == "first");
    CHECK(ipname_on("node109", text) == "plain");
}

TEST_CASE("References are resolved in every line of a value") {
    const Sections sections =
        evaluate("[DEFAULT]\nnodes = node109\n[ip#1]\nipname = a\ntags = one\n  {env.v}\n  three $(1 + 3)\n[env]\nv = two\n");
    CHECK(sections.all()[0].list("tags") == std::vector<std::string>{"one", "two", "three", "4"});
}

TEST_CASE("The first node is that of the list that the node reads, when the list has a scope") {
    const std::string text =
        "[DEFAULT]\nnodes = node110 node109\nnodes@nodes = node109 node110\n[ip#1]\nipname = plain\nipname@flex_primary = first\n";
    CHECK(ipname_on("node109", text) == "first");
    CHECK(ipname_on("node110", text) == "plain");
}

TEST_CASE("DEFAULT is inherited; a section's own keyword wins, whatever the scopes") {
    const Sections sections = evaluate(
        "[DEFAULT]\nnodes = node109\ntags@node109 = of default\nmonitor = true\n[ip#1]\nipname = a\n[ip#2]\nipname = b\ntags = "
        "own\nmonitor@node999 = false\n");
    CHECK(sections.all()[0].text("tags") == "of default");
    CHECK(sections.all()[0].flag("monitor"));
    CHECK(sections.all()[0].place_of("tags").line == 3);
    CHECK(sections.all()[1].text("tags") == "own");
    CHECK(sections.all()[1].flag("monitor"));
}

TEST_CASE("DEFAULT may say what only its sections know, and its mistakes are reported once") {
    const Sections good = evaluate("[DEFAULT]\nipdev = lan0\n[ip#1]\nipname = a\n[ip#2]\nipname = b\nipdev = lan1\n[vmdg]\n");
    CHECK(only(good) == "");
    CHECK(good.all()[0].text("ipdev") == "lan0");
    CHECK(good.all()[1].text("ipdev") == "lan1");
    CHECK(only(evaluate("[DEFAULT]\ncount = x\n[ip#1]\nipname = a\n[ip#2]\nipname = b\n")) ==
          "2:9 error bad_value 'count' wants a whole number, not 'x'");
    CHECK(only(evaluate("[DEFAULT]\nipdev = lan0\n[vmdg]\n")) == "2:1 error unknown_keyword unknown keyword 'ipdev' in [DEFAULT]");
}

TEST_CASE("A type is not inherited") {
    CHECK(
        only(evaluate("[DEFAULT]\ntype = kvm\n[container#1]\n")) ==
        "2:1 error unknown_keyword unknown keyword 'type' in [DEFAULT]\n3:1 error missing_required [container#1] needs the keyword 'type'");
}

TEST_CASE("The implicit names are known everywhere") {
    CHECK(value_of("{nodename}") == "node109");
    CHECK(value_of("{svcname}") == "vm188.example.com");
    CHECK(value_of("{short_svcname}") == "vm188");
    CHECK(value_of("{svcmgr}") == "svcmgr -s vm188.example.com");
    CHECK(value_of("{nodemgr}") == "nodemgr");
    CHECK(on("Node109.example.com", "[ip#1]\nipname = {short_nodename} {nodename}\n").all()[0].text("ipname") ==
          "node109 node109.example.com");
}

TEST_CASE("References take the value that this node reads") {
    CHECK(value_of("{app}") == "none");
    CHECK(value_of("{APP}") == "none");
    CHECK(value_of("{nodes[1]}") == "node110");
    CHECK(value_of("{#nodes}") == "2");
    CHECK(value_of("{ip#0.ipdev}-{ip#0.count}", "[ip#0]\nipname = x\nipdev = lan0\nipdev@nodes = lan1\n") == "lan1-3");
    CHECK(value_of("{ip#0.monitor}", "monitor = yes\n[ip#0]\nipname = x\n") == "yes");
    CHECK(value_of("{env.vg}", "[env]\nvg = vg0\n") == "vg0");
    CHECK(value_of("{env}", "env = prd\n") == "PRD");
    CHECK(value_of("{env}", "service_type = prd\n") == "PRD");
    CHECK(value_of("{container#1.name}", "[container#1]\ntype = kvm\n") == "vm188.example.com");
    CHECK(value_of("$({env.size}*2)m", "[env]\nsize = 21\n") == "42m");
}

TEST_CASE("References may lead to references; in [env], too, a bare name is DEFAULT's") {
    CHECK(value_of("{env.a}", "[env]\na = <{env.b}>\nb = {app}\n") == "<none>");
    CHECK(finding_of("{env.a}", "[env]\na = {b}\nb = 1\n") == "error bad_reference [DEFAULT] does not say 'b'");
}

TEST_CASE("[env] may be overridden from outside") {
    const Sections sections = on("node109", "[env]\nvg = vg0\n[ip#1]\nipname = {env.vg} {env.new}\n", {{"vg", "vg1"}, {"new", "x"}});
    CHECK(only(sections) == "");
    CHECK(sections.all()[0].text("ipname") == "vg1 x");
}

TEST_CASE("What a reference names in vain is an error with the nearest word") {
    CHECK(finding_of("{appl}") == "error bad_reference [DEFAULT] does not say 'appl'");
    CHECK(finding_of("{ip#2.ipname}") == "error bad_reference there is no section [ip#2] to take a value from; ip#1");
    CHECK(finding_of("{env.vq}", "[env]\nvg = 1\n") == "error bad_reference [env] does not say 'vq'; vg");
    CHECK(finding_of("{ip#1.ipdev}") == "error bad_reference [ip#1] does not say 'ipdev'");
    CHECK(finding_of("{nodes[2]}") == "error bad_reference there is no [2] of 'nodes', which has 2 words");
    CHECK(finding_of("$(1/0)") == "error bad_reference '$(1/0)' can't be calculated: it divides by zero");
}

TEST_CASE("A finding about a reference points at it, also in a continuation line") {
    const Sections sections = evaluate("[ip#1]\nipname = a\n  b {missing}\n");
    CHECK(only(sections) == "3:5 error bad_reference [DEFAULT] does not say 'missing'");
    CHECK(sections.findings()[0].length == 9);
    CHECK(sections.findings()[0].source_line == "  b {missing}");
}

TEST_CASE("Circles are found, and reported once") {
    CHECK(only(evaluate("[env]\na = {env.b}\nb = {env.c}\nc = {env.a}\n")) == "4:5 error bad_reference 'a' of [env] refers to itself");
    CHECK(only(evaluate("[env]\na = {env.a}\n")) == "2:5 error bad_reference 'a' of [env] refers to itself");
    CHECK(only(evaluate("[DEFAULT]\nnodes = {nodes}\n")) == "2:9 error bad_reference 'nodes' of [DEFAULT] refers to itself");
    CHECK(only(evaluate("[container#1]\ntype = {container#1.type}\n")) ==
          "2:8 error bad_reference 'type' of [container#1] refers to itself");
}

TEST_CASE("A value that depends on a wrong one is not reported again") {
    CHECK(only(evaluate("[env]\na = {x}\n[ip#1]\nipname = {env.a}\n")) == "2:5 error bad_reference [DEFAULT] does not say 'x'");
}

TEST_CASE("A long chain of references and a value that doubles at every step are refused") {
    std::string chain = "[env]\n", bomb = "[env]\nx0 = 0123456789\n";
    for (int i = 0; i < 2000; ++i) chain += fmt::format("x{} = {{env.x{}}}\n", i, i + 1);
    for (int i = 1; i < 60; ++i) bomb += fmt::format("x{} = {{env.x{}}}{{env.x{}}}\n", i, i - 1, i - 1);
    CHECK(only(evaluate(chain)).find("nested more than 50 deep") != std::string::npos);
    CHECK(only(evaluate(bomb)).find("more than 65536 bytes") != std::string::npos);
}

TEST_CASE("A long chain of types that are references is refused, too") {
    std::string chain;
    for (int i = 0; i < 20000; ++i) chain += fmt::format("[container#{}]\ntype = {{container#{}.type}}\n", i, i + 1);
    CHECK(only(evaluate(chain)).find("nested more than 50 deep") != std::string::npos);
}

TEST_CASE("In a trigger an unknown reference and a '$(' are left to the shell") {
    const Sections sections = evaluate("[vmdg]\npre_start = echo ${HOME} $(date) {nodename}\n");
    CHECK(only(sections) == "");
    CHECK(sections.all()[0].text("pre_start") == "echo ${HOME} $(date) node109");
    CHECK(only(evaluate("[vmdg]\ncommand = echo ${HOME} $(date)\n")) == "2:17 error bad_reference [DEFAULT] does not say 'home'");
}

TEST_CASE("Values are checked by their type, those for other nodes too") {
    const Sections sections =
        evaluate("[DEFAULT]\nnodes = node109 node110\n[ip#1]\nipname = a\ncount = many\nsize@node110 = big\nmonitor = \n");
    CHECK(only(sections) ==
          "5:9 error bad_value 'count' wants a whole number, not 'many'\n"
          "6:16 error bad_value 'size' wants a size, like 512m or 10g (a bare number is MiB), not 'big'\n"
          "7:10 error bad_value 'monitor' has no value; it wants true or false");
    CHECK(sections.all()[0].integer("count") == 3);
}

TEST_CASE("A value is checked after its references are resolved") {
    CHECK(only(evaluate("[env]\nn = 7\n[ip#1]\nipname = a\ncount = {env.n}\n")) == "");
    CHECK(only(evaluate("[env]\nn = x\n[ip#1]\nipname = a\ncount = {env.n}\n")) ==
          "5:9 error bad_value 'count' wants a whole number, not 'x'");
}

TEST_CASE("A word that is no candidate is an error with the nearest one; case does not matter") {
    CHECK(only(evaluate("[DEFAULT]\nenv = PRDD\n")) == "2:7 error bad_value 'env' can't be 'PRDD'; it is one of: DEV, PRD; PRD");
    CHECK(evaluate("[DEFAULT]\nenv = prd\n").defaults().text("env") == "PRD");
}

TEST_CASE("An unknown keyword is an error with the nearest one") {
    CHECK(only(evaluate("[ip#1]\nipname = a\nipdec = lan0\n")) == "3:1 error unknown_keyword unknown keyword 'ipdec' in [ip#1]; ipdev");
}

TEST_CASE("A required keyword that is missing, empty or for other nodes only is an error at its section") {
    CHECK(only(evaluate("[ip#1]\n")) == "1:1 error missing_required [ip#1] needs the keyword 'ipname'");
    CHECK(only(evaluate("[ip#1]\nipname =\n")) == "2:9 error missing_required 'ipname' of [ip#1] needs a value");
    CHECK(only(evaluate("[DEFAULT]\nnodes = node109 node110\n[ip#1]\nipname@node110 = a\n")) ==
          "3:1 error missing_required [ip#1] needs the keyword 'ipname'");
    CHECK(only(evaluate("[DEFAULT]\nipname = a\n[ip#1]\n")) == "");
}

TEST_CASE("A required keyword with a wrong value has one finding, not two") {
    CHECK(only(evaluate("[ip#1]\nipname = {x}\n")) == "2:10 error bad_reference [DEFAULT] does not say 'x'");
}

TEST_CASE("A scope on a keyword that has none is an error; one that is no node of the service is a warning") {
    CHECK(only(evaluate("[DEFAULT]\nnodes = node109\napp@node109 = x\n")) ==
          "3:4 error not_scopable 'app' holds for all nodes; it can't have a scope");
    CHECK(only(evaluate("[DEFAULT]\nnodes = node109 node110\n[ip#1]\nipname = a\nipname@nod110 = b\n")) ==
          "5:8 warning not_scopable 'nod110' is no node of this service, so that 'ipname@nod110' holds nowhere; node110");
}

TEST_CASE("A renamed keyword is read under its new name, which wins when both are said") {
    const Sections old = evaluate("[DEFAULT]\nservice_type = prd\n");
    CHECK(only(old) == "2:1 warning deprecated 'service_type' is the old name of 'env'; env");
    CHECK(old.defaults().text("env") == "PRD");
    CHECK(old.defaults().place_of("env").line == 2);
    CHECK_FALSE(old.defaults().said("service_type"));
    CHECK(evaluate("[DEFAULT]\nservice_type = PRD\nenv = DEV\n").defaults().text("env") == "DEV");
    CHECK(evaluate("[DEFAULT]\nenv = DEV\nservice_type = PRD\n").defaults().text("env") == "DEV");
}

TEST_CASE("A replaced keyword that says it in another way keeps its own name") {
    const Sections sections = evaluate("[DEFAULT]\nautostart_node = Node109\n");
    CHECK(only(sections) == "2:1 warning deprecated 'autostart_node' is old; 'orchestrate' says it today");
    CHECK(sections.defaults().list("autostart_node") == std::vector<std::string>{"node109"});
    CHECK_FALSE(sections.defaults().said("orchestrate"));
}

TEST_CASE("What described the only container in DEFAULT makes that container") {
    const Sections sections = evaluate("[DEFAULT]\nmode = KVM\nvm_name = vm188\nmonitor = true\n[vmdg]\n");
    REQUIRE(sections.all().size() == 2);
    const Options& container = sections.all()[0];
    CHECK(container.section() == "container");
    CHECK(container.keywords().find("qga") != nullptr);
    CHECK(container.text("type") == "kvm");
    CHECK(container.text("name") == "vm188");
    CHECK(container.flag("monitor"));
    CHECK(container.place_of("name").to_string() == "vm188.env:3:11");
    CHECK(sections.findings().size() == 2);
    CHECK(sections.findings()[0].message == "'mode' is old; today it is 'type' in a section [container#1]");
    CHECK_FALSE(has_errors(sections.findings()));
}

TEST_CASE("Such a container has the service's name when none is said") {
    CHECK(evaluate("[DEFAULT]\nmode = kvm\n").all()[0].text("name") == "vm188.example.com");
}

TEST_CASE("No container is made when there is one, or when the service was hosted") {
    CHECK(evaluate("[DEFAULT]\nmode = kvm\n[container#1]\ntype = kvm\n").all().size() == 1);
    CHECK(evaluate("[DEFAULT]\nmode = hosted\n").all().empty());
    CHECK(evaluate("[DEFAULT]\nvm_name = vm188\n").all().empty());
}

TEST_CASE("A keyword that moved to the container is not inherited by others that have a word like it") {
    const Sections sections = evaluate("[DEFAULT]\nmode = kvm\nsnap = /data\n[sync#1]\n");
    CHECK_FALSE(has_errors(sections.findings()));
    CHECK_FALSE(sections.all()[1].said("snap"));
}

TEST_CASE("A section or type that nothing knows is an error, one without a driver here a warning, an old form a warning") {
    CHECK(only(evaluate("[ipp#1]\nx = 1\n")) == "1:1 error unknown_driver there are no sections 'ipp'; ip#1");
    CHECK(only(evaluate("[container#1]\ntype = kmv\n")) == "2:8 error unknown_driver no driver for kmv");
    CHECK(only(evaluate("[container#1]\ntype = k mv\n")) == "2:8 error unknown_driver no driver for k mv");
    CHECK(evaluate("[container#1]\ntype = k mv\n").all()[0].text("type") == "k mv");
    CHECK(only(evaluate("[container#1]\ntype = hpvm\nnome = x\n")) ==
          "2:8 warning unknown_driver no driver for hpvm\n3:1 error unknown_keyword unknown keyword 'nome' in [container#1]; name");
    CHECK(only(evaluate("[vg#1]\n")) == "1:1 warning deprecated [vg#1] is an old form; [disk#1] with type = vg");
}

TEST_CASE("The driver is that of the type that this node reads") {
    const std::string text = "[DEFAULT]\nnodes = node109 node110\n[container#1]\ntype = KVM\ntype@node110 = hpvm\nqga = true\n";
    CHECK(on("node109", text).all()[0].flag("qga"));
    CHECK(only(on("node109", text)) == "");
    CHECK(on("node110", text).all()[0].keywords().find("qga") == nullptr);
    const std::string elsewhere = "[DEFAULT]\nnodes = node109 node110\n[container#1]\ntype = kvm\ntype@node110 = k mv\n";
    CHECK(only(on("node109", elsewhere)) == "5:16 error bad_value 'type' wants one word that does not begin with '-', not 'k mv'");
}

TEST_CASE("[env] may say anything, but its references and scopes are checked") {
    CHECK(only(evaluate("[DEFAULT]\nnodes = node109\n[env]\nAny.thing = 1\nx@node108 = {y}\n")) ==
          "5:3 warning not_scopable 'node108' is no node of this service, so that 'x@node108' holds nowhere; node109\n"
          "5:13 error bad_reference [DEFAULT] does not say 'y'");
    CHECK(evaluate("[env]\nx = 1\n").all().empty());
}

TEST_CASE("A comment that cuts a command off is a warning") {
    const Sections sections = evaluate("[vmdg]\npre_start = /bin/a ; /bin/b\ntags = x ; why\n");
    CHECK(only(sections) ==
          "2:20 warning syntax what stands behind ' ;' is a comment and no part of the command; to run it, write the ';' without a blank "
          "before it");
    CHECK(sections.all()[0].text("pre_start") == "/bin/a");
}

TEST_CASE("Everything is reported, in the order of the file, with what the reader found") {
    const Sections sections = evaluate("[ip#1]\nipdec = 1\njunk\ncount = x\n[zip#1]\n[DEFAULT]\nenv = x\n");
    std::vector<int> lines;
    for (const Finding& finding : sections.findings()) lines.push_back(finding.place.line);
    CHECK(lines == std::vector<int>{1, 2, 3, 4, 5, 7});
}

TEST_CASE("Sections come in the order of the file") {
    const Sections sections = evaluate("[vmdg]\n[ip#10]\nipname = a\n[env]\nx = 1\n[ip#2]\nipname = b\n");
    REQUIRE(sections.all().size() == 3);
    CHECK(sections.all()[0].section() == "vmdg");
    CHECK(sections.all()[1].section() == "ip#10");
    CHECK(sections.all()[2].section() == "ip#2");
    CHECK(sections.all()[2].place().line == 6);
}

TEST_CASE("An empty file is a service with nothing in it") {
    const Sections sections = evaluate("");
    CHECK(sections.findings().empty());
    CHECK(sections.all().empty());
    CHECK(sections.defaults().text("app") == "none");
    CHECK(sections.defaults().section() == "DEFAULT");
}
