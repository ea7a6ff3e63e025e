#pragma once

#include <memory>
#include <string_view>

#include "svcmgr/config/shape.h"

namespace svcmgr {

/// What a section of an env file may say, with this version's drivers (section_shape). It is worked out once for a name and a type: the
/// sections of thousands of files have few of them. From any thread.
std::shared_ptr<const ShapeAnswer> env_shape(std::string_view section, std::string_view type);

}  // namespace svcmgr
