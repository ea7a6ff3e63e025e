// The tables of everything that an env file and node.conf may say: what a manual, a checker and a completion rely on.

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "drivers/hypervisor/keywords/technologies.h"
#include "drivers/hypervisor/table.h"
#include "resources/keywords.h"
#include "svcmgr/config/reference.h"
#include "svcmgr/config/value_check.h"
#include "svcmgr/service/keywords.h"

using namespace svcmgr;

namespace {

struct Named {
    std::string name;
    Keywords table;
};

std::vector<Named> all_tables() {
    std::vector<Named> tables = {{"DEFAULT", default_keywords()},
                                 {"DEFAULT limits", default_limit_keywords()},
                                 {"DEFAULT old", default_old_keywords()},
                                 {"generic", generic_keywords()},
                                 {"triggers", trigger_keywords()},
                                 {"reservations", reservation_keywords()},
                                 {"node.conf node", node_section_keywords()},
                                 {"node.conf ssh", ssh_section_keywords()},
                                 {"node.conf journal", journal_section_keywords()},
                                 {"node.conf cni", cni_section_keywords()}};
    for (const HypervisorType& type : hypervisor_types()) tables.push_back({"node.conf " + std::string(type.name), type.node_keywords});
    for (const SectionKind& kind : section_kinds()) {
        tables.push_back({std::string(kind.name), kind.keywords});
        for (const SectionDriver& driver : kind.drivers)
            tables.push_back({std::string(kind.name) + "." + std::string(driver.name), driver.keywords});
    }
    for (const Technology& technology : technologies())
        tables.push_back({"container." + std::string(technology.name), technology.keywords});
    return tables;
}

/// Calls `check` with every keyword and the name of its table.
template <typename Check>
void for_each_keyword(Check check) {
    for (const Named& named : all_tables())
        for (const Keyword& keyword : named.table) {
            CAPTURE(named.name);
            CAPTURE(keyword.name);
            check(keyword);
        }
}

std::set<std::string_view> names_of(Keywords table) {
    std::set<std::string_view> names;
    for (const Keyword& keyword : table) names.insert(keyword.name);
    return names;
}

}  // namespace

TEST_CASE("Every keyword has a name, a text of whole sentences, and the version that had it first") {
    for_each_keyword([](const Keyword& keyword) {
        CHECK_FALSE(keyword.name.empty());
        CHECK(lower_case(keyword.name) == keyword.name);
        CHECK(keyword.text.size() > 10);
        CHECK((keyword.text.ends_with(".") || keyword.text.ends_with("`.")));
        CHECK(keyword.text.find("  ") == std::string_view::npos);
        const std::set<std::string_view> versions = {"1.4", "1.5", "1.6", "1.7", "1.8", "1.9", "2.0", "2.1", "svcmgr"};
        CHECK(versions.contains(keyword.since));
    });
}

TEST_CASE("Every default is a value that its own keyword allows") {
    for_each_keyword([](const Keyword& keyword) {
        if (keyword.default_value.empty() || has_references(keyword.default_value)) return;
        std::string value(keyword.default_value);
        CHECK_FALSE(check_value(keyword, value));
    });
}

TEST_CASE("Every example is a value that its own keyword allows") {
    for_each_keyword([](const Keyword& keyword) {
        std::string value(keyword.example);
        if (!value.empty()) CHECK_FALSE(check_value(keyword, value));
    });
}

TEST_CASE("A reader of the manual sees how to write every keyword of today") {
    for_each_keyword([](const Keyword& keyword) {
        if (!keyword.replaced_by.empty() || keyword.type == Keyword::Type::boolean) return;
        CHECK((!keyword.example.empty() || !keyword.default_value.empty() || !keyword.candidates.empty()));
    });
}

TEST_CASE("No table says a keyword twice, and no candidate is there twice") {
    for (const Named& named : all_tables()) {
        CAPTURE(named.name);
        CHECK(names_of(named.table).size() == named.table.size());
    }
    for_each_keyword([](const Keyword& keyword) {
        std::set<std::string> words;
        for (const std::string_view word : keyword.candidates) words.insert(lower_case(word));
        CHECK(words.size() == keyword.candidates.size());
    });
}

TEST_CASE("A required keyword has no default, and is not an old name") {
    for_each_keyword([](const Keyword& keyword) {
        if (keyword.need == Keyword::Need::optional) return;
        CHECK(keyword.default_value.empty());
        CHECK(keyword.replaced_by.empty());
    });
}

