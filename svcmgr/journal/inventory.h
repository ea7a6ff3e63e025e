#pragma once

#include <memory>
#include <string>
#include <vector>

#include "drivers/world.h"
#include "svcmgr/service/observation.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

class Database;

/// A disk of a guest, as `diskupdate` records it (contract.md 8.2).
struct DiskRecord {
    std::string service;
    std::string node;
    std::string rid;     ///< the resource that it belongs to
    std::string id;      ///< WWID, or NODE.DEVICE / NODE.FILE where the disk has none
    std::string kind;    ///< "block", "file", "network", "volume", "other"
    std::string source;  ///< device, file or URL
    std::string target;  ///< the device inside the guest
    std::string vendor;
    std::string model;
    std::string serial;
    std::uint64_t size = 0;  ///< bytes, 0 when not known

    bool operator==(const DiskRecord&) const = default;
};

/// A service on a node, as `push` records it (contract.md 8.1).
struct ServiceRecord {
    std::string service;
    std::string node;
    std::string env;
    std::string app;
    std::string comment;
    std::vector<std::string> nodes;
    std::vector<std::string> drpnodes;
    std::string orchestrate;
    std::string config_file;
    std::string config;  ///< the env file's text
    std::string avail;
    std::string overall;
    bool frozen = false;
    WallTime updated;
    struct ResourceRow {
        std::string rid, type, label, status, log;
        int vcpus = 0;
        std::uint64_t memory_kib = 0;
        std::vector<std::string> addresses;
        bool operator==(const ResourceRow&) const = default;
    };
    std::vector<ResourceRow> resources;
};

/// What this node knows about its services, in sqlite: the place of OpenSVC's collector. Throws Error.
class Inventory {
public:
    static std::unique_ptr<Inventory> open(World world, const Path& database);
    ~Inventory();

    /// Replaces what was known of the service on the node.
    void put_service(const ServiceRecord& record);
    std::optional<ServiceRecord> service(const std::string& service, const std::string& node);
    /// Replaces the disks of the service on the node.
    void put_disks(const std::string& service, const std::string& node, const std::vector<DiskRecord>& disks);
    std::vector<DiskRecord> disks(const std::string& service);

private:
    explicit Inventory(std::unique_ptr<Database> database);
    std::unique_ptr<Database> database_;
};

}  // namespace svcmgr
