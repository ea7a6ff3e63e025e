#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "svcmgr/journal/database.h"
#include "svcmgr/journal/journal.h"
#include "svcmgr/journal/words.h"

namespace svcmgr {

namespace {

constexpr int runs_for_the_median = 9;
constexpr int actions_for_the_median = 100;
/// Of all services, among which those since a look of a few minutes ago are, and what monitoring asks about.
constexpr int newest_actions = 10'000;

/// The first schema that has the columns of an action's aim. Who only looks does not bring an older database up to date.
constexpr int schema_with_aims = 2;
constexpr int schema_with_elapsed = 3;

StepRecord step_of(const Rows& row) {
    StepRecord record;
    Step& step = record.step;
    step.id = static_cast<int>(row.integer(0));
    step.rid = Rid(row.text(1));
    step.verb = row.text(2);
    step.after = split_numbers(row.text(3));
    step.reason = row.text(4);
    step.deadline = Duration(row.integer(5));
    if (const auto expected = row.optional_integer(6)) step.expected = Duration(*expected);
    step.undo = row.text(7);
    step.undo_deadline = Duration(row.integer(8));
    step.on_failure = on_failure_of(row.text(9));
    if (row.optional_integer(10)) step.refusal.emplace(error_code_of(row.text(10)), row.text(11), row.text(12), row.text(13));
    record.state = step_state_of(row.text(14));
    record.begun = row.optional_time(15);
    record.ended = row.optional_time(16);
    if (const auto elapsed = row.optional_integer(17)) record.elapsed = Duration(*elapsed);
    record.evidence = row.text(18);
    record.undone = row.optional_time(19);
    record.undo_evidence = row.text(20);
    record.effect = row.integer(21) == 0 ? Effect::possible : Effect::none;
    return record;
}

ActionHistory action_of(const Rows& row) {
    ActionHistory history;
    ActionRecord& action = history.action;
    action.sid = row.text(0);
    action.service = row.text(1);
    action.action = row.text(2);
    action.reason = row.text(3);
    action.caller = {row.text(4), row.text(5), row.text(6)};
    action.node = row.text(7);
    action.process = {row.text(8), static_cast<int>(row.integer(9)), static_cast<std::uint64_t>(row.integer(10))};
    action.begun = row.time(11);
    history.ended = row.optional_time(12);
    history.state = action_state_of(row.text(13));
    history.exit_code = static_cast<int>(row.integer(14));
    history.closed_by = row.text(15);
    action.aim.goal = goal_of(row.text(16));
    if (const auto groups = row.optional_text(17)) action.aim.groups = split_groups(*groups);
    if (const auto rids = row.optional_text(18)) action.aim.rids = split_rids(*rids);
    action.aim.undoes = row.text(19);
    if (const auto elapsed = row.optional_integer(20)) history.elapsed = Duration(*elapsed);
    return history;
}

}  // namespace

JournalReader::JournalReader(World world, const Path& database) : world_(world) {
    try {
        database_ = Database::open_for_reading(world.files, database);
    } catch (const Error& error) {
        problem_ = error.what();
    }
}

JournalReader::~JournalReader() = default;

template <typename Answer, typename Look>
Answer JournalReader::ask(Look look) {
    if (!database_) return Answer();
    try {
        return look();
    } catch (const Error& error) {
        problem_ = error.what();
        return Answer();
    }
}

std::optional<Interrupted> JournalReader::interrupted(const std::string& service) {
    return ask<std::optional<Interrupted>>([&]() -> std::optional<Interrupted> {
        const std::vector<std::int64_t> open = without_owner(service);
        if (open.empty()) return std::nullopt;
        Rows row = database_->query("SELECT sid, action, begun FROM action WHERE id = ?1", open.front());
        if (!row.next()) return std::nullopt;
        return Interrupted{row.text(0), row.text(1), interrupted_step(open.front()), row.time(2)};
    });
}

std::map<std::string, Interrupted> JournalReader::interrupted() {
    using Answer = std::map<std::string, Interrupted>;
    return ask<Answer>([&] {
        std::vector<std::string> services;
        Rows row = database_->query("SELECT DISTINCT service FROM action WHERE state = 'running'");
        while (row.next()) services.push_back(row.text(0));
        Answer answer;
        for (const std::string& service : services)
            if (auto found = interrupted(service)) answer.emplace(service, *std::move(found));
        return answer;
    });
}

std::map<std::string, std::string> JournalReader::acted_since(WallTime time) {
    using Answer = std::map<std::string, std::string>;
    return ask<Answer>([&] {
        Answer answer;
        Rows row = database_->query(
            "SELECT service, action, state, max(id) FROM (SELECT * FROM action ORDER BY id DESC LIMIT ?2)"
            " WHERE begun > ?1 OR ended > ?1 GROUP BY service",
            time, newest_actions);
        while (row.next()) answer.emplace(row.text(0), fmt::format("{} ({})", row.text(1), row.text(2)));
        return answer;
    });
}

std::vector<ActionHistory> JournalReader::open_actions(const std::string& service) {
    return ask<std::vector<ActionHistory>>([&] {
        std::vector<ActionHistory> open;
        for (const std::int64_t id : without_owner(service)) open.push_back(load(id));
        return open;
    });
}

/// Newest first.
std::vector<std::int64_t> JournalReader::without_owner(const std::string& service) {
    Rows row = database_->query(
        "SELECT id, boot_id, pid, start_ticks FROM action WHERE service = ?1 AND state = 'running' ORDER BY id DESC", service);
    std::vector<std::int64_t> ids;
    while (row.next()) {
        const ProcessId owner{row.text(1), static_cast<int>(row.integer(2)), static_cast<std::uint64_t>(row.integer(3))};
        if (!world_.processes.alive(owner)) ids.push_back(row.integer(0));
    }
    return ids;
}

std::string JournalReader::interrupted_step(std::int64_t id) {
    const auto name = [](const Rows& row) { return Step{.rid = Rid(row.text(0)), .verb = row.text(1)}.name(); };
    std::string names;
    Rows running = database_->query("SELECT rid, verb FROM step WHERE action = ?1 AND state = 'begun' ORDER BY n", id);
    while (running.next()) names += (names.empty() ? "" : ", ") + name(running);
    if (!names.empty()) return names;
    Rows last = database_->query(
        "SELECT rid, verb FROM step WHERE action = ?1 AND ended IS NOT NULL ORDER BY max(ended, coalesce(undone, ended)) DESC, n DESC "
        "LIMIT 1",
        id);
    return last.next() ? name(last) : std::string();
}

ActionHistory JournalReader::load(std::int64_t id) {
    const bool has_aims = database_->version() >= schema_with_aims;
    Rows row = database_->query(
        fmt::format(
            "SELECT sid, service, action, reason, user, sudo_user, ssh_client, node, boot_id, pid, start_ticks, begun, ended, state,"
            " exit_code, closed_by, {}, {} FROM action WHERE id = ?1",
            has_aims ? "goal, only_groups, only_rids, undoes" : "'', NULL, NULL, ''",
            database_->version() >= schema_with_elapsed ? "elapsed" : "NULL"),
        id);
    if (!row.next()) return {};
    ActionHistory history = action_of(row);
    Rows arguments = database_->query("SELECT text FROM argument WHERE action = ?1 ORDER BY n", id);
    while (arguments.next()) history.action.argv.push_back(arguments.text(0));
    Rows steps = database_->query(
        fmt::format("SELECT n, rid, verb, after, reason, deadline, expected, undo, undo_deadline, on_failure, refusal_code,"
                    " refusal_message, refusal_where, refusal_hint, state, begun, ended, elapsed, evidence, undone, undo_evidence, {}"
                    " FROM step WHERE action = ?1 ORDER BY n",
                    has_aims ? "untouched" : "0"),
        id);
    while (steps.next()) history.steps.push_back(step_of(steps));
    Rows left_alone = database_->query("SELECT rid, reason FROM left_alone WHERE action = ?1 ORDER BY n", id);
    while (left_alone.next()) history.left_alone.push_back({Rid(left_alone.text(0)), left_alone.text(1)});
    return history;
}

std::optional<ActionHistory> JournalReader::action(const std::string& sid) {
    return ask<std::optional<ActionHistory>>([&]() -> std::optional<ActionHistory> {
        Rows row = database_->query("SELECT id FROM action WHERE sid = ?1", sid);
        if (!row.next()) return std::nullopt;
        return load(row.integer(0));
    });
}

std::vector<std::string> JournalReader::find(const std::string& text) {
    constexpr std::size_t shortest = 4;
    constexpr int most = 5;
    if (text.size() < shortest) return {};
    return ask<std::vector<std::string>>([&] {
        std::vector<std::string> sids;
        Rows rows = database_->query(
            "SELECT sid FROM action WHERE substr(sid, 1, length(?1)) = ?1 OR substr(sid, -length(?1)) = ?1 ORDER BY id DESC LIMIT ?2", text,
            most);
        while (rows.next()) sids.push_back(rows.text(0));
        return sids;
    });
}

std::vector<ActionHistory> JournalReader::actions(const std::string& service, int at_most) {
    return ask<std::vector<ActionHistory>>([&] {
        std::vector<ActionHistory> found;
        Rows rows = service.empty()
                        ? database_->query("SELECT id FROM action ORDER BY id DESC LIMIT ?1", at_most)
                        : database_->query("SELECT id FROM action WHERE service = ?2 ORDER BY id DESC LIMIT ?1", at_most, service);
        while (rows.next()) found.push_back(load(rows.integer(0)));
        return found;
    });
}

std::map<std::string, std::vector<LastRun>> JournalReader::last_runs() {
    using Answer = std::map<std::string, std::vector<LastRun>>;
    return ask<Answer>([&] {
        Answer answer;
        // Beside max(id), sqlite takes the other columns from the row that has it.
        Rows row = database_->query(
            fmt::format("SELECT service, action, state, ended, exit_code, {}, max(id) FROM"
                        " (SELECT * FROM action WHERE ended IS NOT NULL ORDER BY id DESC LIMIT ?1) GROUP BY service, action",
                        database_->version() >= schema_with_elapsed ? "elapsed" : "NULL"),
            newest_actions);
        while (row.next()) {
            LastRun run{row.text(1), action_state_of(row.text(2)), row.time(3), {}, static_cast<int>(row.integer(4))};
            if (const auto elapsed = row.optional_integer(5)) run.elapsed = Duration(*elapsed);
            answer[row.text(0)].push_back(std::move(run));
        }
        return answer;
    });
}

std::optional<Duration> JournalReader::usual_duration(const std::string& service, const Rid& rid, const std::string& verb) {
    return ask<std::optional<Duration>>([&]() -> std::optional<Duration> {
        // CROSS JOIN keeps the order of the tables: from the newest action backwards, until there are enough.
        Rows row = database_->query(
            "SELECT step.elapsed FROM (SELECT id FROM action WHERE service = ?1 ORDER BY id DESC LIMIT ?4) AS recent"
            " CROSS JOIN step ON step.action = recent.id WHERE step.rid = ?2 AND step.verb = ?3 AND step.state = 'done'"
            " AND step.elapsed IS NOT NULL ORDER BY recent.id DESC LIMIT ?5",
            service, rid.text(), verb, actions_for_the_median, runs_for_the_median);
        std::vector<std::int64_t> durations;
        while (row.next()) durations.push_back(row.integer(0));
        if (durations.empty()) return std::nullopt;
        std::sort(durations.begin(), durations.end());
        const std::size_t middle = durations.size() / 2;
        const bool odd = durations.size() % 2 == 1;
        return Duration(odd ? durations[middle] : (durations[middle - 1] + durations[middle]) / 2);
    });
}

}  // namespace svcmgr
