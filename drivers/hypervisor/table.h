#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/hypervisor/hypervisor.h"
#include "drivers/options.h"
#include "drivers/world.h"

namespace svcmgr {

/// What a start waits for, once the hypervisor says that the guest runs.
enum class Readiness {
    over_network,  ///< it answers ping, and a command runs in it over ssh (contract.md 5.0)
    by_command,    ///< a command runs in it by the hypervisor's own means; it is pinged only when its section says a `hostname`
    by_itself,     ///< its own health check where it has one; it is pinged only when its section says a `hostname`
};

/// What a guest is made from when its hypervisor does not know it.
enum class Origin {
    definition,  ///< a file that describes it; without one it can't be started
    section,     ///< its section of the env file: a start makes it
};

/// Something in a section that its technology can't do as it is written.
struct SectionProblem {
    std::string keyword;
    std::string message;  ///< one sentence, without a full stop
    enum class Level { warning, error } level = Level::error;
};

/// One technology: a line of the table.
struct HypervisorType {
    std::string_view name;         ///< the `type` of a container section
    std::string_view description;  ///< for the manual page
    std::string_view manual;       ///< for its section there: how it is reached, and what is particular to it
    Keywords keywords;             ///< of its container sections, beyond those that all containers have
    Keywords node_keywords;        ///< of the section of its name in node.conf
    Readiness readiness;
    Origin origin = Origin::definition;
    /// What is wrong with the values of a section beyond their types; null where nothing can be. Asks nobody.
    std::vector<SectionProblem> (*check)(const Options& section) = nullptr;
    /// The guest with what its technology makes of its section: another name, a uuid. `service_id` may be empty. Null where nothing is.
    Guest (*settle)(Guest guest, const std::string& service_id) = nullptr;
    /// Of the libraries that its module brings along, those that are loaded alone before it (see Module). Only such as it needs in any
    /// case.
    std::span<const char* const> loaded_first = {};
};

/// Every technology that this version has a driver for, in the order of the manual page.
std::span<const HypervisorType> hypervisor_types();
/// Null for a word that is not in the table; `explain_unknown_hypervisor` says what to tell the user.
const HypervisorType* find_hypervisor_type(std::string_view name);
/// "svcmgr 0.1.0 has no driver for xen; it has: kvm" for a technology that env files may name (contract.md 2.6), otherwise
/// "'kmv' is no technology that svcmgr knows; it has drivers for: kvm".
std::string explain_unknown_hypervisor(std::string_view name);

/// Hands out drivers; each is made once, when the first service needs it.
class Hypervisors {
public:
    virtual ~Hypervisors() = default;
    /// The driver of a technology. Throws Error: `invalid` for one that is not in the table, `unreachable` with the name of the package
    /// when its module is not installed.
    virtual Hypervisor& get(std::string_view type) = 0;
};

/// The production table: modules (`svcmgr-kvm.so`…) loaded from one directory on first use.
class ModuleHypervisors : public Hypervisors {
public:
    /// `options_of` returns a technology's section of node.conf.
    ModuleHypervisors(Path module_directory, std::function<Options(std::string_view type)> options_of);
    ~ModuleHypervisors() override;
    /// The world that the drivers are given; set once, before the first `get`. Its parts outlive this object, which lives until nobody
    /// uses a driver any more: it is destroyed before the process ends, since drivers take leave of their daemons.
    void set_world(const World& world);
    Hypervisor& get(std::string_view type) override;

private:
    Path directory_;
    std::function<Options(std::string_view)> options_of_;
    std::optional<World> world_;
    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<Hypervisor>, std::less<>> loaded_;
};

/// What a module exports under the name `svcmgr_make_hypervisor`.
using MakeHypervisor = Hypervisor* (*)(const World&, const Options&);

}  // namespace svcmgr
