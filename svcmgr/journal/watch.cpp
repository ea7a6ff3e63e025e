#include "svcmgr/journal/watch.h"

namespace svcmgr {

std::unique_ptr<Watch> Watch::open(World world, const Path& database) {
    return std::unique_ptr<Watch>(new Watch(Database::open_for_writing(world.files, database)));
}

std::map<Rid, Watched> Watch::of(const std::string& service) {
    std::map<Rid, Watched> watched;
    Rows rows = database_->query("SELECT rid, was_up, action, tries, tried FROM watched WHERE service = ?1", service);
    while (rows.next())
        watched[Rid(rows.text(0))] = {rows.integer(1) != 0, rows.text(2), static_cast<int>(rows.integer(3)), rows.optional_time(4)};
    return watched;
}

void Watch::put(const std::string& service, const std::map<Rid, Watched>& watched) {
    if (of(service) == watched) return;
    Transaction transaction(*database_);
    database_->run("DELETE FROM watched WHERE service = ?1", service);
    for (const auto& [rid, one] : watched)
        database_->run("INSERT INTO watched (service, rid, was_up, action, tries, tried) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", service,
                       rid.text(), one.was_up ? 1 : 0, one.action, one.tries, one.tried);
    transaction.commit();
}

}  // namespace svcmgr
