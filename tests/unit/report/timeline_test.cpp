#include "svcmgr/report/timeline.h"

#include <doctest/doctest.h>

#include "tests/unit/report/example_action.h"

using namespace svcmgr;
using namespace std::chrono_literals;

namespace {

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t place = text.find(part); place != std::string::npos; place = text.find(part, place + 1)) ++found;
    return found;
}

}  // namespace

TEST_CASE("a timeline has the steps that were begun, on an axis that ends with the action") {
    const Timeline timeline = timeline_of(example_action());
    CHECK(timeline.length == 6s);
    CHECK(timeline.title == "vm188 start, 2026-11-20T10:00:00Z, undone after 6 s");
    REQUIRE(timeline.bars.size() == 2);
    CHECK(timeline.bars[0].begin == 500ms);
    CHECK(timeline.bars[0].end == 3500ms);
    CHECK(timeline.bars[0].look == Timeline::Look::undone);
    CHECK(timeline.bars[0].undone == 6s);
    CHECK(timeline.bars[0].text == "3 s, undone at 6 s");
    CHECK(timeline.bars[1].look == Timeline::Look::failed);
    CHECK(timeline.without_bar.empty());
}

TEST_CASE("bars are drawn to scale, and a legend says what their characters mean") {
    CHECK(timeline_text(timeline_of(example_action()), {}) ==
          "vm188 start, 2026-11-20T10:00:00Z, undone after 6 s\n"
          "                     0 s               3 s             6 s\n"
          "container#1 start   |   ------------------               u|  3 s, undone at 6 s\n"
          "container#1 wait up |                     xxxxxxxxx       |  1.5 s, failed\n"
          "x failed   - undone later   u its undoing ended\n");
    for (const int width : {0, 60, 200}) {
        std::size_t longest = 0, line = 0;
        for (const char c : timeline_text(timeline_of(example_action()), {.width = width})) {
            line = c == '\n' ? 0 : line + 1;
            longest = std::max(longest, line);
        }
        CHECK(longest <= static_cast<std::size_t>(std::max(width, 70)));
        if (width == 200) CHECK(longest > 150);
    }
}

TEST_CASE("what was killed has a bar without an end, what was not begun has none") {
    JournaledAction action = example_action();
    action.state = ActionState::interrupted;
    action.elapsed.reset();
    action.history.ended.reset();
    action.history.steps[1].state = StepState::begun;
    action.history.steps[1].ended.reset();
    action.history.steps[1].undone.reset();
    action.history.steps[2] = {.step = action.history.steps[2].step};
    const Timeline timeline = timeline_of(action);
    CHECK(timeline.length == 500ms);  // nothing is known of what came later
    REQUIRE(timeline.bars.size() == 1);
    CHECK(timeline.bars[0].look == Timeline::Look::unfinished);
    CHECK(timeline.without_bar == std::vector<std::string>{"container#1 wait up"});
    const std::string text = timeline_text(timeline, {});
    CHECK(count(text, "~ has no end") == 1);
    CHECK(count(text, "not begun: container#1 wait up") == 1);
}

// If this fails, a clock that was set while an action ran breaks its picture.
TEST_CASE("a clock that was set back, or an action without any length, still has a timeline") {
    JournaledAction action = example_action();
    for (StepRecord& record : action.history.steps)
        for (auto* time : {&record.begun, &record.ended, &record.undone})
            if (*time) **time -= 24h;
    action.elapsed = 0s;
    const Timeline timeline = timeline_of(action);
    CHECK(timeline.length > 0s);
    for (const Timeline::Bar& bar : timeline.bars) CHECK(bar.begin >= 0s);
    CHECK(timeline_text(timeline, {}).size() > 100);
    CHECK(timeline_svg(timeline).size() > 100);
}

// If this fails, who can't see the picture learns nothing from it, or a resource's name breaks it.
TEST_CASE("a picture can be read without seeing it, and holds whatever the names are") {
    JournaledAction action = example_action();
    action.history.steps[1].step.rid = Rid("fs#<a&\"'>\033\xff");
    const std::string svg = timeline_svg(timeline_of(action));
    CHECK(svg.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\""));
    CHECK(count(svg, "role=\"img\" aria-labelledby=\"title desc\"") == 1);
    CHECK(count(svg, "<title id=\"title\">vm188 start, 2026-11-20T10:00:00Z, undone after 6 s</title>") == 1);
    CHECK(count(svg, "<desc id=\"desc\">2 steps") == 1);
    CHECK(count(svg, "<g><title>") == 2);
    CHECK(count(svg, "<rect class=\"bar failed\"") == 1);
    CHECK(count(svg, "<rect class=\"bar undone\"") == 1);
    CHECK(count(svg, "1.5 s, failed</text>") == 1);
    CHECK(count(svg, "fs#&lt;a&amp;&quot;&#39;&gt;") >= 2);
    CHECK(count(svg, "\033") == 0);
    CHECK(count(svg, "\xff") == 0);
    CHECK(count(svg, "<script") == 0);
    CHECK(svg.ends_with("</svg>\n"));
}
