#include "drivers/error.h"

#include <utility>

namespace svcmgr {

Error::Error(Code code, std::string message, std::string where, std::string hint)
    : code_(code), message_(std::move(message)), where_(std::move(where)), hint_(std::move(hint)) {
    text_ = where_.empty() ? message_ : where_ + ": " + message_;
    if (!hint_.empty()) text_ += " (" + hint_ + ")";
}

Error::~Error() = default;

const char* to_string(Error::Code code) noexcept {
    switch (code) {
        case Error::Code::failed: return "failed";
        case Error::Code::invalid: return "invalid";
        case Error::Code::refused: return "refused";
        case Error::Code::locked: return "locked";
        case Error::Code::left_behind: return "left_behind";
        case Error::Code::unreachable: return "unreachable";
        case Error::Code::timed_out: return "timed_out";
        case Error::Code::interrupted: return "interrupted";
    }
    return "failed";
}

}  // namespace svcmgr
