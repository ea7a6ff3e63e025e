#pragma once

#include <cstdio>
#include <cstdlib>

namespace svcmgr::fuzz {

/// Ends the run, so that the fuzzer keeps the input, when a promise is broken.
inline void require(bool condition, const char* what) {
    if (condition) return;
    std::fprintf(stderr, "broken promise: %s\n", what);
    std::abort();
}

}  // namespace svcmgr::fuzz
