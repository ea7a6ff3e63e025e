#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/options.h"
#include "svcmgr/config/finding.h"

namespace svcmgr {

/// What a section may say, found by its name and, where the kind has several drivers, its type.
struct SectionShape {
    std::string kind;     ///< "container", "ip", "disk", "app", "DEFAULT" …; the sections vmdg, vg#1, loop#1 … are of the kind "disk"
    std::string driver;   ///< "kvm", "vmdg", "vg" …; empty when the kind has none
    KeywordSet keywords;  ///< the driver's, those of the kind, and those of every resource
    bool free = false;    ///< any keyword may be said: values for references ([env]), never resources
};

/// Answers which keywords a section may have. A finding (unknown_driver) comes back in `problem` for a name or type that nothing knows, and
/// as a warning for one that is known and that this version does not drive. Without a shape the section is left out.
struct ShapeAnswer {
    std::optional<SectionShape> shape;
    std::string problem;
    std::string suggestion;
    Finding::Level level = Finding::Level::error;
    bool problem_is_type = false;  ///< the `type` value is wrong rather than the section's name
    std::string write_instead;     ///< for a deprecated form of section: how it is written today
};
/// `type` is what the section says for this node, in lower case; empty when it says none. Never null; sections that are alike may share it.
using ShapeOf = std::function<std::shared_ptr<const ShapeAnswer>(std::string_view section, std::string_view type)>;

}  // namespace svcmgr
