#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "drivers/world.h"
#include "resources/rid.h"
#include "svcmgr/journal/database.h"

namespace svcmgr {

/// What `resource monitor` remembers of a resource from one look to the next.
struct Watched {
    bool was_up = false;            ///< when it was looked at last
    std::string action;             ///< the sid of the service's newest action at that look; empty when there was none
    int tries = 0;                  ///< starts since it was up for good
    std::optional<WallTime> tried;  ///< the last of them

    bool operator==(const Watched&) const = default;
};

/// The memory of `resource monitor`, in svcmgr's database. Functions throw Error.
class Watch {
public:
    static std::unique_ptr<Watch> open(World world, const Path& database);

    std::map<Rid, Watched> of(const std::string& service);
    /// Replaces what was known of the service's resources.
    void put(const std::string& service, const std::map<Rid, Watched>& watched);

private:
    explicit Watch(std::unique_ptr<Database> database) : database_(std::move(database)) {}
    std::unique_ptr<Database> database_;
};

}  // namespace svcmgr
