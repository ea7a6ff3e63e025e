#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/options.h"
#include "svcmgr/config/shape.h"

namespace svcmgr {

// What env files and node.conf may say that belongs to no resource (contract.md 2.4, 11.1).

/// Of the section DEFAULT of an env file.
Keywords default_keywords();
/// Limits of what the service may use of its node; of DEFAULT, too.
Keywords default_limit_keywords();
/// Of DEFAULT in old env files.
Keywords default_old_keywords();

/// Of the sections [node], [ssh] and [journal] of node.conf.
Keywords node_section_keywords();
Keywords ssh_section_keywords();
Keywords journal_section_keywords();
Keywords cni_section_keywords();

/// The keywords of a container's type, beyond those of every container; nothing for a type that this version has no driver for.
using ContainerKeywords = std::function<std::optional<Keywords>(std::string_view type)>;

/// What a section of an env file may say. Types that OpenSVC had and this version does not drive have a shape and a problem.
ShapeAnswer section_shape(std::string_view section, std::string_view type, const ContainerKeywords& container_keywords_of);

}  // namespace svcmgr
