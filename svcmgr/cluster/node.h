#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "drivers/files/files.h"
#include "drivers/host.h"
#include "drivers/options.h"
#include "drivers/scsi/key.h"
#include "svcmgr/config/finding.h"
#include "svcmgr/journal/journal.h"
#include "svcmgr/journal/service_log.h"

namespace svcmgr {

/// Where things are on a node (design.md 7). SVCMGR_ROOT, when set, stands before each.
struct Paths {
    explicit Paths(const std::string& root = {});

    Path root;               ///< SVCMGR_ROOT; empty when it is not set
    Path configuration;      ///< /etc/svcmgr
    Path node_conf;          ///< /etc/svcmgr/node.conf
    Path host_mode;          ///< /etc/svcmgr/host_mode
    Path known_hosts;        ///< /etc/svcmgr/known_hosts
    Path own_key;            ///< /etc/svcmgr/id_ed25519: what peers know svcmgr by
    Path state;              ///< /var/lib/svcmgr
    Path database;           ///< /var/lib/svcmgr/svcmgr.db
    Path locks;              ///< /run/svcmgr
    Path kept_status;        ///< /run/svcmgr/status.json: what was seen of all services last
    Path kept_looks;         ///< /run/svcmgr/status.db: the same, for `print status --cached`
    Path kept_drill;         ///< /var/lib/svcmgr/drill.json: what `svcmgr drill` found last
    Path logs;               ///< /var/log/svcmgr
    Path sysrq;              ///< /proc/sysrq-trigger
    Path templates;          ///< /etc/svcmgr/templates: env files to begin with
    Path shipped_templates;  ///< /usr/share/svcmgr/templates: those that come with svcmgr

    Path lock_of(const std::string& service) const;
    Path log_of(const std::string& service) const;
    Path frozen_flag_of(const std::string& service) const;
    Path frozen_flag() const;  ///< of the whole node
};

/// What node.conf and host_mode say.
class Node {
public:
    /// Reads node.conf; a missing one is an empty one.
    static Node load(const Files& files, const Host& host, const Paths& paths);

    const std::string& name() const { return name_; }
    const std::string& host_mode() const { return host_mode_; }  ///< upper case; TST when nothing says it (contract.md 11.1)
    /// A section of node.conf, with defaults: "node", "ssh", "kvm" …
    Options section(std::string_view name) const;
    Retention retention() const;   ///< of the journal
    LogLimits log_limits() const;  ///< of the services' log files
    /// The node's reservation key: `prkey` of node.conf, else one that is made of its name and machine id. 0 when `prkey` is no key.
    ReservationKey prkey() const { return prkey_; }
    bool said_prkey() const { return said_prkey_; }
    /// Keys that node.conf has for other nodes: `prkey@NODE`.
    const std::map<ReservationKey, std::string>& prkeys() const { return prkeys_; }
    /// What node.conf says that nodes are, by their names: `label.NAME = VALUE` in [node] of this one, `label.NAME@NODE` of others.
    const std::map<std::string, std::map<std::string, std::string>>& labels() const { return labels_; }
    const Findings& findings() const { return findings_; }

private:
    std::string name_;
    std::string host_mode_;
    std::vector<Options> sections_;
    ReservationKey prkey_;
    bool said_prkey_ = false;
    std::map<ReservationKey, std::string> prkeys_;
    std::map<std::string, std::map<std::string, std::string>> labels_;
    Findings findings_;
};

}  // namespace svcmgr