TEST_CASE("Every old name leads to a keyword of today in a section that may say both") {
    const ContainerKeywords no_drivers = [](std::string_view) { return std::nullopt; };
    std::vector<SectionShape> shapes = {*section_shape("DEFAULT", "", no_drivers).shape};
    for (const SectionKind& kind : section_kinds()) {
        for (const SectionDriver& driver : kind.drivers)
            shapes.push_back(*section_shape(std::string(kind.name) + "#1", std::string(driver.name), no_drivers).shape);
        shapes.push_back(*section_shape(std::string(kind.name) + "#1", "", no_drivers).shape);
    }
    for (const Technology& technology : technologies())
        shapes.push_back(*section_shape("container#1", std::string(technology.name), no_drivers).shape);

    for (const SectionShape& shape : shapes)
        for (const Keyword* keyword : shape.keywords.all()) {
            CAPTURE(shape.kind);
            CAPTURE(shape.driver);
            CAPTURE(keyword->name);
            const std::size_t dot = keyword->replaced_by.find('.');
            if (keyword->replaced_by.empty()) continue;
            if (dot == std::string_view::npos) {
                const Keyword* today = shape.keywords.find(keyword->replaced_by);
                REQUIRE(today);
                CHECK(today->replaced_by.empty());
            } else {
                const bool somewhere = std::any_of(shapes.begin(), shapes.end(), [&](const SectionShape& other) {
                    return other.kind == keyword->replaced_by.substr(0, dot) && other.keywords.find(keyword->replaced_by.substr(dot + 1));
                });
                CHECK(somewhere);
            }
        }
}

