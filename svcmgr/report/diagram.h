#pragma once

#include <string>
#include <vector>

#include "svcmgr/action/order.h"
#include "svcmgr/action/plan.h"
#include "svcmgr/report/style.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// Boxes and what goes before what, however it is drawn.
struct Diagram {
    struct Box {
        std::string name;    ///< "container#1 start"
        std::string detail;  ///< one line below it: why, or what it is; may be empty
    };
    struct Arrow {
        std::size_t from = 0;  ///< index of the box that goes first
        std::size_t to = 0;
        std::string reason;  ///< may be empty
    };
    std::string title;
    std::vector<Box> boxes;  ///< each behind those that go before it
    std::vector<Arrow> arrows;
};

/// The order of a service's resources; what follows from other arrows is left out.
Diagram diagram_of(const Service& service, const Order& order, const std::string& title);
/// The steps of a plan without its guards.
Diagram diagram_of(const Plan& plan);

/// How many boxes, one after the other, come before each.
std::vector<std::size_t> depths_of(const Diagram& diagram);

/// For Graphviz: `| dot -Tpng`.
std::string diagram_dot(const Diagram& diagram);
/// Boxes in columns from left to right; one file, with a title and a description for screen readers.
std::string diagram_svg(const Diagram& diagram);
/// Boxes in rows from top to bottom, to stand in a page of HTML (report/page.h), whose styles give it its colours and its arrows their
/// heads.
std::string diagram_figure(const Diagram& diagram);
/// Each box below the last of those that it waits for.
std::string diagram_tree(const Diagram& diagram, const Style& style);

}  // namespace svcmgr
