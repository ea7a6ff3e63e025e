#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "svcmgr/report/history.h"
#include "svcmgr/report/mon.h"
#include "svcmgr/report/status.h"

namespace svcmgr {

/// What the page has of one service. What it refers to outlives it.
struct PageService {
    ServiceView view;
    const ServiceEverywhere& everywhere;
    std::optional<JournaledAction> last;   ///< the newest action, whatever became of it
    std::optional<JournaledAction> drawn;  ///< the newest one that has begun a step
};

struct Page {
    std::string node;
    WallTime observed;  ///< when the looks were over: ages count from it
    bool peers_asked = true;
    std::string journal_problem;  ///< why nothing is known of actions; empty when it is
    std::vector<PageService> services;
    std::map<std::string, std::string> unread;  ///< by service, why its env file could not be read
};

/// `svcmgr report --html`: services by nodes, what there is to say of them, then each service with its resources, the order of its start
/// and its last action. HTML that is XML as well, in one file without scripts and without anything from outside, which its content security
/// policy forbids, too. Whatever texts are shown, they stay texts. It says by words, and not only by colours, what it says; it can be read
/// on a telephone, by a screen reader and on paper, in light and dark.
std::string page_html(const Page& page);

}  // namespace svcmgr
