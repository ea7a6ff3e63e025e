#pragma once

#include <string_view>

namespace svcmgr {

/// What services and nodes are for: the values of `env` and of a node's host mode (contract.md 2.4, 11.3).
inline constexpr std::string_view environment_words[] = {"DEV",  "DRP", "FOR", "INT", "PRA", "PRD", "PRJ",
                                                         "PPRD", "REC", "STG", "TMP", "TST", "UAT"};

}  // namespace svcmgr
