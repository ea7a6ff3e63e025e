#pragma once

#include <span>
#include <string_view>

#include "drivers/options.h"

namespace svcmgr {

// What the sections of an env file may say (contract.md 2.5 to 2.11). The tables are constants. Where a text says that svcmgr reads a
// keyword and does nothing with it, the file stays valid for the OpenSVC that still runs elsewhere.

/// Of every section that makes a resource.
Keywords generic_keywords();
/// Commands around the actions, and what has to be up before them; of every resource, too.
Keywords trigger_keywords();
/// Of sections whose disks can be reserved.
Keywords reservation_keywords();
/// Of the reservation beside a resource: what it takes over from that one's section.
KeywordSet implicit_reservation_keywords();

/// Of every container, whatever its type; a technology's own are in drivers/hypervisor/keywords/.
Keywords container_keywords();
Keywords ip_keywords();
Keywords disk_keywords();
Keywords vmdg_keywords();
Keywords fs_keywords();
Keywords share_keywords();
Keywords app_keywords();
Keywords sync_keywords();
Keywords task_keywords();
Keywords volume_keywords();
Keywords heartbeat_keywords();
Keywords stonith_keywords();
Keywords subset_keywords();

/// What the options of an `app` have that no section describes.
KeywordSet implicit_app_keywords();

/// One of the drivers that a kind of section has.
struct SectionDriver {
    std::string_view name;          ///< the value of `type`
    std::string_view text;          ///< one sentence for the manual page; empty for another spelling of a driver
    Keywords keywords;              ///< beyond those of the kind; where both have one, the driver's counts
    std::string_view same_as = {};  ///< set for another spelling
};

/// A kind of section: what stands before the '#' of its name.
struct SectionKind {
    std::string_view name;
    std::string_view text;  ///< one or two sentences for the manual page
    Keywords keywords;
    std::span<const SectionDriver> drivers = {};
    std::string_view default_driver = {};  ///< when no `type` is said
    enum class Disks { none, reserved } disks = Disks::none;
    /// generic: it makes a resource. own: nothing but the table's keywords. free: any keyword, for references.
    enum class Says { generic, own, free } says = Says::generic;
    /// Whether a `type` that is no driver is allowed: the type of a file system.
    enum class Types { drivers, any } types = Types::drivers;
};

/// Every kind but DEFAULT, in the order of the manual page. The drivers of `container` are the hypervisors (drivers/hypervisor/table.h).
std::span<const SectionKind> section_kinds();
const SectionKind* find_section_kind(std::string_view name);

/// The driver of the kind `disk` that a section of this kind stands for: [vmdg] and, in old files, [vg#1], [loop#1], [drbd#1], [pool#1] and
/// [vdisk#1]. Empty for another kind.
std::string_view disk_driver_of(std::string_view kind);

}  // namespace svcmgr
