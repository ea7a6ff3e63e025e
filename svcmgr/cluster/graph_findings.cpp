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

bool says_requirements(const Document& document) {
    return std::ranges::any_of(document.sections(), [](const Section& section) {
        return std::ranges::any_of(section.entries, [](const Entry& entry) { return entry.keyword.ends_with("_requires"); });
    });
}

class Checker {
public:
    Checker(const Document& document, const Service& service) : document_(document), service_(service) {}

    void check_subsets(const Subsets& subsets) {
        for (const BadSubset& bad : subsets.bad) {
            Finding& finding = add(Finding::Kind::bad_value, bad.section.place(), bad.section.section(), bad.problem);
            finding.length = static_cast<int>(bad.section.section().size()) + 2;
            finding.suggestion = bad.suggestion;
        }
    }

    void check_requirements(const Resource& resource) {
        for (const std::string_view keyword : {"start_requires", "stop_requires", "run_requires"}) {
            const Options& options = resource.options();
            if (options.keywords().find(keyword) == nullptr || !options.said(keyword)) continue;
            const auto requirements = parse_requirements(options.text(keyword));
            if (!requirements) {
                add(Finding::Kind::bad_value, options.place_of(keyword), resource.rid().text(), requirements.error()).keyword = keyword;
                continue;
            }
            for (const Requirement& requirement : requirements->all) check_name(resource, keyword, requirement.rid);
        }
    }

    void check_container(const Resource& resource) {
        const HypervisorType* type = resource.group() == Group::container ? find_hypervisor_type(resource.options().text("type")) : nullptr;
        if (type == nullptr || type->check == nullptr) return;
        for (SectionProblem& problem : type->check(resource.options())) {
            const Place place = resource.options().place_of(problem.keyword);
            Finding& finding = add(Finding::Kind::bad_value, place, resource.rid().text(), std::move(problem.message));
            finding.keyword = problem.keyword;
            if (problem.level == SectionProblem::Level::warning) finding.level = Finding::Level::warning;
        }
    }

    /// One that shares a namespace can be made only while the one that has it runs.
    void check_shared(const Resource& resource) {
        for (const std::string_view keyword : {"netns", "pidns", "ipcns"}) {
            const Options& options = resource.options();
            if (options.keywords().find(keyword) == nullptr || options.text(keyword).find('#') == std::string::npos) continue;
            const Rid rid(options.text(keyword));
            check_name(resource, keyword, rid);
            const Resource* other = service_.find(rid);
            if (other == nullptr) continue;
            if (!order_up_) order_up_.emplace(service_, Goal::up);
            if (order_up_->circle().empty() && !waits_for(resource, *other))
                add(Finding::Kind::bad_reference, options.place_of(keyword), resource.rid().text(),
                    fmt::format("nothing makes it wait for {}, whose namespace it shares; add start_requires = {}", rid.text(), rid.text()))
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
        add(Finding::Kind::bad_reference, said.place, (*requiring)->rid().text(), "this closes a circle: " + order.describe_circle())
            .keyword = said.keyword;
    }

    Findings take() { return std::move(findings_); }

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
        Finding& finding = add(Finding::Kind::bad_reference, resource.options().place_of(keyword), resource.rid().text(),
                               fmt::format("the service has no resource {}", rid.text()));
        finding.keyword = keyword;
        finding.suggestion = nearest_word(rid.text(), {names.begin(), names.end()});
    }

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

    const Document& document_;
    const Service& service_;
    std::optional<Order> order_up_;  ///< once somebody needs it
    Findings findings_;
};

}  // namespace

Findings graph_findings(const Document& document, const Service& service, const Subsets& subsets) {
    Checker checker(document, service);
    checker.check_subsets(subsets);
    for (const auto& resource : service.resources()) {
        checker.check_container(*resource);
        checker.check_shared(*resource);
    }
    // What svcmgr itself makes a resource require is there, and comes before it: of most files there is nothing to check.
    if (!says_requirements(document)) return checker.take();
    for (const auto& resource : service.resources()) checker.check_requirements(*resource);
    for (const Goal goal : goals) checker.check_circle(goal);
    return checker.take();
}

}  // namespace svcmgr
