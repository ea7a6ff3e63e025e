#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "svcmgr/report/history.h"
#include "svcmgr/report/style.h"

namespace svcmgr {

/// What an action did when: its steps that were begun, in their order, on an axis that begins with the action.
struct Timeline {
    enum class Look { done, failed, unfinished, undone, undo_failed };
    struct Bar {
        std::string name;
        Duration begin{};
        Duration end{};  ///< of an unfinished one: of the axis
        Look look = Look::done;
        std::optional<Duration> undone;  ///< when its undoing ended
        std::string text;                ///< "3 s, undone at 6 s"
    };
    std::string title;
    Duration length{};  ///< of the axis; not zero
    std::vector<Bar> bars;
    std::vector<std::string> without_bar;  ///< steps that were not begun
};

Timeline timeline_of(const JournaledAction& action);

/// Each look has a character of its own; the legend below names those that occur. As wide as the style, and not narrower than 60 columns.
std::string timeline_text(const Timeline& timeline, const Style& style);

/// A file of its own, without scripts, fonts or anything else from outside. Each bar has its text beside it, a pattern beside its colour,
/// and a title; the whole has a title and a description for who can't see it.
std::string timeline_svg(const Timeline& timeline);

/// The bars, to stand in a page of HTML (report/page.h), whose styles give them their colours and patterns.
std::string timeline_figure(const Timeline& timeline);

}  // namespace svcmgr
