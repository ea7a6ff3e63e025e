#include "svcmgr/report/page.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <set>
#include <string>

#include <pugixml.hpp>

#include "tests/unit/report/example_action.h"
#include "tests/unit/report/example_service.h"

using namespace svcmgr;
using Answer = PeerInstance::Answer;

namespace {

constexpr WallTime at_ten{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + std::chrono::hours(10)};

PeerInstance is(Status status) {
    return {.answer = Answer::given, .avail = status, .overall = status};
}

/// A page of one service on node109 and node110.
struct OnePage {
    explicit OnePage(const std::vector<ExamplePart>& parts = healthy_parts(), const std::string& name = "vm188") : example(parts, name) {
        everywhere.instances = {{"node109", is(Status::up)}, {"node110", is(Status::down)}};
        page.node = "node109";
        page.observed = at_ten;
    }

    std::string html() {
        page.services.clear();
        page.services.push_back({example.view(), everywhere, last, drawn});
        return page_html(page);
    }

    ExampleService example;
    ServiceEverywhere everywhere{*example.service, {}};
    std::optional<JournaledAction> last = example_action();
    std::optional<JournaledAction> drawn = example_action();
    Page page;
};

pugi::xml_document parsed(const std::string& html) {
    pugi::xml_document document;
    const pugi::xml_parse_result result = document.load_buffer(html.data(), html.size(), pugi::parse_default | pugi::parse_doctype);
    INFO(html.substr(static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, result.offset - 100)), 200));
    REQUIRE_MESSAGE(result, result.description());
    return document;
}

void for_each_node(const pugi::xml_node& node, const std::function<void(const pugi::xml_node&)>& each) {
    each(node);
    for (const pugi::xml_node& child : node.children()) for_each_node(child, each);
}

std::string text_of(const pugi::xml_node& node) {
    std::string text;
    for_each_node(node, [&](const pugi::xml_node& one) { text += one.type() == pugi::node_pcdata ? one.value() : ""; });
    return text;
}

/// Of the elements, with " | " between them.
std::string texts_of(const pugi::xml_document& document, const char* path) {
    std::vector<std::string> texts;
    for (const pugi::xpath_node& found : document.select_nodes(path)) texts.push_back(text_of(found.node()));
    return fmt::format("{}", fmt::join(texts, " | "));
}

constexpr const char* hostile =
    "</td></style><script>alert(1)</script><img src=\"http://evil/x\" onerror='y'>&amp; \x1b[2J\xff\xe2\x80\xae]]> <!--";

/// A page in which all that is foreign is hostile.
std::string hostile_page() {
    OnePage one({{"container#1", Group::container, "container.kvm", hostile, Status::up, {{LogLine::Level::warn, hostile}}},
                 {"app#1", Group::app, "app", hostile, Status::warn, {{LogLine::Level::error, hostile}}, "E"}},
                hostile);
    Observation& seen = one.example.observation;
    seen.frozen = true;
    seen.frozen_note = hostile;
    seen.acting = hostile;
    seen.interrupted = Interrupted{hostile, hostile, hostile, at_ten};
    seen.journal_problem = hostile;
    PeerInstance peer = is(Status::up);
    peer.frozen = true;
    peer.acting = peer.interrupted = hostile;
    peer.running = peer.unknown = {hostile};
    seen.peers = {{hostile, peer}, {"node111", {.answer = Answer::unreachable, .reason = hostile}}};
    one.everywhere.instances = seen.peers;
    one.page.node = one.page.journal_problem = hostile;
    one.page.unread = {{hostile, hostile}};
    for (std::optional<JournaledAction>* action : {&one.last, &one.drawn}) {
        ActionRecord& record = (*action)->history.action;
        record.service = record.action = record.reason = hostile;
        record.caller = {hostile, hostile, hostile};
        for (StepRecord& step : (*action)->history.steps) step.step.verb = step.step.reason = step.evidence = hostile;
    }
    one.last->history.action.sid = "another";
    for (StepRecord& step : one.last->history.steps) step.begun.reset();
    return one.html();
}

}  // namespace

// If this fails, a guest, a peer or whoever may write a log makes the browser of the person who looks do something.
TEST_CASE("whatever texts are shown, they stay texts") {
    const std::string html = hostile_page();
    const pugi::xml_document document = parsed(html);
    std::size_t shown = 0;
    for_each_node(document, [&](const pugi::xml_node& node) {
        const std::string name = node.name();
        CHECK(name != "script");
        CHECK(name != "img");
        CHECK(node.type() != pugi::node_comment);
        if (node.type() == pugi::node_pcdata && std::string(node.value()).find("alert(1)") != std::string::npos) ++shown;
        for (const pugi::xml_attribute& attribute : node.attributes()) CHECK(std::string(attribute.name()).substr(0, 2) != "on");
    });
    CHECK(shown > 20);
    CHECK(html.find('\x1b') == std::string::npos);
    CHECK(html.find("\xe2\x80\xae") == std::string::npos);
    CHECK(html.find('\xff') == std::string::npos);
}

