#pragma once

#include <string>

#include "drivers/error.h"

namespace svcmgr {

/// Two lines for stderr: `svcmgr: where: message`, and what to do next.
std::string error_text(const Error& error);

/// `svcmgr.error/1`: code, message, where, hint.
std::string error_json(const Error& error);

}  // namespace svcmgr
