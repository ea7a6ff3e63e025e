#include "svcmgr/report/page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "svcmgr/report/diagram.h"
#include "svcmgr/report/html.h"
#include "svcmgr/report/instances.h"
#include "svcmgr/report/page_style.h"
#include "svcmgr/report/status_parts.h"
#include "svcmgr/report/timeline.h"

namespace svcmgr {

namespace {

/// "2026-11-20 10:00:00 UTC"
std::string readable(WallTime time) {
    std::string text = to_iso8601(time);
    text[10] = ' ';
    return text.substr(0, 19) + " UTC";
}

std::string_view class_of(Status status) {
    switch (printed(status)) {
        case Status::up:
        case Status::standby_up: return "status good";
        case Status::down:
        case Status::standby_down: return "status bad";
        case Status::warn: return "status doubt";
        case Status::not_applicable: return "status calm";
        default: return "status";
    }
}

std::string_view class_of(LogLine::Level level) {
    switch (level) {
        case LogLine::Level::info: return "calm";
        case LogLine::Level::warn: return "doubt";
        case LogLine::Level::error: return "bad";
    }
    return "";
}

/// The name of a service is one of an anchor as it is; what else could be in it is written as "_NN".
std::string anchor_of(const std::string& service) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
    std::string anchor = "service-";
    for (const char c : service)
        anchor += plain.find(c) != std::string_view::npos ? std::string(1, c) : fmt::format("_{:02x}", static_cast<unsigned char>(c));
    return anchor;
}

std::string traits_of(const Resource& resource) {
    std::vector<std::string> words{resource.type()};
    if (resource.monitored()) words.emplace_back("monitored");
    if (resource.disabled()) words.emplace_back("disabled");
    if (resource.optional()) words.emplace_back("optional");
    if (resource.carrier() != nullptr && !resource.made_from_outside()) words.emplace_back("in the guest");
    return fmt::format("{}", fmt::join(words, ", "));
}

class PageWriter {
public:
    explicit PageWriter(const Page& page) : page_(page), everywhere_(all_of(page)) {}

    std::string write() {
        html_.markup("<!DOCTYPE html>\n").open("html", {{"lang", "en"}, {"xmlns", "http://www.w3.org/1999/xhtml"}});
        head();
        html_.open("body");
        html_.element("a", "Skip to the services", {{"class", "skip"}, {"href", "#services"}}).markup("\n").markup(page_definitions);
        introduction();
        html_.open("main");
        matrix();
        remarks();
        if (!page_.services.empty()) services();
        html_.close().close().close();
        return html_.take();
    }

private:
    static std::vector<ServiceEverywhere> all_of(const Page& page) {
        std::vector<ServiceEverywhere> all;
        for (const PageService& one : page.services) all.push_back(one.everywhere);
        return all;
    }

    std::string title() const { return fmt::format("Services of {}", page_.node); }

