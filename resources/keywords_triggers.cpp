// Commands around the actions of a resource (contract.md 2.5).

#include "resources/keywords.h"

namespace svcmgr {

namespace {

constexpr std::string_view example_command = "/etc/svcmgr/vm188.d/notify";

constexpr Keyword trigger(std::string_view name, std::string_view text, std::string_view since, std::string_view replaced_by = {}) {
    return {.name = name,
            .type = Keyword::Type::command,
            .text = text,
            .example = replaced_by.empty() ? example_command : std::string_view(),
            .since = since,
            .replaced_by = replaced_by};
}

constexpr Keyword needed(std::string_view name, std::string_view text) {
    return {.name = name, .text = text, .example = "ip#1 disk#2(up,stdby up)", .since = "1.8"};
}

constexpr Keyword table[] = {
    {.name = "trigger_timeout",
     .type = Keyword::Type::duration,
     .text = "How long each of these commands may take. Then it is ended, with all that it started.",
     .default_value = "5m",
     .example = "30s",
     .since = "svcmgr"},
    trigger("pre_start", "A command that is run before it is started. When it fails, that is written down and the action goes on.", "1.4"),
    trigger("blocking_pre_start", "A command that is run before it is started. When it fails, the action ends there.", "1.6"),
    trigger("post_start", "A command that is run after it is started. When it fails, that is written down and the action goes on.", "1.4"),
    trigger("blocking_post_start", "A command that is run after it is started. When it fails, the action fails.", "1.6"),
    trigger("pre_stop", "A command that is run before it is stopped. When it fails, that is written down and the action goes on.", "1.4"),
    trigger("blocking_pre_stop", "A command that is run before it is stopped. When it fails, the action ends there.", "1.6"),
    trigger("post_stop", "A command that is run after it is stopped. When it fails, that is written down and the action goes on.", "1.4"),
    trigger("blocking_post_stop", "A command that is run after it is stopped. When it fails, the action fails.", "1.6"),
    trigger("pre_run", "A command that is run before its task runs. When it fails, that is written down and the action goes on.", "1.8"),
    trigger("blocking_pre_run", "A command that is run before its task runs. When it fails, the action ends there.", "1.8"),
    trigger("post_run", "A command that is run after its task runs. When it fails, that is written down and the action goes on.", "1.8"),
    trigger("blocking_post_run", "A command that is run after its task runs. When it fails, the action fails.", "1.8"),
    trigger("pre_provision",
            "A command that is run before OpenSVC provisions it. When it fails, that is written down and the action goes on.", "1.5"),
    trigger("blocking_pre_provision", "A command that is run before OpenSVC provisions it. When it fails, the action ends there.", "1.5"),
    trigger("post_provision",
            "A command that is run after OpenSVC provisions it. When it fails, that is written down and the action goes on.", "1.5"),
    trigger("blocking_post_provision", "A command that is run after OpenSVC provisions it. When it fails, the action fails.", "1.5"),
    trigger("pre_unprovision",
            "A command that is run before OpenSVC unprovisions it. When it fails, that is written down and the action goes on.", "1.8"),
    trigger("blocking_pre_unprovision", "A command that is run before OpenSVC unprovisions it. When it fails, the action ends there.",
            "1.8"),
    trigger("post_unprovision",
            "A command that is run after OpenSVC unprovisions it. When it fails, that is written down and the action goes on.", "1.8"),
    trigger("blocking_post_unprovision", "A command that is run after OpenSVC unprovisions it. When it fails, the action fails.", "1.8"),
    trigger("pre_sync_nodes",
            "A command that is run before it is replicated to the nodes. When it fails, that is written down and the action goes on.",
            "1.6"),
    trigger("blocking_pre_sync_nodes", "A command that is run before it is replicated to the nodes. When it fails, the action ends there.",
            "1.6"),
    trigger("post_sync_nodes",
            "A command that is run after it is replicated to the nodes. When it fails, that is written down and the action goes on.",
            "1.6"),
    trigger("blocking_post_sync_nodes", "A command that is run after it is replicated to the nodes. When it fails, the action fails.",
            "1.6"),
    trigger("pre_sync_drp",
            "A command that is run before it is replicated to the disaster recovery nodes. When it fails, that is written down and the "
            "action goes on.",
            "1.6"),
    trigger("blocking_pre_sync_drp",
            "A command that is run before it is replicated to the disaster recovery nodes. When it fails, the action ends there.", "1.6"),
    trigger("post_sync_drp",
            "A command that is run after it is replicated to the disaster recovery nodes. When it fails, that is written down and the "
            "action goes on.",
            "1.6"),
    trigger("blocking_post_sync_drp",
            "A command that is run after it is replicated to the disaster recovery nodes. When it fails, the action fails.", "1.6"),
    trigger("pre_sync_resync",
            "A command that is run before its replication is resumed. When it fails, that is written down and the action goes on.", "1.6"),
    trigger("blocking_pre_sync_resync", "A command that is run before its replication is resumed. When it fails, the action ends there.",
            "1.6"),
    trigger("post_sync_resync",
            "A command that is run after its replication is resumed. When it fails, that is written down and the action goes on.", "1.6"),
    trigger("blocking_post_sync_resync", "A command that is run after its replication is resumed. When it fails, the action fails.", "1.6"),
    trigger("pre_sync_update",
            "A command that is run before its replica is updated. When it fails, that is written down and the action goes on.", "1.6"),
    trigger("blocking_pre_sync_update", "A command that is run before its replica is updated. When it fails, the action ends there.",
            "1.6"),
    trigger("post_sync_update",
            "A command that is run after its replica is updated. When it fails, that is written down and the action goes on.", "1.6"),
    trigger("blocking_post_sync_update", "A command that is run after its replica is updated. When it fails, the action fails.", "1.6"),
    trigger("pre_sync_restore",
            "A command that is run before it is restored from its replica. When it fails, that is written down and the action goes on.",
            "1.6"),
    trigger("blocking_pre_sync_restore",
            "A command that is run before it is restored from its replica. When it fails, the action ends there.", "1.6"),
    trigger("post_sync_restore",
            "A command that is run after it is restored from its replica. When it fails, that is written down and the action goes on.",
            "1.6"),
    trigger("blocking_post_sync_restore", "A command that is run after it is restored from its replica. When it fails, the action fails.",
            "1.6"),
    needed("start_requires",
           "The resources that have to be up before it is started, each with the states that are right in parentheses; `impossible` "
           "forbids it for good."),
    needed("stop_requires",
           "The resources that have to be up before it is stopped, each with the states that are right in parentheses; `impossible` "
           "forbids it for good."),
    needed("run_requires",
           "The resources that have to be up before its task runs, each with the states that are right in parentheses; `impossible` "
           "forbids it for good."),
    needed("provision_requires",
           "The resources that have to be up before OpenSVC provisions it, each with the states that are right in parentheses; "
           "`impossible` forbids it for good."),
    needed("unprovision_requires",
           "The resources that have to be up before OpenSVC unprovisions it, each with the states that are right in parentheses; "
           "`impossible` forbids it for good."),
    needed("sync_nodes_requires",
           "The resources that have to be up before it is replicated to the nodes, each with the states that are right in parentheses; "
           "`impossible` forbids it for good."),
    needed("sync_drp_requires",
           "The resources that have to be up before it is replicated to the disaster recovery nodes, each with the states that are right "
           "in parentheses; `impossible` forbids it for good."),
    needed("sync_resync_requires",
           "The resources that have to be up before its replication is resumed, each with the states that are right in parentheses; "
           "`impossible` forbids it for good."),
    needed("sync_update_requires",
           "The resources that have to be up before its replica is updated, each with the states that are right in parentheses; "
           "`impossible` forbids it for good."),
    needed("sync_restore_requires",
           "The resources that have to be up before it is restored from its replica, each with the states that are right in parentheses; "
           "`impossible` forbids it for good."),
    trigger("pre_syncnodes", "The name of `pre_sync_nodes` in OpenSVC 1.4 and 1.5.", "1.4", "pre_sync_nodes"),
    trigger("post_syncnodes", "The name of `post_sync_nodes` in OpenSVC 1.4 and 1.5.", "1.4", "post_sync_nodes"),
    trigger("pre_syncdrp", "The name of `pre_sync_drp` in OpenSVC 1.4 and 1.5.", "1.4", "pre_sync_drp"),
    trigger("post_syncdrp", "The name of `post_sync_drp` in OpenSVC 1.4 and 1.5.", "1.4", "post_sync_drp"),
    trigger("pre_syncresync", "The name of `pre_sync_resync` in OpenSVC 1.4 and 1.5.", "1.4", "pre_sync_resync"),
    trigger("post_syncresync", "The name of `post_sync_resync` in OpenSVC 1.4 and 1.5.", "1.4", "post_sync_resync"),
};

}  // namespace

Keywords trigger_keywords() {
    return table;
}

}  // namespace svcmgr
