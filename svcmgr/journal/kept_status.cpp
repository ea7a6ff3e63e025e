#include "svcmgr/journal/kept_status.h"

#include <fmt/format.h>

#include "drivers/options.h"
#include "svcmgr/journal/database.h"
#include "svcmgr/journal/words.h"

namespace svcmgr {

namespace {

constexpr std::int64_t disabled = 1;
constexpr std::int64_t optional = 2;
constexpr std::int64_t monitored = 4;

std::optional<std::string> unless_empty(std::string text) {
    return text.empty() ? std::nullopt : std::optional(std::move(text));
}

void insert_part(Database& database, const std::string& service, int n, const KeptService::Part& part) {
    const ResourceObservation& seen = part.seen;
    const std::int64_t flags = (part.disabled ? disabled : 0) | (part.optional ? optional : 0) | (part.monitored ? monitored : 0);
    database.run(
        "INSERT INTO resource (service, n, rid, kind, type, label, subset, tags, flags, carrier, status, addresses)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        service, n, part.rid.text(), static_cast<int>(part.group), part.type, unless_empty(seen.label), unless_empty(part.subset),
        unless_empty(part.tags), flags, unless_empty(part.carrier.text()), static_cast<int>(seen.status),
        unless_empty(fmt::to_string(fmt::join(seen.addresses, " "))));
    int k = 0;
    for (const LogLine& line : seen.log)
        database.run("INSERT INTO line (service, n, k, level, message) VALUES (?1, ?2, ?3, ?4, ?5)", service, n, ++k, to_string(line.level),
                     line.message);
}

void insert(Database& database, const KeptService& service) {
    database.run("INSERT INTO service (service, env_mark, env_errors, orchestrate, nodes) VALUES (?1, ?2, ?3, ?4, ?5)", service.name,
                 service.env_mark, service.env_errors ? 1 : 0, service.orchestrate, service.nodes);
    if (const auto& engine = service.engine)
        database.run("UPDATE service SET engine = ?2, engine_resource = ?3, engine_detail = ?4, engine_remedy = ?5 WHERE service = ?1",
                     service.name, static_cast<int>(engine->value), engine->resource, engine->detail, engine->remedy);
    int n = 0;
    for (const KeptService::Part& part : service.parts) insert_part(database, service.name, ++n, part);
}

/// Of numbers that only this program writes.
Group group_of(std::int64_t number) {
    return number >= 0 && number <= static_cast<int>(Group::task) ? static_cast<Group>(number) : Group::app;
}

EngineSight::Value engine_value_of(std::int64_t number) {
    using enum EngineSight::Value;
    for (const auto value : {manages, leaves_alone, absent})
        if (number == static_cast<int>(value)) return value;
    return unknown;
}

Status status_of(std::int64_t number) {
    return parse_status(to_string(static_cast<Status>(number))).value_or(Status::undef);
}

}  // namespace

void KeptStatus::write(Files& files, const Path& path, WallTime observed, const std::vector<KeptService>& services) {
    const auto database = Database::open_for_writing(files, path, kept_schema());
    Transaction transaction(*database);
    for (const char* table : {"look", "service", "resource", "line"}) database->run(fmt::format("DELETE FROM {}", table));
    database->run("INSERT INTO look (observed) VALUES (?1)", observed);
    for (const KeptService& service : services) insert(*database, service);
    transaction.commit();
}

KeptStatus::KeptStatus(std::unique_ptr<Database> database) : database_(std::move(database)) {}
KeptStatus::~KeptStatus() = default;

std::unique_ptr<KeptStatus> KeptStatus::open(const Files& files, const Path& path) {
    auto database = Database::open_for_reading(files, path, kept_schema());
    if (!database) return nullptr;
    std::unique_ptr<KeptStatus> kept(new KeptStatus(std::move(database)));
    kept->database_->execute("BEGIN");
    Rows look = kept->database_->query("SELECT observed FROM look");
    const bool of_this_version = kept->database_->query("SELECT 1 FROM pragma_table_info('service') WHERE name = 'engine'").next();
    if (!look.next() || !of_this_version) return nullptr;
    kept->observed_ = look.time(0);
    return kept;
}

KeptService::Part KeptStatus::part_of(const Rows& row) const {
    KeptService::Part part{Rid(row.text(1)), group_of(row.integer(2)), row.text(3), row.text(5), row.text(6)};
    part.seen.label = row.text(4);
    const std::int64_t flags = row.integer(7);
    part.disabled = (flags & disabled) != 0;
    part.optional = (flags & optional) != 0;
    part.monitored = (flags & monitored) != 0;
    part.carrier = Rid(row.text(8));
    part.seen.status = status_of(row.integer(9));
    part.seen.addresses = split_words(row.text(10));
    part.seen.observed = observed_;
    return part;
}

std::optional<KeptService> KeptStatus::find(const std::string& service) {
    Rows row = database_->query(
        "SELECT env_mark, env_errors, orchestrate, nodes, engine, engine_resource, engine_detail, engine_remedy FROM service"
        " WHERE service = ?1",
        service);
    if (!row.next()) return std::nullopt;
    KeptService kept{service, row.text(0), row.integer(1) != 0, row.text(2), row.text(3), {}};
    if (!row.text(4).empty()) kept.engine.emplace(EngineSight{engine_value_of(row.integer(4)), row.text(5), row.text(6), row.text(7)});
    kept.parts.reserve(4);  // as most have
    Rows parts = database_->query(
        "SELECT n, rid, kind, type, label, subset, tags, flags, carrier, status, addresses FROM resource"
        " WHERE service = ?1 ORDER BY n",
        service);
    while (parts.next()) kept.parts.push_back(part_of(parts));
    Rows lines = database_->query("SELECT n, level, message FROM line WHERE service = ?1 ORDER BY n, k", service);
    while (lines.next())
        if (const auto n = static_cast<std::size_t>(lines.integer(0)); n >= 1 && n <= kept.parts.size())
            kept.parts[n - 1].seen.say(level_of(lines.text(1)), lines.text(2));
    return kept;
}

}  // namespace svcmgr
