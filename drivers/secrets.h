#pragma once

#include <string>
#include <vector>

#include "drivers/error.h"

namespace svcmgr {

/// Values that are never shown, wherever they turn up; drivers/secret_names.h is about what only sounds like one.
class Secrets {
public:
    /// Nothing for one of less than three bytes: it would tear words apart, and is no secret.
    void add(std::string value);
    /// With it what a program may write of it: what is inside its quotes, and each line of several that is long enough to be told apart.
    void add_as_written(const std::string& value);
    /// The text with each of them replaced by "***".
    std::string hidden_in(std::string text) const;
    Error hidden_in(const Error& error) const;

private:
    std::vector<std::string> values_;  ///< the longest first, so that one in another one leaves nothing of it
};

}  // namespace svcmgr
