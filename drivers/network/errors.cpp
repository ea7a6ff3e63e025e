#include "drivers/network/errors.h"

#include <fmt/format.h>

#include <cctype>
#include <cerrno>
#include <cstring>

namespace svcmgr {

std::string network_reason(int errno_value) {
    switch (errno_value) {
        case EHOSTUNREACH: return "the host is unreachable: no route to it, or nobody answers for its address";
        case EACCES: return "permission denied";
        case EPERM: return "a packet filter of this machine does not let it through";
        case EAFNOSUPPORT: return "this machine does not speak this address's protocol";
        case ETIMEDOUT: return "no answer";
    }
    const char* text = strerrordesc_np(errno_value);
    if (text == nullptr) return fmt::format("error {}", errno_value);
    std::string reason = text;
    reason[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(reason[0])));
    return reason;
}

}  // namespace svcmgr
