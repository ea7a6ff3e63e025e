#include "svcmgr/journal/schema.h"

namespace svcmgr {

namespace {

// Times are microseconds since 1970 (UTC), durations are nanoseconds, states are the words of `to_string`.
// `action.id` gives the order of actions: unlike `begun` it does not jump with the clock.
constexpr const char* first_schema = R"sql(
CREATE TABLE action (
    id INTEGER PRIMARY KEY,
    sid TEXT NOT NULL UNIQUE,
    service TEXT NOT NULL,
    action TEXT NOT NULL,
    reason TEXT NOT NULL,
    user TEXT NOT NULL,
    sudo_user TEXT NOT NULL,
    ssh_client TEXT NOT NULL,
    node TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    pid INTEGER NOT NULL,
    start_ticks INTEGER NOT NULL,
    begun INTEGER NOT NULL,
    ended INTEGER,
    state TEXT NOT NULL,
    exit_code INTEGER NOT NULL DEFAULT 0,
    closed_by TEXT NOT NULL DEFAULT ''
);
CREATE INDEX action_of_service ON action (service, id);
CREATE INDEX action_open ON action (service, id) WHERE state = 'running';

CREATE TABLE argument (
    action INTEGER NOT NULL REFERENCES action (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (action, n)
) WITHOUT ROWID;

CREATE TABLE step (
    action INTEGER NOT NULL REFERENCES action (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    rid TEXT NOT NULL,
    verb TEXT NOT NULL,
    after TEXT NOT NULL,
    reason TEXT NOT NULL,
    deadline INTEGER NOT NULL,
    expected INTEGER,
    undo TEXT NOT NULL,
    undo_deadline INTEGER NOT NULL,
    on_failure TEXT NOT NULL,
    refusal_code TEXT,
    refusal_message TEXT,
    refusal_where TEXT,
    refusal_hint TEXT,
    state TEXT NOT NULL,
    begun INTEGER,
    ended INTEGER,
    undone INTEGER,
    elapsed INTEGER,
    evidence TEXT NOT NULL DEFAULT '',
    undo_evidence TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (action, n)
) WITHOUT ROWID;

CREATE TABLE left_alone (
    action INTEGER NOT NULL REFERENCES action (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    rid TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (action, n)
) WITHOUT ROWID;

CREATE TABLE service (
    service TEXT NOT NULL,
    node TEXT NOT NULL,
    env TEXT NOT NULL,
    app TEXT NOT NULL,
    comment TEXT NOT NULL,
    nodes TEXT NOT NULL,
    drpnodes TEXT NOT NULL,
    orchestrate TEXT NOT NULL,
    config_file TEXT NOT NULL,
    config TEXT NOT NULL,
    avail TEXT NOT NULL,
    overall TEXT NOT NULL,
    frozen INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    PRIMARY KEY (service, node)
) WITHOUT ROWID;

CREATE TABLE resource (
    service TEXT NOT NULL,
    node TEXT NOT NULL,
    n INTEGER NOT NULL,
    rid TEXT NOT NULL,
    type TEXT NOT NULL,
    label TEXT NOT NULL,
    status TEXT NOT NULL,
    log TEXT NOT NULL,
    vcpus INTEGER NOT NULL,
    memory_kib INTEGER NOT NULL,
    PRIMARY KEY (service, node, n),
    FOREIGN KEY (service, node) REFERENCES service (service, node) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE disk (
    service TEXT NOT NULL,
    node TEXT NOT NULL,
    n INTEGER NOT NULL,
    rid TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    vendor TEXT NOT NULL,
    model TEXT NOT NULL,
    serial TEXT NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (service, node, n)
) WITHOUT ROWID;
)sql";

// What an action was asked for, so that it can be asked for again. `goal` is empty in records of before, and of an undoing. Of
// `only_groups` and `only_rids` (one a line) NULL says: all. `undoes` is the sid of the action that this one reverses.
// `untouched` is 1 for a step that failed and is known to have changed nothing.
constexpr const char* aims = R"sql(
ALTER TABLE action ADD COLUMN goal TEXT NOT NULL DEFAULT '';
ALTER TABLE action ADD COLUMN only_groups TEXT;
ALTER TABLE action ADD COLUMN only_rids TEXT;
ALTER TABLE action ADD COLUMN undoes TEXT NOT NULL DEFAULT '';
ALTER TABLE step ADD COLUMN untouched INTEGER NOT NULL DEFAULT 0;
)sql";

// What `resource monitor` saw last. How long an action took: unlike its times that does not jump with the clock.
constexpr const char* watches = R"sql(
ALTER TABLE action ADD COLUMN elapsed INTEGER;
CREATE TABLE watched (
    service TEXT NOT NULL,
    rid TEXT NOT NULL,
    was_up INTEGER NOT NULL,
    action TEXT NOT NULL,
    tries INTEGER NOT NULL,
    tried INTEGER,
    PRIMARY KEY (service, rid)
) WITHOUT ROWID;
)sql";

// Of a container, as its hypervisor knows them, separated by blanks.
constexpr const char* addresses = R"sql(
ALTER TABLE resource ADD COLUMN addresses TEXT NOT NULL DEFAULT '';
)sql";

// Which part of a disk a guest has.
constexpr const char* regions = R"sql(
ALTER TABLE disk ADD COLUMN used INTEGER NOT NULL DEFAULT 0;
ALTER TABLE disk ADD COLUMN region TEXT NOT NULL DEFAULT '';
)sql";

constexpr const char* journal_steps[schema_version] = {first_schema, aims, watches, addresses, regions};

// Resources are numbered in the order of the tree. Tags, nodes and addresses are separated by blanks. Statuses are their numbers, kinds
// their places in the tree; flags add up: 1 disabled, 2 optional, 4 monitored. What is empty is NULL: it costs nothing to read.
constexpr const char* kept_looks = R"sql(
CREATE TABLE look (
    observed INTEGER NOT NULL
);
CREATE TABLE service (
    service TEXT PRIMARY KEY,
    env_mark TEXT NOT NULL,
    env_errors INTEGER NOT NULL,
    orchestrate TEXT NOT NULL,
    nodes TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE resource (
    service TEXT NOT NULL,
    n INTEGER NOT NULL,
    rid TEXT NOT NULL,
    kind INTEGER NOT NULL,
    type TEXT NOT NULL,
    label TEXT,
    subset TEXT,
    tags TEXT,
    flags INTEGER NOT NULL,
    carrier TEXT,
    status INTEGER NOT NULL,
    addresses TEXT,
    PRIMARY KEY (service, n)
) WITHOUT ROWID;
CREATE TABLE line (
    service TEXT NOT NULL,
    n INTEGER NOT NULL,
    k INTEGER NOT NULL,
    level TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (service, n, k)
) WITHOUT ROWID;
)sql";

constexpr const char* kept_engine = R"sql(
ALTER TABLE service ADD COLUMN engine INTEGER;
ALTER TABLE service ADD COLUMN engine_resource TEXT;
ALTER TABLE service ADD COLUMN engine_detail TEXT;
ALTER TABLE service ADD COLUMN engine_remedy TEXT;
)sql";

constexpr const char* kept_steps[] = {kept_looks, kept_engine};

}  // namespace

Schema journal_schema() {
    return journal_steps;
}

Schema kept_schema() {
    return kept_steps;
}

}  // namespace svcmgr
