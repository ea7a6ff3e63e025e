#pragma once

#include <optional>
#include <set>
#include <span>
#include <string_view>

#include "svcmgr/action/planner.h"

namespace svcmgr {

/// An action by its word: where it goes, and with what. From this table come the commands, their help and what a record of one means.
struct ActionWord {
    std::string_view word;
    Goal goal;
    std::optional<Group> group;  ///< nothing: all groups of the goal
    Request::Standby standby;
    std::string_view text;       ///< for the help
    std::string_view type = {};  ///< only resources of this type; empty: all
    Request::Targets targets = Request::Targets::all;
};

std::span<const ActionWord> action_words();
/// Null when there is none. Names that older versions had (`mount`, `startvg` …, contract.md 1.3) find their successor.
const ActionWord* find_action_word(std::string_view word);

/// The groups that an action comes by until it has done `last`, in the order of its goal: `start --upto fs` does ip, disk and fs, `stop
/// --downto fs` app, container, share and fs.
std::set<Group> groups_until(Goal goal, Group last);
/// "fs" and the like; nothing for a word that names no group with a start and a stop.
std::optional<Group> startable_group(std::string_view word);

}  // namespace svcmgr
