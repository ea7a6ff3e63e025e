#pragma once

#include <optional>

#include "drivers/files/files.h"
#include "svcmgr/config/document.h"

namespace svcmgr {

/// A warning for a file that others than its owner can read, and that has a secret in it: at the first value that sounds like one
/// (drivers/secret_names.h). Nothing for any other.
std::optional<Finding> open_secret(const Document& document, const FileFacts& facts);

}  // namespace svcmgr