// If this fails, the page tells somebody else that it is read, or can't be read where there is no network.
TEST_CASE("nothing comes from outside, and the page forbids it besides") {
    for (const std::string& html : {OnePage().html(), hostile_page()}) {
        const pugi::xml_document document = parsed(html);
        std::set<std::string> ids;
        std::vector<std::string> referred;
        for_each_node(document, [&](const pugi::xml_node& node) {
            for (const pugi::xml_attribute& attribute : node.attributes()) {
                const std::string name = attribute.name(), value = attribute.value();
                CHECK(name != "src");
                if (name == "id") CHECK_MESSAGE(ids.insert(value).second, value);
                if (name == "href") {
                    CHECK(value.starts_with('#'));
                    referred.push_back(value.substr(1));
                }
                if (name == "aria-labelledby") referred.push_back(value);
            }
            for (const char* element : {"link", "script", "iframe", "object", "embed", "base", "form", "use", "image"})
                CHECK(std::string(node.name()) != element);
        });
        for (const std::string& id : referred) CHECK_MESSAGE(ids.contains(id), id);
        const std::string style = document.select_node("//style").node().text().get();
        CHECK(style.find("@import") == std::string::npos);
        for (std::size_t place = style.find("url("); place != std::string::npos; place = style.find("url(", place + 1)) {
            CHECK(style[place + 4] == '#');
            CHECK(ids.contains(style.substr(place + 5, style.find(')', place) - place - 5)));
        }
        const pugi::xml_node policy = document.select_node("//meta[@http-equiv='Content-Security-Policy']").node();
        CHECK(std::string(policy.attribute("content").value()) == "default-src 'none'; style-src 'unsafe-inline'");
        CHECK(html.find("http://") == html.find("http://www.w3.org/1999/xhtml"));
    }
}

// If this fails, who can't see the page does not get what it says.
TEST_CASE("a screen reader finds its language, its headings, its tables and its pictures") {
    OnePage one;
    one.example.observation.peers = {{"node110", is(Status::down)}};
    const pugi::xml_document document = parsed(one.html());
    CHECK(std::string(document.child("html").attribute("lang").value()) == "en");
    CHECK(texts_of(document, "//body/a[1]") == "Skip to the services");
    CHECK(texts_of(document, "//h1") == "Services of node109");
    int level = 0;
    for_each_node(document, [&](const pugi::xml_node& node) {
        const std::string name = node.name();
        if (name.size() != 2 || name[0] != 'h' || name[1] < '1' || name[1] > '6') return;
        CHECK(name[1] - '0' <= level + 1);
        level = name[1] - '0';
    });
    for (const pugi::xpath_node& found : document.select_nodes("//table")) CHECK(!text_of(found.node().child("caption")).empty());
    for (const pugi::xpath_node& found : document.select_nodes("//th")) CHECK(found.node().attribute("scope"));
    std::size_t pictures = 0;
    for (const pugi::xpath_node& found : document.select_nodes("//*[name()='svg']")) {
        if (found.node().attribute("aria-hidden")) continue;
        ++pictures;
        CHECK(std::string(found.node().attribute("role").value()) == "img");
        CHECK(std::string(found.node().attribute("aria-label").value()).size() > 20);
    }
    CHECK(pictures == 2);
    for (const pugi::xpath_node& found : document.select_nodes("//div[@class='wide']")) {
        CHECK(std::string(found.node().attribute("tabindex").value()) == "0");
        CHECK(!std::string(found.node().attribute("aria-label").value()).empty());
    }
}

TEST_CASE("each status is said by a word, here and on the other nodes") {
    OnePage one;
    one.everywhere.instances["node111"] = {.answer = Answer::unreachable, .reason = "node111: no answer within 2 s"};
    const pugi::xml_document document = parsed(one.html());
    CHECK(texts_of(document, "//table[@class='matrix']//tbody/tr/*") == "vm188 | up | up leader | down | not known");
    CHECK(texts_of(document, "//section[@aria-labelledby='remarks']//li") == "node111: no answer within 2 s");

    CHECK(texts_of(document, "//table[@class='parts']//tr/th[@scope='row']/following-sibling::td[1]") ==
          "up | up | up | n/a | up | n/a | up");
}

// If this fails, half of a healthy cluster is red, and nobody looks at it any more.
TEST_CASE("what is down beside a node that has it up alarms nobody; what is down everywhere does") {
    OnePage one;
    CHECK(texts_of(parsed(one.html()), "//td/span[contains(@class, 'idle')]") == "down");
    one.everywhere.instances["node109"] = is(Status::down);
    CHECK(texts_of(parsed(one.html()), "//td/span[contains(@class, 'idle')]").empty());
}

TEST_CASE("what was seen earlier than the page says its age, and the page says when it was made") {
    OnePage one;
    one.page.observed += std::chrono::seconds(40);
    const std::string html = one.html();
    CHECK(html.find("<time datetime=\"2026-11-20T10:00:40Z\">2026-11-20 10:00:40 UTC</time>") != std::string::npos);
    CHECK(html.find(" seen 40 s before") != std::string::npos);
    CHECK(OnePage().html().find(" before<") == std::string::npos);
}

// If this fails, a start that was refused hides what was done before.
TEST_CASE("the last action is told, and the last timeline drawn") {
    OnePage one;
    one.last->history.action.sid = "0198f3a1-b2c3-7000-8000-000000000002";
    one.last->history.action.action = "stop";
    one.last->state = ActionState::refused;
    for (StepRecord& step : one.last->history.steps) step.begun.reset();
    const std::string html = one.html();
    CHECK(html.find("Last action: vm188 stop, 2026-11-20T10:00:00Z, refused") != std::string::npos);
    CHECK(html.find("The action before: vm188 start, 2026-11-20T10:00:00Z, undone after 6 s, by anna as root from 10.0.0.7: new disk") !=
          std::string::npos);
    one.last.reset();
    one.drawn.reset();
    CHECK(one.html().find("The journal has no action of it.") != std::string::npos);
    one.page.journal_problem = "it is damaged";
    CHECK(one.html().find("The journal has no action of it.") == std::string::npos);
}

TEST_CASE("a node without any service has a page, too") {
    Page page{.node = "node109", .observed = at_ten};
    page.unread = {{"vm200", "others than its owner can write it"}};
    const pugi::xml_document document = parsed(page_html(page));
    CHECK(texts_of(document, "//section[@aria-labelledby='remarks']//li") == "vm200: others than its owner can write it");
}