TEST_CASE("The keywords of contract.md 2.4 to 2.11 are all there") {
    const ContainerKeywords no_drivers = [](std::string_view) { return std::nullopt; };
    const auto expect = [&](const std::string& section, const std::string& type, const char* words) {
        const ShapeAnswer answer = section_shape(section, type, no_drivers);
        REQUIRE(answer.shape);
        for (const std::string& word : split_words(words)) {
            CAPTURE(section);
            CAPTURE(type);
            CAPTURE(word);
            CHECK(answer.shape->keywords.find(word));
        }
    };
    expect(
        "DEFAULT", "",
        "mode vm_name vm_uuid guest_os service_type env nodes autostart_node drpnode drpnodes encapnodes app comment cluster_type topology "
        "flex_min_nodes flex_max_nodes flex_min flex_max flex_target flex_cpu_min_threshold flex_cpu_max_threshold flex_primary "
        "drp_flex_primary "
        "anti_affinity hard_anti_affinity soft_anti_affinity hard_affinity soft_affinity affinity cluster scsireserv no_preempt_abort "
        "prkey bwlimit "
        "sync_interval sync_max_delay presnap_trigger postsnap_trigger monitor_action pre_monitor_action lock_timeout rollback "
        "show_disabled disable "
        "comp_schedule push_schedule status_schedule mon_schedule monitor_schedule sync_schedule resinfo_schedule create_pg pg_cpus "
        "pg_mems "
        "pg_cpu_shares pg_cpu_quota pg_mem_oom_control pg_mem_limit pg_vmem_limit pg_mem_swappiness pg_blkio_weight containerize "
        "container_cpus "
        "docker_daemon_private docker_data_dir container_data_dir docker_daemon_args docker_exe dockerd_exe docker_swarm_args "
        "docker_swarm_managers "
        "drp_type drnoaction pkg_name aws aws_profile orchestrate placement constraints parents children slaves scale stonith id pool "
        "access "
        "virtinst snap snapof rootfs template");
    expect("app#1", "",
           "tags subset disable disable_on enable_on optional optional_on monitor monitor_on restart always_on standby shared encap "
           "provision unprovision "
           "comment pre_start post_start blocking_pre_start blocking_post_start pre_stop pre_run pre_provision pre_unprovision "
           "pre_sync_nodes pre_sync_drp "
           "pre_sync_resync pre_sync_update pre_sync_restore blocking_post_sync_restore pre_syncnodes post_syncdrp pre_syncresync "
           "start_requires "
           "stop_requires sync_nodes_requires");
    expect("container#1", "kvm",
           "type name hostname guestos osvc_root_path start_timeout stop_timeout qga scsireserv promote_rw virtinst snap snapof");
    expect("container#1", "zone", "delete_on_stop container_origin snap snapof rootfs template zonepath");
    expect("container#1", "lxc", "rcmd cf rootfs template template_options mirror security_mirror container_data_dir");
    expect("container#1", "vz", "rootfs template");
    expect("container#1", "ovm", "uuid");
    expect("container#1", "jail", "jailroot ips ip6s");
    expect("container#1", "srp", "ip rootpath prm_cores");
    expect("container#1", "docker",
           "run_image run_command run_args docker_service image command image_pull_policy netns pidns ipcns utsns userns privileged "
           "interactive tty name "
           "volume_mounts environment devices start_timeout");
    expect("container#1", "vcloud", "cloud_id key_name size shared_ip_group vapp");
    expect("container#1", "vbox", "headless");
    expect("ip#1", "", "ipname ipdev netmask gateway type zone dns_update dns_name_suffix network provisioner check_carrier alias expose");
    expect("ip#1", "docker", "container_rid del_net_route");
    expect("ip#1", "crossbow", "ipdevext");
    expect("ip#1", "amazon", "eip cascade_allocation docker_daemon_ip");
    expect("ip#1", "gce", "gce_zone routename");
    expect("ip#1", "netns", "mode netns nsdev vlan_tag vlan_mode");
    expect("disk#1", "vg", "name vgname dsf pvs options scsireserv no_preempt_abort prkey");
    expect("disk#1", "vmdg", "container_id scsireserv");
    expect("vmdg", "", "container_id scsireserv no_preempt_abort prkey");
    expect("disk#1", "vdisk", "path");
    expect("disk#1", "drbd", "res");
    expect("disk#1", "loop", "file size");
    expect("disk#1", "md", "uuid shared devs level layout chunk spares");
    expect("disk#1", "raw", "devs user group perm create_char_devices zone");
    expect("disk#1", "zpool", "name poolname vdev");
    expect("disk#1", "rados", "images client_id keyring lock lock_shared_tag size image_format");
    expect("disk#1", "veritas", "name");
    expect("disk#1", "amazon", "volumes");
    expect("disk#1", "gce", "names gce_zone");
    expect("disk#1", "disk", "disk_id array diskgroup size slo");
    expect("disk#1", "lv", "name vg size");
    expect("fs#1", "ext4", "dev mnt type mnt_opt mkfs_opt vg size snap_size zone scsireserv");
    expect("fs#1", "directory", "path user group perm");
    expect("share#1", "nfs", "path opts");
    expect("app#1", "",
           "script start stop check info timeout limit_as limit_core limit_cpu limit_data limit_fsize limit_memlock limit_nofile "
           "limit_nproc limit_rss "
           "limit_stack limit_vmem type start_timeout stop_timeout check_timeout info_timeout user group cwd status_log kill "
           "configs_environment "
           "secrets_environment environment umask retcodes");
    expect("sync#1", "", "type schedule sync_max_delay src dst target dstfs snap bwlimit exclude options");
    expect("sync#1", "dds", "src dst target snap_size");
    expect("sync#1", "zfs", "src dst target recursive");
    expect("sync#1", "netapp", "filer path user");
    expect("sync#1", "nexenta", "name path filer reversible");
    expect("sync#1", "symclone", "symid pairs precopy consistent restore_timeout");
    expect("sync#1", "symsrdfs", "symdg rdfg symid");
    expect("sync#1", "hp3par", "array rcg mode method");
    expect("sync#1", "zfssnap", "keep name dataset");
    expect("sync#1", "btrfssnap", "keep name subvol");
    expect("sync#1", "s3", "bucket full_schedule src options");
    for (const char* type :
         {"docker", "symsnap", "hp3parsnap", "evasnap", "ibmdssnap", "dcssnap", "dcsckpt", "necism", "rados", "btrfs", "rsync"})
        CHECK(section_shape("sync#1", type, no_drivers).problem == "");
    expect("hb#1", "openha", "type name");
    expect("stonith#1", "callout", "type target cmd");
    expect("task#1", "", "command on_error user confirmation schedule");
    expect("subset#ip:first", "", "parallel");
    expect("volume#1", "", "name pool size access format directories user group perm");
}

TEST_CASE("An app that no section describes can be asked what every resource can") {
    const Options options("app", {}, implicit_app_keywords());
    CHECK_FALSE(options.flag("disable"));
    CHECK(options.list("tags").empty());
    CHECK(options.text("script").empty());
}
