#include "svcmgr/report/diagram.h"

#include <doctest/doctest.h>

using namespace svcmgr;

namespace {

Plan plan_of(const std::vector<std::pair<std::string, std::vector<int>>>& steps) {
    Plan plan;
    plan.service = "vm188";
    plan.action = "start";
    for (const auto& [rid, after] : steps) {
        Step step;
        step.id = static_cast<int>(plan.steps.size()) + 1;
        step.rid = Rid(rid);
        step.verb = "start";
        step.after = after;
        step.deadline = std::chrono::seconds(1);
        plan.steps.push_back(step);
    }
    return plan;
}

}  // namespace

TEST_CASE("a tree: chains are columns, branches are indented, a step that waits for several names them") {
    const Diagram diagram = diagram_of(plan_of({{"ip#1", {}}, {"a", {1}}, {"b", {1}}, {"c", {2, 3}}}));
    CHECK(diagram_tree(diagram, {}) ==
          "vm188 start\n"
          "'- ip#1 start\n"
          "   |- a start\n"
          "   '- b start\n"
          "         c start  (after a start, b start)\n");
}

// If this fails, a label ends the string that it stands in, and Graphviz or a browser reads something else.
TEST_CASE("what a file says stays text, whatever it says") {
    Diagram diagram = diagram_of(plan_of({{"ip#1", {}}, {"fs#1", {1}}}));
    diagram.boxes[0].detail = "a \"b\" \\ <c> & d\x1b[31m";
    diagram.arrows[0].reason = "\"];evil";
    const std::string dot = diagram_dot(diagram);
    CHECK(dot.find("a \\\"b\\\" \\\\") != std::string::npos);
    CHECK(dot.find("0 -> 1 [label=\"\\\"];evil\", style=dashed];") != std::string::npos);
    CHECK(dot.find('\x1b') == std::string::npos);
    const std::string svg = diagram_svg(diagram);
    CHECK(svg.find("&lt;c&gt; &amp; d") != std::string::npos);
    CHECK(svg.find('\x1b') == std::string::npos);
    CHECK(svg.find("<desc id=\"description\">ip#1 start, then fs#1 start</desc>") != std::string::npos);
}

TEST_CASE("nothing to draw is drawn") {
    const Diagram diagram = diagram_of(plan_of({}));
    CHECK(diagram_tree(diagram, {}) == "vm188 start\n");
    CHECK(diagram_dot(diagram).ends_with("}\n"));
    CHECK(diagram_svg(diagram).ends_with("</svg>\n"));
}

// If this fails, somebody with a telephone has to scroll sideways through a chain, or a label ends where it should not.
TEST_CASE("a figure for a page goes from top to bottom, and says its order in words") {
    Diagram diagram = diagram_of(plan_of({{"ip#1", {}}, {"a", {1}}, {"b", {1}}, {"c", {2, 3}}}));
    diagram.boxes[0].detail = "<c> & d\x1b[31m";
    const std::string figure = diagram_figure(diagram);
    CHECK(
        figure.find("aria-label=\"ip#1 start, then a start after ip#1 start, then b start after ip#1 start, then c start after a start and "
                    "b start\"") != std::string::npos);
    CHECK(figure.find("&lt;c&gt; &amp; d") != std::string::npos);
    CHECK(figure.find('\x1b') == std::string::npos);
    CHECK(figure.find(" id=") == std::string::npos);
    CHECK(figure.find("width=\"178\" height=\"208\"") != std::string::npos);
    CHECK(diagram_figure(diagram_of(plan_of({}))).ends_with("</svg>\n"));
}
