#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/files/files.h"
#include "svcmgr/service/observation.h"

namespace svcmgr {

class Database;

/// A service as it was seen, with as much of its env file as it takes to show that.
struct KeptService {
    struct Part {
        Rid rid;
        Group group;
        std::string type;
        std::string subset;
        std::string tags;  ///< separated by blanks
        bool disabled = false;
        bool optional = false;
        bool monitored = false;
        Rid carrier;               ///< the container inside which it lives; empty for what the node carries
        ResourceObservation seen;  ///< what is shown of one: status, label, log, addresses, time
    };

    std::string name;
    std::string env_mark;     ///< tells the env file that was read from any other (LoadedService::env_mark)
    bool env_errors = false;  ///< it had errors, which are to be shown whenever the service is
    std::string orchestrate;
    std::string nodes;        ///< separated by blanks
    std::vector<Part> parts;  ///< in the order of the tree
    std::optional<EngineSight> engine = {};
};

/// What a look at all services of this node saw, found by service: whoever asks for one of thousands reads no other's. Functions
/// throw Error (`failed`).
class KeptStatus {
public:
    /// Replaces what was kept before, as a whole or not at all. `observed`: when the look began.
    static void write(Files& files, const Path& path, WallTime observed, const std::vector<KeptService>& services);
    /// Nothing when nobody has kept anything. What it answers from then on is one look, whoever writes meanwhile.
    static std::unique_ptr<KeptStatus> open(const Files& files, const Path& path);
    ~KeptStatus();

    WallTime observed() const { return observed_; }
    std::optional<KeptService> find(const std::string& service);

private:
    explicit KeptStatus(std::unique_ptr<Database> database);
    KeptService::Part part_of(const class Rows& row) const;

    std::unique_ptr<Database> database_;
    WallTime observed_;
};

}  // namespace svcmgr