    void head() {
        html_.open("head");
        html_.empty("meta", {{"charset", "utf-8"}});
        // Of an attribute's value: the apostrophes are needed as they are.
        html_.markup("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n");
        html_.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
        html_.empty("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
        html_.empty("meta", {{"name", "generator"}, {"content", "svcmgr " SVCMGR_VERSION}});
        html_.element("title", fmt::format("{} at {}", title(), readable(page_.observed)));
        html_.open("style").markup(page_style).close().close();
    }

    void time(WallTime time) { html_.element("time", readable(time), {{"datetime", to_iso8601(time)}}); }

    void introduction() {
        html_.open("header").element("h1", title());
        html_.open("p", {{"class", "soft"}}).text("Looked at ");
        time(page_.observed);
        html_.text("; ages count from then. ");
        html_.text(page_.peers_asked ? "The other nodes were asked at the same time." : "The other nodes were not asked.").close();
        html_.close();
    }

    void status(Status status) { html_.element("span", to_string(status), {{"class", class_of(status)}}); }

    /// What is down because another node has it up is as it should be.
    static bool idle(const ServiceEverywhere& everywhere, Status here) { return here == Status::down && everywhere.avail() == Status::up; }

    void status(const ServiceEverywhere& everywhere, const PeerInstance& instance) {
        const bool given = instance.answer == PeerInstance::Answer::given;
        const std::string_view look = !given ? "status" : idle(everywhere, instance.avail) ? "status bad idle" : class_of(instance.avail);
        html_.element("span", given ? to_string(instance.avail) : "not known", {{"class", look}});
    }

    void begin_wide(const std::string& label) {
        html_.open("div", {{"class", "wide"}, {"tabindex", "0"}, {"role", "group"}, {"aria-label", label}});
    }

    // --- services by nodes

    std::string counted() const {
        std::vector<std::string> words;
        for (const Status status :
             {Status::up, Status::standby_up, Status::warn, Status::down, Status::standby_down, Status::undef, Status::not_applicable})
            if (const auto count = std::ranges::count(everywhere_, status, &ServiceEverywhere::avail); count > 0)
                words.push_back(fmt::format("{} {}", count, to_string(status)));
        return words.empty() ? "No service." : fmt::format("{} services: {}.", everywhere_.size(), fmt::join(words, ", "));
    }

    void matrix() {
        html_.open("section", {{"aria-labelledby", "nodes"}}).element("h2", "Services by nodes", {{"id", "nodes"}});
        html_.element("p", counted());
        const std::vector<std::string> nodes = nodes_of(everywhere_);
        begin_wide("Services by nodes");
        html_.open("table", {{"class", "matrix"}}).element("caption", "Each service on each of its nodes");
        html_.open("thead").open("tr");
        for (const std::string_view heading : {"Service", "Anywhere"}) html_.element("th", heading, {{"scope", "col"}});
        for (const std::string& node : nodes) html_.element("th", node, {{"scope", "col"}});
        html_.close().close().open("tbody");
        for (const ServiceEverywhere& one : everywhere_) row(one, nodes);
        html_.close().close().close();
        html_.element("p", "Leader: the node that should run the service.", {{"class", "soft small"}});
        html_.close();
    }

    void row(const ServiceEverywhere& one, const std::vector<std::string>& nodes) {
        html_.open("tr").open("th", {{"scope", "row"}});
        html_.element("a", one.service.name(), {{"href", "#" + anchor_of(one.service.name())}}).close();
        html_.open("td");
        status(one.avail());
        html_.close();
        for (const std::string& node : nodes) cell(one, node);
        html_.close();
    }

    void cell(const ServiceEverywhere& one, const std::string& node) {
        html_.open("td");
        const auto found = one.instances.find(node);
        if (found != one.instances.end()) {
            const PeerInstance& instance = found->second;
            status(one, instance);
            if (one.service.placement_leader(node)) html_.element("span", " leader", {{"class", "soft small"}});
            if (instance.frozen) html_.element("span", " frozen", {{"class", "soft small"}});
        }
        html_.close();
    }

    void remarks() {
        std::vector<std::string> lines = remarks_of(everywhere_);
        for (const auto& [service, reason] : page_.unread) lines.push_back(fmt::format("{}: {}", service, reason));
        if (!page_.journal_problem.empty()) lines.push_back("Nothing is known of actions: " + page_.journal_problem);
        if (lines.empty()) return;
        html_.open("section", {{"aria-labelledby", "remarks"}}).element("h2", "What needs a look", {{"id", "remarks"}}).open("ul");
        for (const std::string& line : lines) html_.element("li", line);
        html_.close().close();
    }

    // --- each service

    void services() {
        html_.open("section", {{"aria-labelledby", "services"}}).element("h2", "Each service", {{"id", "services"}});
        for (const PageService& one : page_.services) service(one);
        html_.close();
    }

    void service(const PageService& one) {
        const std::string anchor = anchor_of(one.view.service.name());
        html_.open("article", {{"aria-labelledby", anchor}}).open("h3", {{"id", anchor}}).text(one.view.service.name()).text(" ");
        status(one.everywhere.avail());
        html_.close();
        log(remarks_of(one.view));
        resources(one);
        order(one.view.service);
        actions(one);
        html_.close();
    }

    void log(const std::vector<LogLine>& lines) {
        if (lines.empty()) return;
        html_.open("ul", {{"class", "log"}});
        for (const LogLine& line : lines)
            html_.open("li").element("b", to_string(line.level), {{"class", class_of(line.level)}}).text(line.message).close();
        html_.close();
    }

    void resources(const PageService& one) {
        const ServiceView& view = one.view;
        html_.open("table", {{"class", idle(one.everywhere, view.summary.avail) ? "parts passive" : "parts"}});
        html_.element("caption", fmt::format("Resources of {} on {}", view.service.name(), page_.node));
        html_.open("thead").open("tr");
        for (const std::string_view heading : {"Resource", "Status", "What was seen"}) html_.element("th", heading, {{"scope", "col"}});
        html_.close().close().open("tbody");
        summary("Overall", view.summary.overall, frozen_word(view.observation));
        summary("Available", view.summary.avail, "without replications and tasks");
        for (const Resource* resource : looked_at(view, Part::main)) this->resource(*resource, view);
        html_.close();
        if (const auto accessories = looked_at(view, Part::accessory); !accessories.empty()) {
            begin_group("Replications and tasks");
            for (const Resource* resource : accessories) this->resource(*resource, view);
            html_.close();
        }
        if (!view.observation.peers.empty()) {
            begin_group("On other nodes");
            for (const auto& [node, instance] : view.observation.peers) this->instance(one.everywhere, node, instance);
            html_.close();
        }
        html_.close();
    }

    void begin_group(std::string_view heading) {
        html_.open("tbody").open("tr").element("th", heading, {{"colspan", "3"}, {"scope", "rowgroup"}}).close();
    }

    void summary(std::string_view name, Status seen, const std::string& text) {
        html_.open("tr").element("th", name, {{"scope", "row"}}).open("td");
        status(seen);
        html_.close().element("td", text, {{"class", "soft"}}).close();
    }

    void resource(const Resource& resource, const ServiceView& view) {
        const ResourceObservation& seen = view.observation.resources.at(resource.rid());
        html_.open("tr").open("th", {{"scope", "row"}}).text(resource.rid().text());
        html_.text(" ").element("span", traits_of(resource), {{"class", "soft small"}}).close();
        html_.open("td");
        status(seen.status);
        html_.close().open("td").text(label_of(resource, seen));
        if (const Duration age = page_.observed - seen.observed; age >= std::chrono::seconds(1))
            html_.element("span", fmt::format(" seen {} before", to_text(age)), {{"class", "soft small"}});
        log(seen.log);
        html_.close().close();
    }

    void instance(const ServiceEverywhere& everywhere, const std::string& node, const PeerInstance& instance) {
        html_.open("tr").element("th", node, {{"scope", "row"}}).open("td");
        status(everywhere, instance);
        html_.close().open("td").text(instance.frozen ? "frozen" : "");
        log(remarks_of(instance));
        html_.close().close();
    }

    void order(const Service& service) {
        const Diagram diagram = diagram_of(service, Order(service, Goal::up), "");
        if (diagram.boxes.empty()) return;
        figure(fmt::format("In which order {} starts", service.name()), diagram_figure(diagram));
    }

    void figure(const std::string& caption, const std::string& picture) {
        html_.open("figure").element("figcaption", caption);
        begin_wide(caption);
        html_.markup(picture).close().close();
    }

    static std::string told(const JournaledAction& action, const Timeline& timeline) {
        const ActionRecord& record = action.history.action;
        std::string text = fmt::format("{}, by {}", timeline.title, caller_text(record.caller, {.letters = Style::Letters::utf8}));
        if (!record.reason.empty()) text += fmt::format(": {}", record.reason);
        return text;
    }

    void actions(const PageService& one) {
        if (!one.last && page_.journal_problem.empty()) html_.element("p", "The journal has no action of it.", {{"class", "soft"}});
        const bool both = one.last && one.drawn && one.last->history.action.sid != one.drawn->history.action.sid;
        if (one.last && (both || !one.drawn))
            html_.element("p", fmt::format("Last action: {}; it began no step.", told(*one.last, timeline_of(*one.last))));
        if (!one.drawn) return;
        const Timeline timeline = timeline_of(*one.drawn);
        figure(fmt::format("{}: {}", both ? "The action before" : "Last action", told(*one.drawn, timeline)), timeline_figure(timeline));
        if (!timeline.without_bar.empty())
            html_.element("p", fmt::format("Not begun: {}.", fmt::join(timeline.without_bar, ", ")), {{"class", "soft"}});
    }

    const Page& page_;
    std::vector<ServiceEverywhere> everywhere_;
    HtmlWriter html_;
};

}  // namespace

std::string page_html(const Page& page) {
    return PageWriter(page).write();
}

}  // namespace svcmgr
