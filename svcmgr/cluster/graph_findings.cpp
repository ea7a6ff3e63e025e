#include "svcmgr/cluster/graph_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "drivers/hypervisor/table.h"
#include "svcmgr/action/order.h"
#include "svcmgr/service/requirements.h"

namespace svcmgr {

namespace {

/// Tasks wait for nobody.
constexpr Goal goals[] = {Goal::up, Goal::down};

/// By which one of two containers has a namespace of the other: `netns = container#2`.
constexpr std::string_view sharing_keywords[] = {"netns", "pidns", "ipcns"};

bool names_a_resource(std::string_view text) {
    return text.find('#') != std::string_view::npos;
}

bool shares(const Options& section, std::string_view keyword) {
    return section.keywords().find(keyword) != nullptr && names_a_resource(section.text(keyword));
}

/// Findings with their places in a document.
class Marker {
public:
    explicit Marker(const Document& document) : document_(document) {}

    Finding& add(Finding::Kind kind, const Place& place, const std::string& section, std::string message) {
        Finding finding;
        finding.kind = kind;
        finding.place = place;
        finding.section = section;
        finding.message = std::move(message);
        finding.source_line = document_.line(place.line);
        finding.length = std::max(1, static_cast<int>(finding.source_line.size()) - place.column + 1);
        findings_.push_back(std::move(finding));
        return findings_.back();
    }

    Findings take() { return std::move(findings_); }

private:
    const Document& document_;
    Findings findings_;
};

void check_subsets(const Subsets& subsets, Marker& marker) {
    for (const BadSubset& bad : subsets.bad) {
        Finding& finding = marker.add(Finding::Kind::bad_value, bad.section.place(), bad.section.section(), bad.problem);
        finding.length = static_cast<int>(bad.section.section().size()) + 2;
        finding.suggestion = bad.suggestion;
    }
}

void check_container(const Options& section, Marker& marker) {
    const HypervisorType* type = Rid(section.section()).kind() == "container" ? find_hypervisor_type(section.text("type")) : nullptr;
    if (type == nullptr || type->check == nullptr) return;
    for (SectionProblem& problem : type->check(section)) {
        const Place place = section.place_of(problem.keyword);
        Finding& finding = marker.add(Finding::Kind::bad_value, place, section.section(), std::move(problem.message));
        finding.keyword = problem.keyword;
        if (problem.level == SectionProblem::Level::warning) finding.level = Finding::Level::warning;
    }
}

class Checker {
public:
    Checker(const Document& document, const Service& service) : marker_(document), service_(service) {}

    void check_requirements(const Resource& resource) {
        for (const std::string_view keyword : {"start_requires", "stop_requires", "run_requires"}) {
            const Options& options = resource.options();
            if (options.keywords().find(keyword) == nullptr || !options.said(keyword)) continue;
            const auto requirements = parse_requirements(options.text(keyword));
            if (!requirements) {
                marker_.add(Finding::Kind::bad_value, options.place_of(keyword), resource.rid().text(), requirements.error()).keyword =
                    keyword;
                continue;
            }
            for (const Requirement& requirement : requirements->all) check_name(resource, keyword, requirement.rid);
        }
    }

    /// One that shares a namespace can be made only while the one that has it runs.
    void check_shared(const Resource& resource) {
        for (const std::string_view keyword : sharing_keywords) {
            const Options& options = resource.options();
            if (!shares(options, keyword)) continue;
            const Rid rid(options.text(keyword));
            check_name(resource, keyword, rid);
            const Resource* other = service_.find(rid);
            if (other == nullptr) continue;
            if (!order_up_) order_up_.emplace(service_, Goal::up);
            if (order_up_->circle().empty() && !waits_for(resource, *other))
                marker_
                    .add(Finding::Kind::bad_reference, options.place_of(keyword), resource.rid().text(),
                         fmt::format("nothing makes it wait for {}, whose namespace it shares; add start_requires = {}", rid.text(),
                                     rid.text()))
                    .keyword = keyword;
        }
    }

    void check_circle(Goal goal) {
        const auto requires_something = [goal](const auto& resource) { return !requirements_of(*resource, goal).all.empty(); };
        if (std::ranges::none_of(service_.resources(), requires_something)) return;  // only requirements make one
        const Order order(service_, goal);
        if (order.circle().empty()) return;
        const auto requiring = std::ranges::find_if(order.circle(), requires_something);
        const Requirements& said = order.requirements(**requiring);
        marker_
            .add(Finding::Kind::bad_reference, said.place, (*requiring)->rid().text(), "this closes a circle: " + order.describe_circle())
            .keyword = said.keyword;
    }

    Findings take() { return marker_.take(); }

private:
    bool waits_for(const Resource& resource, const Resource& other) const {
        std::vector<const Resource*> reached{&resource};
        for (std::size_t next = 0; next < reached.size(); ++next)
            for (const Precedence& one : order_up_->before(*reached[next])) {
                if (one.before == &other) return true;
                if (std::ranges::find(reached, one.before) == reached.end()) reached.push_back(one.before);
            }
        return false;
    }

    void check_name(const Resource& resource, std::string_view keyword, const Rid& rid) {
        if (service_.find(rid) != nullptr) return;
        std::vector<std::string> names;
        for (const auto& other : service_.resources()) names.push_back(other->rid().text());
        Finding& finding = marker_.add(Finding::Kind::bad_reference, resource.options().place_of(keyword), resource.rid().text(),
                                       fmt::format("the service has no resource {}", rid.text()));
        finding.keyword = keyword;
        finding.suggestion = nearest_word(rid.text(), {names.begin(), names.end()});
    }

    Marker marker_;
    const Service& service_;
    std::optional<Order> order_up_;  ///< once somebody needs it
};

}  // namespace

Findings section_findings(const Document& document, const std::vector<Options>& sections, const Subsets& subsets) {
    Marker marker(document);
    check_subsets(subsets, marker);
    for (const Options& section : sections) check_container(section, marker);
    return marker.take();
}

bool says_order(const Document& document, const std::vector<Options>& sections) {
    const auto requires_something = [](const Entry& entry) { return entry.keyword.ends_with("_requires"); };
    const auto shares_something = [](const Options& section) {
        return std::ranges::any_of(section.values(), [](const auto& value) {
            return names_a_resource(value.second.text) && std::ranges::find(sharing_keywords, value.first) != std::end(sharing_keywords);
        });
    };
    return std::ranges::any_of(document.sections(),
                               [&](const Section& one) { return std::ranges::any_of(one.entries, requires_something); }) ||
           std::ranges::any_of(sections, shares_something);
}

Findings graph_findings(const Document& document, const Service& service) {
    Checker checker(document, service);
    for (const auto& resource : service.resources()) {
        checker.check_shared(*resource);
        checker.check_requirements(*resource);
    }
    for (const Goal goal : goals) checker.check_circle(goal);
    return checker.take();
}

}  // namespace svcmgr
