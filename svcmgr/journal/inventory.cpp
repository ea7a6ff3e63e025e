#include "svcmgr/journal/inventory.h"

#include <fmt/format.h>

#include "drivers/options.h"
#include "svcmgr/journal/database.h"

namespace svcmgr {

namespace {

std::int64_t as_signed(std::uint64_t value) {
    return static_cast<std::int64_t>(value);
}
std::uint64_t as_unsigned(std::int64_t value) {
    return static_cast<std::uint64_t>(value);
}

/// Node names contain no blanks.
std::string join(const std::vector<std::string>& nodes) {
    return fmt::to_string(fmt::join(nodes, " "));
}

}  // namespace

Inventory::Inventory(std::unique_ptr<Database> database) : database_(std::move(database)) {}
Inventory::~Inventory() = default;

std::unique_ptr<Inventory> Inventory::open(World world, const Path& database) {
    return std::unique_ptr<Inventory>(new Inventory(Database::open_for_writing(world.files, database)));
}

void Inventory::put_service(const ServiceRecord& record) {
    Transaction transaction(*database_);
    database_->run("DELETE FROM service WHERE service = ?1 AND node = ?2", record.service, record.node);
    database_->run(
        "INSERT INTO service (service, node, env, app, comment, nodes, drpnodes, orchestrate, config_file, config, avail, overall, frozen, "
        "updated)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        record.service, record.node, record.env, record.app, record.comment, join(record.nodes), join(record.drpnodes), record.orchestrate,
        record.config_file, record.config, record.avail, record.overall, record.frozen ? 1 : 0, record.updated);
    int n = 0;
    for (const auto& resource : record.resources)
        database_->run(
            "INSERT INTO resource (service, node, n, rid, type, label, status, log, vcpus, memory_kib, addresses)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            record.service, record.node, ++n, resource.rid, resource.type, resource.label, resource.status, resource.log, resource.vcpus,
            as_signed(resource.memory_kib), join(resource.addresses));
    transaction.commit();
}

std::optional<ServiceRecord> Inventory::service(const std::string& service, const std::string& node) {
    Rows row = database_->query(
        "SELECT env, app, comment, nodes, drpnodes, orchestrate, config_file, config, avail, overall, frozen, updated FROM service"
        " WHERE service = ?1 AND node = ?2",
        service, node);
    if (!row.next()) return std::nullopt;
    ServiceRecord record;
    record.service = service;
    record.node = node;
    record.env = row.text(0);
    record.app = row.text(1);
    record.comment = row.text(2);
    record.nodes = split_words(row.text(3));
    record.drpnodes = split_words(row.text(4));
    record.orchestrate = row.text(5);
    record.config_file = row.text(6);
    record.config = row.text(7);
    record.avail = row.text(8);
    record.overall = row.text(9);
    record.frozen = row.integer(10) != 0;
    record.updated = row.time(11);
    Rows resources = database_->query(
        "SELECT rid, type, label, status, log, vcpus, memory_kib, addresses FROM resource WHERE service = ?1 AND node = ?2 ORDER BY n",
        service, node);
    while (resources.next())
        record.resources.push_back({resources.text(0), resources.text(1), resources.text(2), resources.text(3), resources.text(4),
                                    static_cast<int>(resources.integer(5)), as_unsigned(resources.integer(6)),
                                    split_words(resources.text(7))});
    return record;
}

void Inventory::put_disks(const std::string& service, const std::string& node, const std::vector<DiskRecord>& disks) {
    Transaction transaction(*database_);
    database_->run("DELETE FROM disk WHERE service = ?1 AND node = ?2", service, node);
    int n = 0;
    for (const DiskRecord& disk : disks)
        database_->run(
            "INSERT INTO disk (service, node, n, rid, id, kind, source, target, vendor, model, serial, size)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            service, node, ++n, disk.rid, disk.id, disk.kind, disk.source, disk.target, disk.vendor, disk.model, disk.serial,
            as_signed(disk.size));
    transaction.commit();
}

std::vector<DiskRecord> Inventory::disks(const std::string& service) {
    std::vector<DiskRecord> disks;
    Rows row = database_->query(
        "SELECT node, rid, id, kind, source, target, vendor, model, serial, size FROM disk WHERE service = ?1 ORDER BY node, n", service);
    while (row.next())
        disks.push_back({service, row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6), row.text(7),
                         row.text(8), as_unsigned(row.integer(9))});
    return disks;
}

}  // namespace svcmgr
