#pragma once

#include <string>

namespace svcmgr {

/// What an errno of a socket means, in the words of Network's and Ssh's reasons: "connection refused", "network is unreachable" …
std::string network_reason(int errno_value);

}  // namespace svcmgr
