// Recorded outputs of `cibadmin --query`: configurations made with pcs 0.11 and crmsh 4.4 of Debian 12. What is managed is what crm_mon
// says of the same files.

#include "drivers/engine/cib.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "drivers/engine/engine.h"
#include "tests/unit/machine.h"

using namespace svcmgr;
using namespace std::chrono_literals;

namespace {

std::string recorded(const std::string& name) {
    std::ifstream file(std::string(SVCMGR_SOURCE_DIR) + "/tests/unit/drivers/cib/" + name);
    REQUIRE(file.good());
    return (std::ostringstream() << file.rdbuf()).str();
}

Cib read(const std::string& name) {
    const auto cib = parse_cib(recorded(name));
    REQUIRE_MESSAGE(cib, (cib ? "" : cib.error()));
    return *cib;
}

const CibResource& resource(const Cib& cib, const std::string& id) {
    const auto found = std::ranges::find(cib.resources, id, &CibResource::id);
    REQUIRE(found != cib.resources.end());
    return *found;
}

std::string timeout(const CibResource& resource, const std::string& name) {
    const auto found = std::ranges::find(resource.operations, name, &CibOperation::name);
    return found == resource.operations.end() ? "" : found->timeout;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

}  // namespace

// If this fails, a service is started behind the engine's back, or can't be started at all.
TEST_CASE("what is managed: a resource's own word before its group's, its template's, and the whole cluster's") {
    const Cib pcs = read("pcs.xml");
    CHECK(resource(pcs, "vm188").unmanaged.empty());
    CHECK(resource(pcs, "vm189").unmanaged == "is-managed = false");
    CHECK(resource(pcs, "vm190").unmanaged == "is-managed = false");
    CHECK(resource(pcs, "vm191").unmanaged.empty());
    CHECK(pcs.maintained_nodes == std::vector<std::string>{"node2"});

    for (const CibResource& one : read("crmsh.xml").resources) CHECK(one.unmanaged == "maintenance-mode = true");
    const std::string awake =
        replaced(recorded("crmsh.xml"), R"(name="maintenance-mode" value="true")", R"(name="maintenance-mode" value="0")");
    const Cib crmsh = *parse_cib(awake);
    CHECK(resource(crmsh, "vm188").unmanaged == "maintenance = true");
    CHECK(resource(crmsh, "vm189").unmanaged == "is-managed = false");
    const Cib managed = *parse_cib(replaced(awake, R"(name="is-managed" value="false")", R"(name="is-managed" value="true")"));
    CHECK(resource(managed, "vm188").unmanaged == "maintenance = true");
    CHECK(resource(managed, "vm189").unmanaged.empty());
}

TEST_CASE("attributes that hold by a rule are passed over: the resource counts as managed") {
    const std::string ruled = replaced(recorded("pcs.xml"), R"(<meta_attributes id="vm189-meta_attributes">)",
                                       R"(<meta_attributes id="vm189-meta_attributes"><rule id="r"/>)");
    CHECK(resource(*parse_cib(ruled), "vm189").unmanaged.empty());
}

TEST_CASE("resources with their parameters, meta attributes and operations, those of a template where they have none of their own") {
    const Cib pcs = read("pcs.xml");
    const CibResource& plain = resource(pcs, "vm188");
    CHECK(plain.agent == "ocf:svcmgr:service");
    CHECK(plain.parameters.at("service") == "vm188");
    CHECK(plain.meta.at("allow-migrate") == "true");
    CHECK(timeout(plain, "stop") == "5min");
    const Cib crmsh = read("crmsh.xml");
    const CibResource& made = resource(crmsh, "vm188");
    CHECK(made.agent == "ocf:svcmgr:service");
    CHECK(timeout(made, "start") == "330");
    CHECK(timeout(made, "stop") == "100");
    CHECK(made.operations.size() == 3);
    CHECK(resource(crmsh, "addr").agent == "ocf:heartbeat:IPaddr2");
}

TEST_CASE("constraints of two resources are read, with the defaults that Pacemaker has; others are named") {
    const CibConstraints pcs = read("pcs.xml").constraints;
    REQUIRE(pcs.locations.size() == 4);
    CHECK(pcs.locations[0].node == "node1");
    CHECK(pcs.locations[0].score == 200);
    CHECK(pcs.locations[2].other_than == std::vector<std::string>{"node1", "node2"});
    CHECK(pcs.locations[2].score == -infinite_score);
    CHECK(pcs.locations[3].other_than.empty());
    CHECK(pcs.locations[3].rule == "#uname eq node1 or kind eq big");
    REQUIRE(pcs.orders.size() == 2);
    CHECK(pcs.orders[0].kind == "Optional");
    CHECK(pcs.orders[0].symmetrical);
    CHECK(pcs.orders[1].first_action == "stop");
    CHECK_FALSE(pcs.orders[1].symmetrical);
    REQUIRE(pcs.colocations.size() == 1);
    CHECK(pcs.colocations[0].score == -50);
    CHECK(pcs.others == std::vector<std::string>{"order_set_v8v0"});

    const CibConstraints crmsh = read("crmsh.xml").constraints;
    CHECK(crmsh.locations[0].score == infinite_score);
    CHECK_FALSE(crmsh.orders[0].symmetrical);
    CHECK(crmsh.colocations[0].with == "vm189");
}

TEST_CASE("what is no CIB is said to be none") {
    CHECK(parse_cib("").error().starts_with("it is no XML"));
    CHECK(parse_cib("Could not connect").error().starts_with("it is no XML"));
    CHECK(parse_cib("<html/>").error() == "it is XML, and no CIB");
    CHECK(parse_cib("<cib><configuration/></cib>").error() == "it is a CIB without <crm_config>");
    const std::string whole = recorded("pcs.xml");
    for (std::size_t length = 0; length + 10 < whole.size(); length += 97) CHECK_FALSE(parse_cib(whole.substr(0, length)));
}

TEST_CASE("scores and times, as Pacemaker writes them and people do") {
    CHECK(parse_score("INFINITY") == infinite_score);
    CHECK(parse_score("-INFINITY") == -infinite_score);
    CHECK(parse_score("+100") == 100);
    CHECK(parse_score("99999999999999999999") == infinite_score);
    CHECK_FALSE(parse_score(""));
    CHECK_FALSE(parse_score("1.5"));
    CHECK(score_text(-infinite_score) == "-INFINITY");
    CHECK(score_text(-7) == "-7");
    CHECK(parse_cib_duration("60") == Duration(60s));
    CHECK(parse_cib_duration("60s") == parse_cib_duration("1min"));
    CHECK(parse_cib_duration("1500ms") == Duration(1500ms));
    CHECK(parse_cib_duration("PT1M30S") == Duration(90s));
    for (const char* wrong : {"", "s", "1y", "PT", "PT1", "PTS", "-1", "99999999999999999999s", "2000000000h", "PT500000H500000H"})
        CHECK_FALSE(parse_cib_duration(wrong));
}

// If this fails, a hung engine is taken for none, and a service is started on two nodes.
TEST_CASE("an engine answers, is not there, or nobody knows") {
    using State = EngineAnswer::State;
    test::Machine machine;
    const auto ask = [&] { return ask_engine(machine.tools, machine.patient()); };
    machine.tools.answers["cibadmin --query"] = [](const Argv& argv) {
        CommandResult result;
        result.not_started = argv.front() + " is not installed (it is in none of /usr/bin)";
        return result;
    };
    CHECK(ask().state == State::not_installed);
    machine.tools.answer("cibadmin --query", 102, "", "Could not connect to the CIB: Transport endpoint is not connected\n");
    CHECK(ask().state == State::not_running);
    machine.tools.answer("cibadmin --query", 0, recorded("pcs.xml"));
    CHECK(ask().state == State::answers);
    CHECK(ask().cib.resources.size() == 4);
    machine.tools.hang("cibadmin --query");
    CHECK(ask().state == State::unknown);
    machine.tools.answer("cibadmin --query", 0, recorded("pcs.xml").substr(0, 500));
    CHECK(ask().state == State::unknown);
    machine.tools.answer("cibadmin --query", 1, recorded("pcs.xml"));
    CHECK(ask().state == State::unknown);
    machine.tools.answers.clear();
    CHECK_MESSAGE(ask().state == State::unknown, "what could not be started for another reason says nothing");
}
