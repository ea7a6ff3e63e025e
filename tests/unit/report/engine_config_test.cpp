// The three languages in which an engine is told, word by word; tests/lab/engine.bats gives them to the real tools.

#include "svcmgr/report/engine_config.h"

#include <doctest/doctest.h>

using namespace svcmgr;
using namespace std::chrono_literals;

namespace {

EngineConfig example() {
    return engine_config({{"db", {"node1"}, {100s, 200s, 27s, 300s}, {{"children", {"1st"}}}},
                          {"1st", {"node2", "node1"}, {100s, 200s, 27s, {}}, {{"parents", {"db"}}, {"soft_anti_affinity", {"db"}}}}},
                         {"db", "1st"});
}

}  // namespace

TEST_CASE("crmsh") {
    CHECK(
        engine_config_crmsh(example()) ==
        R"(primitive _1st ocf:svcmgr:service params service=1st op start interval=0s timeout=100s op stop interval=0s timeout=200s op monitor interval=10s timeout=27s meta resource-stickiness=1000
primitive db ocf:svcmgr:service params service=db op start interval=0s timeout=100s op stop interval=0s timeout=200s op monitor interval=10s timeout=27s op migrate_to interval=0s timeout=300s op migrate_from interval=0s timeout=27s meta allow-migrate=true resource-stickiness=1000
location _1st-on-node2 _1st 10020: node2
location _1st-on-node1 _1st 10010: node1
location _1st-elsewhere _1st rule $id=_1st-elsewhere-rule -INFINITY: #uname ne node2 and #uname ne node1
location db-on-node1 db 10010: node1
location db-elsewhere db rule $id=db-elsewhere-rule -INFINITY: #uname ne node1
order _1st-after-db Mandatory: db _1st
order db-stops-after-_1st Mandatory: _1st:stop db:stop symmetrical=false
colocation _1st-with-db INFINITY: _1st db
colocation _1st-rather-not-with-db -100: _1st db
)");
}

TEST_CASE("pcs") {
    CHECK(engine_config_pcs(example()) ==
          R"(#!/bin/sh
# pcs cluster cib FILE && sh THIS FILE && pcs cluster cib-push FILE
set -eu
cib=$1
pcs -f "$cib" resource create _1st ocf:svcmgr:service service=1st op start interval=0s timeout=100s op stop interval=0s timeout=200s op monitor interval=10s timeout=27s meta resource-stickiness=1000 --no-default-ops
pcs -f "$cib" resource create db ocf:svcmgr:service service=db op start interval=0s timeout=100s op stop interval=0s timeout=200s op monitor interval=10s timeout=27s op migrate_to interval=0s timeout=300s op migrate_from interval=0s timeout=27s meta allow-migrate=true resource-stickiness=1000 --no-default-ops
pcs -f "$cib" constraint location add _1st-on-node2 _1st node2 10020
pcs -f "$cib" constraint location add _1st-on-node1 _1st node1 10010
pcs -f "$cib" constraint location _1st rule id=_1st-elsewhere-rule constraint-id=_1st-elsewhere score=-INFINITY '#uname' ne node2 and '#uname' ne node1
pcs -f "$cib" constraint location add db-on-node1 db node1 10010
pcs -f "$cib" constraint location db rule id=db-elsewhere-rule constraint-id=db-elsewhere score=-INFINITY '#uname' ne node1
pcs -f "$cib" constraint order start db then start _1st kind=Mandatory id=_1st-after-db
pcs -f "$cib" constraint order stop _1st then stop db kind=Mandatory symmetrical=false id=db-stops-after-_1st
pcs -f "$cib" constraint colocation add _1st with db score=INFINITY id=_1st-with-db
pcs -f "$cib" constraint colocation add _1st with db score=-100 id=_1st-rather-not-with-db
)");
}

// If this fails, what was exported can't be read back, and everything is a difference.
TEST_CASE("xml says what was meant") {
    const EngineConfig config = example();
    const auto cib = parse_cib(engine_config_xml(config));
    REQUIRE_MESSAGE(cib, (cib ? "" : cib.error()));
    CHECK(engine_differences(config, *cib, {"db", "1st"}).empty());
    CHECK(cib->resources.size() == 2);
    CHECK(cib->constraints.locations.size() == 5);
    CHECK(cib->constraints.others.empty());
}

TEST_CASE("differences for people; what an engine says rules no terminal") {
    CHECK(engine_differences_text({{"db", "timeout", "timeout of start", "330s", "60"},
                                   {"db", "missing", "resource", "db", ""},
                                   {"db", "double", "resource", "", "db2 beside db"},
                                   {"old\033[2J", "leftover", "resource", "", "p\nq"}}) ==
          "db: timeout of start: 330s is wanted, and the engine has 60\n"
          "db: resource: db is wanted, and the engine has none\n"
          "db: it has two resources: no env file asks for what the engine has, db2 beside db\n"
          "old\\x1b[2J: resource: no env file asks for what the engine has, p\\x0aq\n");
}
