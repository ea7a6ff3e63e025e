#include "drivers/hypervisor/xen/domain_list.h"

#include "tests/unit/xen/recordings.h"

namespace svcmgr::xen {

namespace {

using Value = GuestState::Value;
using test::recording;
using test::tables_in;

constexpr std::string_view head = "Name                                        ID   Mem VCPUs\tState\tTime(s)\n";

Domain find(const std::string& table, const std::string& name) {
    const auto list = parse_domain_list(table);
    CHECK(list.problem == "");
    for (const auto& domain : list.domains)
        if (domain.name == name) return domain;
    FAIL("no such domain: " << name);
    return {};
}

GuestState state_in(const std::string& file, std::size_t table, const std::string& name) {
    const auto tables = tables_in(recording(file).out);
    REQUIRE(tables.size() > table);
    return guest_state(find(tables[table], name));
}

}  // namespace

TEST_CASE("a domain's numbers are those of its line") {
    const auto domain = find(tables_in(recording("07-xl-list-v").out).at(0), "tiny");
    CHECK(domain.id == 1);
    CHECK(domain.memory_mib == 128);
    CHECK(domain.vcpus == 1);
    CHECK(domain.flags == "-b----");
    CHECK(domain.uuid == "b51892df-f073-42ec-b82c-98d4e28c1277");
    CHECK(guest_state(domain).memory_kib == 131072);
    CHECK(find(tables_in(recording("01-xl-list-one-guest").out).at(0), "tiny").uuid.empty());
}

TEST_CASE("every state that a real Xen showed has its meaning") {
    CHECK(state_in("01-xl-list-one-guest", 0, "Domain-0").value == Value::running);
    CHECK(state_in("01-xl-list-one-guest", 0, "tiny").value == Value::running);
    CHECK(state_in("22-xl-list-two", 0, "mute").value == Value::running);
    CHECK(state_in("27-xl-pause-tiny", 0, "tiny").value == Value::paused);
    CHECK(state_in("57-xl-pause-state", 0, "bob").value == Value::paused);
    CHECK(state_in("72-xl-create-p-paused", 0, "tinyz").value == Value::paused);
    CHECK(state_in("70-xl-list-state-shutdown-preserved", 0, "keep").value == Value::changing);
    CHECK(state_in("70-xl-list-state-shutdown-preserved", 1, "keep").value == Value::changing);
    CHECK(state_in("71-xl-list-state-crashed-preserved", 1, "keep").value == Value::running);
    CHECK(state_in("85-xl-list-crashed", 0, "crashed").value == Value::crashed);
    CHECK(state_in("85-xl-list-crashed", 1, "crashed").value == Value::crashed);
}

TEST_CASE("of several flags the worst counts, and flags that xl does not have are unknown") {
    const auto value = [](const std::string& flags) { return guest_state({"x", 1, 1, 1, flags, ""}).value; };
    CHECK(value("-----d") == Value::changing);
    CHECK(value("---scd") == Value::changing);
    CHECK(value("--ps--") == Value::changing);
    CHECK(value("r-p---") == Value::paused);
    for (const char* wrong : {"", "r----", "-r----", "------x", "RUNNING"}) CHECK(value(wrong) == Value::unknown);
}

TEST_CASE("a line in which anything is other than expected is told, and is no domain") {
    const auto problem_of = [](const std::string& line) {
        const auto list = parse_domain_list(std::string(head) + "fine 1 128 1 -b---- 3.9\n" + line + "\n");
        CHECK(list.domains.size() == 1);
        return list.problem;
    };
    for (const char* line :
         {"vm188 x 128 1 -b---- 3.9", "vm188 1 -128 1 -b---- 3.9", "vm188 1 128 99999999999 -b---- 3.9", "vm188 1 128 1 -b--- 3.9",
          "vm188 1 128 1 -b---- 3", "vm188 128 1 3.9", "lvm0001                                         4096     1                52.0",
          "1 128 1 -b---- 3.9", " 1 128 1 1 -b---- 3.9", "vm188 1 99999999999999999 1 -b---- 3.9"}) {
        CAPTURE(line);
        CHECK(problem_of(line).find(line) != std::string::npos);
    }
    CHECK(problem_of(std::string(100000, 'x')).size() < 300);
}

TEST_CASE("what is no table at all is told, and so is a table that ends in the middle") {
    CHECK_FALSE(parse_domain_list("").problem.empty());
    CHECK(parse_domain_list("Ad Kimlik Bellek\n").problem.find("Ad Kimlik") != std::string::npos);
    CHECK_FALSE(parse_domain_list("Name ID Mem VCPUs State Time(s) More\n").problem.empty());
    CHECK_FALSE(parse_domain_list(std::string(head) + "tiny 1 128 1 -b---- 3.").problem.empty());
    CHECK(parse_domain_list(head).problem.empty());
    CHECK(parse_domain_list(head).domains.empty());
}

TEST_CASE("lists that people sent to other projects are read, or refused with their line") {
    const std::filesystem::path samples = SVCMGR_SOURCE_DIR "/../shared/fixtures/xen-public";
    if (!std::filesystem::is_directory(samples)) {
        MESSAGE("skipped: there is no " << samples.string());
        return;
    }
    const auto plain = parse_domain_list(test::text_of(samples / "glpi-xl_list.txt"));
    CHECK(plain.problem.empty());
    REQUIRE(plain.domains.size() == 3);
    CHECK(plain.domains[1].memory_mib == 20480);
    const auto verbose = parse_domain_list(test::text_of(samples / "glpi-xl_list_-v_vmname.txt"));
    REQUIRE(verbose.domains.size() == 1);
    CHECK(verbose.domains[0].uuid == "482e6c75-090e-4cf2-9c06-de39c824cbe4");
    // `xm` lists guests that do not run, without id and state.
    CHECK(parse_domain_list(test::text_of(samples / "glpi-xm_list2.txt")).problem.find("lvm0001") != std::string::npos);
}

}  // namespace svcmgr::xen
