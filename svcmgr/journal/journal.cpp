#include "svcmgr/journal/journal.h"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/clock.h"
#include "svcmgr/journal/database.h"
#include "svcmgr/journal/sid.h"
#include "svcmgr/journal/words.h"

namespace svcmgr {

namespace {

constexpr std::size_t longest_evidence = 4096;
constexpr int whole_action = 0;  ///< steps count from 1
/// However small the database may be: what was done last can be read.
constexpr int always_kept = 20;
/// How many actions are forgotten at once: by the end of one more than one begins, so that it catches up, and few, so that nobody waits for
/// it.
constexpr int forgotten_at_once = 20;

// What an action writes into the log of the database at most. A transaction writes whole pages (4 KiB each): its own, those of the indexes
// and the root. A step has four of them: begun, ended, and the same for its undoing.
constexpr std::uint64_t room_for_an_action = 512 << 10;
constexpr std::uint64_t room_for_a_step = std::uint64_t{4} * 5 * (4096 + 24);

Error refusal(const Error& cause) {
    return Error(Error::Code::refused, "nothing was begun, because it can't be recorded: " + cause.message(), cause.where(), cause.hint());
}

/// At most `longest_evidence` bytes, not cut within a character.
std::string_view shortened(std::string_view text) {
    if (text.size() <= longest_evidence) return text;
    std::size_t end = longest_evidence;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return text.substr(0, end);
}

bool is_undoing(StepState state) {
    return state == StepState::undone || state == StepState::undo_failed;
}

Path directory_of(const Path& path) {
    const std::size_t slash = path.rfind('/');
    return slash == Path::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
}

std::uint64_t room_for(const ActionRecord& action, const Plan& plan) {
    std::uint64_t text = action.reason.size();
    for (const std::string& argument : action.argv) text += argument.size();
    for (const Step& step : plan.steps) text += step.reason.size();
    for (const LeftAlone& left : plan.left_alone) text += left.reason.size();
    return room_for_an_action + plan.steps.size() * room_for_a_step + 2 * text;
}

}  // namespace

Journal::Journal(World world, std::unique_ptr<Database> database, const Retention& retention)
    : world_(world), retention_(retention), database_(std::move(database)) {}
Journal::~Journal() = default;

std::unique_ptr<Journal> Journal::open(World world, const Path& database, const Retention& retention) {
    try {
        return std::unique_ptr<Journal>(new Journal(world, Database::open_for_writing(world.files, database), retention));
    } catch (const Error& error) {
        throw refusal(error);
    }
}

std::string Journal::begin(ActionRecord action, const Plan& plan) {
    const std::lock_guard lock(mutex_);
    try {
        if (const auto problem = lack_of_room(world_.files, database_->path(), action, plan)) throw Error(*problem);
        Transaction transaction(*database_);
        {
            Rows last = database_->query("SELECT coalesce(max(id), 0) FROM action");
            last.next();
            action.sid = make_sid(action.begun, action.node, action.process, last.integer(0) + 1);
        }
        insert_action(action, plan);
        transaction.commit();
        running_[{action.sid, whole_action}] = world_.clock.now();
    } catch (const Error& error) {
        throw refusal(error);
    }
    return action.sid;
}

std::optional<Error> lack_of_room(const Files& files, const Path& database, const ActionRecord& action, const Plan& plan) {
    const Path directory = directory_of(database);
    const auto free = files.free_bytes(directory);
    const std::uint64_t needed = room_for(action, plan);
    // Where nobody can say how much room there is, the first write will.
    if (!free || *free >= needed) return std::nullopt;
    return Error(Error::Code::failed,
                 fmt::format("{} KiB are free in {}, and up to {} KiB may be needed", *free >> 10, directory, needed >> 10), database,
                 fmt::format("make room in the file system of {}", directory));
}

void Journal::insert_action(const ActionRecord& action, const Plan& plan) {
    const std::string_view goal = action.aim.goal ? to_string(*action.aim.goal) : "";
    std::optional<std::string> groups, rids;
    if (action.aim.groups) groups = join_groups(*action.aim.groups);
    if (action.aim.rids) rids = join_rids(*action.aim.rids);
    database_->run(
        "INSERT INTO action (sid, service, action, reason, user, sudo_user, ssh_client, node, boot_id, pid, start_ticks, begun, state,"
        " goal, only_groups, only_rids, undoes)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 'running', ?13, ?14, ?15, ?16)",
        action.sid, action.service, action.action, action.reason, action.caller.user, action.caller.sudo_user, action.caller.ssh_client,
        action.node, action.process.boot_id, action.process.pid, static_cast<std::int64_t>(action.process.start_ticks), action.begun, goal,
        groups, rids, action.aim.undoes);
    const std::int64_t id = database_->last_row_id();
    int n = 0;
    for (const std::string& argument : action.argv)
        database_->run("INSERT INTO argument (action, n, text) VALUES (?1, ?2, ?3)", id, ++n, argument);
    n = 0;
    for (const LeftAlone& left : plan.left_alone)
        database_->run("INSERT INTO left_alone (action, n, rid, reason) VALUES (?1, ?2, ?3, ?4)", id, ++n, left.rid.text(), left.reason);
    // Guards have been looked at: they let the action pass, up to the first that does not.
    bool refused = false;
    for (const Step& step : plan.steps) {
        refused = refused || step.refusal.has_value();
        insert_step(id, step, step.guard() && !refused ? StepState::done : StepState::planned);
    }
}

void Journal::insert_step(std::int64_t action, const Step& step, StepState state) {
    std::optional<std::int64_t> expected;
    if (step.expected) expected = step.expected->count();
    std::optional<std::string> code, message, where, hint;
    if (step.refusal) {
        code = to_string(step.refusal->code());
        message = step.refusal->message();
        where = step.refusal->where();
        hint = step.refusal->hint();
    }
    database_->run(
        "INSERT INTO step (action, n, rid, verb, after, reason, deadline, expected, undo, undo_deadline, on_failure,"
        " refusal_code, refusal_message, refusal_where, refusal_hint, state)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        action, step.id, step.rid.text(), step.verb, join_numbers(step.after), step.reason, step.deadline.count(), expected, step.undo,
        step.undo_deadline.count(), to_string(step.on_failure), code, message, where, hint, to_string(state));
}

void Journal::step_begun(const std::string& sid, int step) {
    const std::lock_guard lock(mutex_);
    const int changed =
        database_->run("UPDATE step SET state = 'begun', begun = ?3 WHERE action = (SELECT id FROM action WHERE sid = ?1) AND n = ?2", sid,
                       step, world_.clock.wall());
    if (changed != 1)
        throw Error(Error::Code::failed, fmt::format("the record of action {} has no step {}", sid, step), database_->path(),
                    "was the file replaced meanwhile?");
    running_[{sid, step}] = world_.clock.now();
}

void Journal::step_ended(const std::string& sid, int step, StepState state, const std::string& evidence, Effect effect) {
    const std::lock_guard lock(mutex_);
    if (is_undoing(state)) {
        database_->run(
            "UPDATE step SET state = ?3, undone = ?4, undo_evidence = ?5 WHERE action = (SELECT id FROM action WHERE sid = ?1) AND n = ?2",
            sid, step, to_string(state), world_.clock.wall(), shortened(evidence));
        return;
    }
    const std::optional<std::int64_t> elapsed = elapsed_since_begin(sid, step);
    database_->run(
        "UPDATE step SET state = ?3, ended = ?4, elapsed = ?5, evidence = ?6, untouched = ?7"
        " WHERE action = (SELECT id FROM action WHERE sid = ?1) AND n = ?2",
        sid, step, to_string(state), world_.clock.wall(), elapsed, shortened(evidence), effect == Effect::none ? 1 : 0);
}

void Journal::together(const std::function<void()>& records) {
    std::optional<Transaction> transaction;
    {
        const std::lock_guard lock(mutex_);
        transaction.emplace(*database_);
    }
    records();
    const std::lock_guard lock(mutex_);
    transaction->commit();
}

std::optional<std::int64_t> Journal::elapsed_since_begin(const std::string& sid, int step) {
    const auto running = running_.extract({sid, step});
    if (running.empty()) return {};
    return (world_.clock.now() - running.mapped()).count();
}

void Journal::end(const std::string& sid, ActionState state, int exit_code) {
    const std::lock_guard lock(mutex_);
    database_->run("UPDATE action SET state = ?2, ended = ?3, exit_code = ?4, elapsed = ?5 WHERE sid = ?1", sid, to_string(state),
                   world_.clock.wall(), exit_code, elapsed_since_begin(sid, whole_action));
    try {
        forget_aged();
        std::string service;
        if (Rows row = database_->query("SELECT service FROM action WHERE sid = ?1", sid); row.next()) service = row.text(0);
        forget_surplus(service);
        forget_for_room();
    } catch (const Error&) {
        // The action is recorded, which is what was asked for. What was not forgotten now is forgotten after the next one.
    }
}

Journal::Pruned Journal::prune(World world, const Path& database, const Retention& retention) {
    Journal journal(world, Database::open_for_writing(world.files, database), retention);
    Pruned pruned;
    const auto repeat = [&pruned](const auto& forget) {
        while (const int forgotten = forget()) pruned.forgotten += forgotten;
    };
    repeat([&] { return journal.forget_aged(); });
    std::vector<std::string> services;
    for (Rows rows = journal.database_->query("SELECT DISTINCT service FROM action"); rows.next();) services.push_back(rows.text(0));
    for (const std::string& service : services) repeat([&] { return journal.forget_surplus(service); });
    repeat([&] { return journal.forget_for_room(); });
    if (Rows row = journal.database_->query("SELECT count(*) FROM action"); row.next()) pruned.left = static_cast<int>(row.integer(0));
    return pruned;
}

// An open action is never forgotten: it waits for somebody who sees that it was interrupted.

int Journal::forget_aged() {
    return database_->run(
        "DELETE FROM action WHERE id IN (SELECT id FROM (SELECT id, begun FROM action WHERE state <> 'running' ORDER BY id LIMIT ?2) WHERE "
        "begun < ?1)",
        world_.clock.wall() - retention_.age, forgotten_at_once);
}

int Journal::forget_surplus(const std::string& service) {
    return database_->run(
        "DELETE FROM action WHERE id IN (SELECT id FROM action WHERE service = ?1 AND state <> 'running' ORDER BY id DESC LIMIT ?2 OFFSET "
        "?3)",
        service, forgotten_at_once, retention_.actions);
}

int Journal::forget_for_room() {
    if (used_bytes() <= retention_.size) return 0;
    return database_->run(
        "DELETE FROM action WHERE id IN (SELECT id FROM action WHERE state <> 'running' AND id NOT IN"
        " (SELECT id FROM action ORDER BY id DESC LIMIT ?2) ORDER BY id LIMIT ?1)",
        forgotten_at_once, always_kept);
}

/// Without the pages that are free for the next actions.
std::uint64_t Journal::used_bytes() {
    Rows row = database_->query(
        "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size");
    return row.next() ? static_cast<std::uint64_t>(row.integer(0)) : 0;
}

void Journal::close_interrupted(const std::string& service, const std::string& by_sid) {
    const std::lock_guard lock(mutex_);
    std::vector<std::int64_t> dead;
    {
        Rows rows = database_->query(
            "SELECT open.id, open.boot_id, open.pid, open.start_ticks FROM action AS open, action AS closer"
            " WHERE open.service = ?1 AND open.state = 'running' AND open.sid <> ?2 AND closer.sid = ?2 AND CASE"
            " WHEN closer.undoes <> '' THEN closer.undoes IN (open.sid, open.undoes)"
            " WHEN closer.goal = '' THEN open.action = closer.action"
            " WHEN closer.only_groups IS NULL AND closer.only_rids IS NULL THEN 1"
            " ELSE open.only_groups IS closer.only_groups AND open.only_rids IS closer.only_rids END",
            service, by_sid);
        while (rows.next())
            if (!world_.processes.alive({rows.text(1), static_cast<int>(rows.integer(2)), static_cast<std::uint64_t>(rows.integer(3))}))
                dead.push_back(rows.integer(0));
    }
    if (dead.empty()) return;
    Transaction transaction(*database_);
    for (const std::int64_t id : dead) database_->run("UPDATE action SET state = 'interrupted', closed_by = ?2 WHERE id = ?1", id, by_sid);
    transaction.commit();
}

}  // namespace svcmgr
