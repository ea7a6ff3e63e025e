#include "svcmgr/report/disks_json.h"

#include "svcmgr/report/json.h"

namespace svcmgr {

std::string disks_json(const std::vector<DiskRecord>& disks) {
    JsonWriter json;
    json.begin_object();
    json.key("schema").text("svcmgr.disks/1");
    json.key("disks").begin_array();
    for (const DiskRecord& disk : disks) {
        json.begin_object();
        json.key("service").text(disk.service);
        json.key("node").text(disk.node);
        json.key("rid").text(disk.rid);
        json.key("id").text(disk.id);
        json.key("kind").text(disk.kind);
        json.key("source").text(disk.source);
        json.key("target").text(disk.target);
        json.key("vendor").text(disk.vendor);
        json.key("model").text(disk.model);
        json.key("serial").text(disk.serial);
        json.key("size_bytes");
        write_number_or_null(json, disk.size);
        json.end_object();
    }
    json.end_array().end_object();
    return json.document();
}

std::string node_disks_json(const std::vector<NodeDisk>& disks, const std::string& node) {
    JsonWriter json;
    json.begin_object();
    json.key("schema").text("svcmgr.node_disks/1");
    json.key("node").text(node);
    json.key("disks").begin_array();
    for (const NodeDisk& disk : disks) {
        json.begin_object();
        json.key("id").text(disk.id);
        json.key("vendor").text(disk.vendor);
        json.key("model").text(disk.model);
        json.key("size_bytes");
        write_number_or_null(json, disk.size);
        json.key("devices").texts(disk.devices);
        json.key("used_twice").boolean(disk.used_twice());
        json.key("uses").begin_array();
        for (const DiskUse& use : disk.uses) {
            json.begin_object();
            json.key("service").text(use.service);
            json.key("rid").text(use.rid);
            json.key("guest");
            write_text_or_null(json, use.guest);
            json.key("target");
            write_text_or_null(json, use.target);
            json.key("source").text(use.source);
            json.key("writes").boolean(use.writes);
            json.end_object();
        }
        json.end_array().end_object();
    }
    json.end_array().end_object();
    return json.document();
}

std::string push_json(const ServiceRecord& record) {
    JsonWriter json;
    json.begin_object();
    json.key("schema").text("svcmgr.push/1");
    json.key("service").text(record.service);
    json.key("node").text(record.node);
    json.key("env").text(record.env);
    json.key("app").text(record.app);
    json.key("comment").text(record.comment);
    json.key("nodes").texts(record.nodes);
    json.key("drpnodes").texts(record.drpnodes);
    json.key("orchestrate").text(record.orchestrate);
    json.key("config_file").text(record.config_file);
    json.key("avail").text(record.avail);
    json.key("overall").text(record.overall);
    json.key("frozen").boolean(record.frozen);
    json.key("updated").time(record.updated);
    json.key("resources").begin_array();
    for (const auto& resource : record.resources) {
        json.begin_object();
        json.key("rid").text(resource.rid);
        json.key("type").text(resource.type);
        json.key("label").text(resource.label);
        json.key("status").text(resource.status);
        json.key("log").text(resource.log);
        json.key("vcpus");
        write_number_or_null(json, static_cast<std::uint64_t>(resource.vcpus));
        json.key("memory_kib");
        write_number_or_null(json, resource.memory_kib);
        json.key("addresses").texts(resource.addresses);
        json.end_object();
    }
    json.end_array().end_object();
    return json.document();
}

}  // namespace svcmgr
