#include "svcmgr/config/sections.h"

#include <fmt/format.h>

#include <algorithm>

#include "svcmgr/config/scoped_defaults.h"
#include "svcmgr/config/value_check.h"
#include "svcmgr/config/values.h"

namespace svcmgr {

namespace {

/// The keyword under which a value is read: that of today for a name that was only renamed.
const Keyword& read_as(const Keyword& keyword, const KeywordSet& keywords) {
    if (keyword.replaced_by.empty()) return keyword;
    const Keyword* today = keywords.find(keyword.replaced_by);
    return today && today->type == keyword.type ? *today : keyword;
}

/// "container.type": a keyword of DEFAULT that became one of another section.
bool is_moved(const Keyword& keyword) {
    return keyword.replaced_by.find('.') != std::string_view::npos;
}

}  // namespace

class Evaluator {
public:
    Evaluator(const Document& document, const NodeView& node, const ShapeOf& shape_of)
        : document_(document), shape_of_(shape_of), findings_(document.findings()), values_(document, node, shape_of, findings_) {}

    Sections run() {
        result_.sections_.reserve(document_.sections().size());
        evaluate_default();
        make_section_of_moved_keywords();
        for (std::size_t i = 0; i < document_.sections().size(); ++i)
            if (i != values_.default_section()) evaluate_section(i);
        report_scoped_defaults(document_, values_);
        const auto before = [](const Finding& a, const Finding& b) {
            return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
        };
        std::stable_sort(findings_.begin(), findings_.end(), before);
        // What DEFAULT says wrongly is found in each section that inherits it.
        findings_.erase(std::unique(findings_.begin(), findings_.end()), findings_.end());
        result_.findings_ = std::move(findings_);
        return std::move(result_);
    }

private:
    const Section& section(std::size_t index) const { return document_.sections()[index]; }

    void evaluate_default() {
        const auto index = values_.default_section();
        const auto& shape = values_.default_shape().shape;
        const KeywordSet keywords = shape ? shape->keywords : KeywordSet();
        result_.defaults_ = Options("DEFAULT", index ? section(*index).place : Place{document_.file(), 1, 1}, keywords);
        if (index) take_entries(*index, keywords, result_.defaults_);
        take_defaults(result_.defaults_);
        check_required(result_.defaults_);
    }

    void evaluate_section(std::size_t index) {
        const ShapeAnswer& answer = values_.shape(index);
        report_shape(index, answer);
        if (!answer.shape) return;
        if (answer.shape->free) return take_free_entries(index);
        Options options(section(index).name, section(index).place, answer.shape->keywords);
        take_entries(index, answer.shape->keywords, options);
        add_section(std::move(options));
    }

    void add_section(Options options) {
        inherit(options);
        take_defaults(options);
        check_required(options);
        result_.sections_.push_back(std::move(options));
    }

    void report_shape(std::size_t index, const ShapeAnswer& answer) {
        const Section& of = section(index);
        const Entry* type = answer.problem_is_type ? values_.choose(index, "type") : nullptr;
        if (!answer.problem.empty()) {
            Finding& finding = type ? values_.report(Finding::Kind::unknown_driver, type->value_place, type->value.size(), answer.problem)
                                    : values_.report(Finding::Kind::unknown_driver, of.place, of.name.size() + 2, answer.problem);
            finding.section = of.name;
            if (type) finding.keyword = type->name();
            finding.suggestion = answer.suggestion;
            finding.level = answer.level;
        }
        if (!answer.write_instead.empty()) {
            Finding& finding =
                values_.report(Finding::Kind::deprecated, of.place, of.name.size() + 2, fmt::format("[{}] is an old form", of.name));
            finding.level = Finding::Level::warning;
            finding.section = of.name;
            finding.suggestion = answer.write_instead;
        }
    }

    /// Checks every entry of a section, also those of other nodes, and takes those of this node.
    void take_entries(std::size_t index, const KeywordSet& keywords, Options& options) {
        const std::vector<Entry>& entries = section(index).entries;
        std::vector<std::pair<const Keyword*, OptionValue>> old_names;
        const bool is_default = index == values_.default_section();
        for_each_keyword(section(index), [&](Values::Group group) {
            const std::string& name = entries[group.front()].keyword;
            const Keyword* keyword = keywords.find(name);
            if (!keyword && is_default) keyword = find_in_other_sections(name);
            if (!keyword) {
                for (const std::uint32_t entry : group) report_unknown(index, entries[entry], keywords);
                return;
            }
            const Entry* chosen = values_.choose(index, group);
            if (chosen && is_default) (is_moved(*keyword) ? moved_ : inherited_).push_back(chosen);
            for (const std::uint32_t number : group) {
                const Entry& entry = entries[number];
                std::optional<OptionValue> value = check_entry(index, entry, *keyword, keywords);
                if (&entry != chosen || !value) continue;
                if (keyword->replaced_by.empty()) {
                    options.set(name, std::move(*value));
                } else {
                    old_names.emplace_back(keyword, std::move(*value));
                }
            }
        });
        for (auto& [keyword, option] : old_names) {
            const std::string name(read_as(*keyword, keywords).name);
            if (!options.said(name)) options.set(name, std::move(option));
        }
    }

    /// The value, when it may be used.
    std::optional<OptionValue> check_entry(std::size_t index, const Entry& entry, const Keyword& keyword, const KeywordSet& keywords) {
        check_scope(index, entry, keyword);
        check_deprecated(index, entry, keyword, keywords);
        check_inline_comment(index, entry, keyword);
        std::optional<OptionValue> value;
        const std::string* text = values_.resolve(index, entry);
        if (!text) return value;
        value.emplace(OptionValue{*text, entry.value_place});
        if (is_unknown_type(index, entry)) return value;
        if (const auto problem = check_value(read_as(keyword, keywords), value->text)) {
            report_bad_value(index, entry, *problem);
            value.reset();
        }
        return value;
    }

    /// A type that there is not has been reported with the section's shape. Without it the section would be one of the default type,
    /// whose keywords it does not have.
    bool is_unknown_type(std::size_t index, const Entry& entry) {
        return entry.keyword == "type" && values_.shape(index).problem_is_type && &entry == values_.choose(index, "type");
    }

    void report_bad_value(std::size_t index, const Entry& entry, const ValueProblem& problem) {
        const std::size_t length = std::min(entry.value.find('\n'), entry.value.size());
        Finding& finding = report(Finding::Kind::bad_value, index, entry, entry.value_place, length, problem.message);
        finding.suggestion = problem.suggestion;
    }

    void check_scope(std::size_t index, const Entry& entry, const Keyword& keyword) {
        if (entry.scope.empty()) return;
        Place place = entry.place;
        place.column += static_cast<int>(entry.keyword.size()) + 1;
        if (keyword.scope == Keyword::Scope::everywhere) {
            --place.column;
            report(Finding::Kind::not_scopable, index, entry, place, entry.scope.size() + 1,
                   fmt::format("'{}' holds for all nodes; it can't have a scope", keyword.name));
            return;
        }
        check_scope_is_known(index, entry, std::move(place));
    }

    void check_scope_is_known(std::size_t index, const Entry& entry, Place place) {
        if (values_.scopes().known(entry.scope)) return;
        Finding& finding = report(Finding::Kind::not_scopable, index, entry, std::move(place), entry.scope.size(),
                                  fmt::format("'{}' is no node of this service, so that '{}' holds nowhere", entry.scope, entry.name()));
        finding.level = Finding::Level::warning;
        finding.suggestion = nearest_word(entry.scope, values_.scopes().words());
    }

    void check_deprecated(std::size_t index, const Entry& entry, const Keyword& keyword, const KeywordSet& keywords) {
        if (keyword.replaced_by.empty()) return;
        const bool renamed = &read_as(keyword, keywords) != &keyword;
        const std::size_t dot = keyword.replaced_by.find('.');
        std::string message;
        if (renamed) {
            message = fmt::format("'{}' is the old name of '{}'", keyword.name, keyword.replaced_by);
        } else if (dot != std::string_view::npos) {
            message = fmt::format("'{}' is old; today it is '{}' in a section [{}#1]", keyword.name, keyword.replaced_by.substr(dot + 1),
                                  keyword.replaced_by.substr(0, dot));
        } else {
            message = fmt::format("'{}' is old; '{}' says it today", keyword.name, keyword.replaced_by);
        }
        Finding& finding = report(Finding::Kind::deprecated, index, entry, entry.place, entry.keyword.size(), std::move(message));
        finding.level = Finding::Level::warning;
        if (renamed) finding.suggestion = keyword.replaced_by;
    }

    /// OpenSVC cut such a line off without a word.
    void check_inline_comment(std::size_t index, const Entry& entry, const Keyword& keyword) {
        if (entry.comment_column == 0 || keyword.type != Keyword::Type::command) return;
        Place place = entry.place;
        place.column = entry.comment_column;
        Finding& finding =
            report(Finding::Kind::syntax, index, entry, std::move(place), 1,
                   "what stands behind ' ;' is a comment and no part of the command; to run it, write the ';' without a blank before it");
        finding.level = Finding::Level::warning;
    }

    void report_unknown(std::size_t index, const Entry& entry, const KeywordSet& keywords) {
        std::vector<std::string_view> names;
        for (const Keyword* keyword : keywords.all())
            if (keyword->replaced_by.empty()) names.push_back(keyword->name);
        Finding& finding = report(Finding::Kind::unknown_keyword, index, entry, entry.place, entry.keyword.size(),
                                  fmt::format("unknown keyword '{}' in [{}]", entry.keyword, section(index).name));
        finding.suggestion = nearest_word(entry.keyword, names);
    }

    void take_free_entries(std::size_t index) {
        Sections::Free& free = result_.free_.emplace_back(Sections::Free{section(index).name, {}});
        for (const Entry& entry : section(index).entries) {
            const std::string* value = values_.resolve(index, entry);
            Place place = entry.place;
            place.column += static_cast<int>(entry.keyword.size()) + 1;
            check_scope_is_known(index, entry, std::move(place));
            if (value && values_.choose(index, entry.keyword) == &entry) free.values[entry.keyword] = {*value, entry.value_place};
        }
    }

    /// A keyword that DEFAULT says for the sections that have it.
    const Keyword* find_in_other_sections(std::string_view name) {
        if (name == "type") return nullptr;
        for (const SectionShape& shape : distinct_shapes())
            if (const Keyword* found = shape.keywords.find(name)) return found;
        return nullptr;
    }

    /// The shapes of the document's sections, each once: a file may have thousands of sections, and has few kinds.
    const std::vector<SectionShape>& distinct_shapes() {
        if (distinct_shapes_) return *distinct_shapes_;
        std::map<std::pair<std::string, std::string>, SectionShape> shapes;
        for (std::size_t i = 0; i < document_.sections().size(); ++i)
            if (const auto& shape = values_.shape(i).shape; shape && i != values_.default_section())
                shapes.emplace(std::pair(shape->kind, shape->driver), *shape);
        distinct_shapes_.emplace();
        for (auto& [key, shape] : shapes) distinct_shapes_->push_back(shape);
        return *distinct_shapes_;
    }

    /// Gives a section what DEFAULT says and the section does not.
    void inherit(Options& options) {
        for (const Entry* entry : inherited_) {
            const Keyword* keyword = options.keywords().find(entry->keyword);
            if (!keyword) continue;
            const Keyword& target = read_as(*keyword, options.keywords());
            const std::string* text = options.said(target.name) ? nullptr : values_.resolve(*values_.default_section(), *entry);
            if (!text) continue;
            OptionValue value{*text, entry->value_place};
            if (const auto problem = check_value(target, value.text)) {
                report_bad_value(*values_.default_section(), *entry, *problem);
            } else {
                options.set(std::string(target.name), std::move(value));
            }
        }
    }

    void take_defaults(Options& options) {
        for (const Keyword* keyword : options.keywords().referring())
            if (!options.said(keyword->name))
                options.set(std::string(keyword->name), {values_.resolve_default(keyword->default_value), {}});
    }

    void check_required(const Options& options) {
        for (const Keyword* keyword : options.keywords().required())
            if (!is_said_somewhere(options, *keyword)) report_missing(options, *keyword);
    }

    /// A wrong value has a finding of its own.
    bool is_said_somewhere(const Options& options, const Keyword& keyword) {
        if (options.said(keyword.name)) return !options.text(keyword.name).empty();
        const Section* of = document_.find(options.section());
        if (!of) return false;
        const auto index = static_cast<std::size_t>(of - document_.sections().data());
        const Entry* entry = values_.choose(index, keyword.name);
        return entry && !entry->value.empty();
    }

    void report_missing(const Options& options, const Keyword& keyword) {
        const bool empty = options.said(keyword.name);
        Finding& finding =
            values_.report(Finding::Kind::missing_required, options.place_of(keyword.name), empty ? 1 : options.section().size() + 2,
                           empty ? fmt::format("'{}' of [{}] needs a value", keyword.name, options.section())
                                 : fmt::format("[{}] needs the keyword '{}'", options.section(), keyword.name));
        finding.section = options.section();
        finding.keyword = keyword.name;
    }

    /// `mode` and `vm_name` of OpenSVC 1.4 described the one container that a service had.
    void make_section_of_moved_keywords() {
        std::map<std::string, std::map<std::string, OptionValue>> by_kind;
        for (const Entry* entry : moved_) {
            const Keyword* keyword = result_.defaults_.keywords().find(entry->keyword);
            if (!keyword || !result_.defaults_.said(keyword->name)) continue;
            const std::size_t dot = keyword->replaced_by.find('.');
            by_kind[std::string(keyword->replaced_by.substr(0, dot))][std::string(keyword->replaced_by.substr(dot + 1))] = {
                result_.defaults_.text(keyword->name), result_.defaults_.place_of(keyword->name)};
        }
        for (auto& [kind, moved] : by_kind)
            if (!has_section_of(kind)) make_section(kind, moved);
    }

    bool has_section_of(std::string_view kind) const {
        const auto& sections = document_.sections();
        return std::any_of(sections.begin(), sections.end(), [&](const Section& s) { return s.name.substr(0, s.name.find('#')) == kind; });
    }

    /// Makes none when the kind has no such driver: `mode = hosted` was a service without a container.
    void make_section(const std::string& kind, std::map<std::string, OptionValue>& moved) {
        const auto type = moved.find("type");
        if (type == moved.end()) return;
        const auto answer = shape_of_(kind, lower_case(type->second.text));
        if (!answer->shape || answer->shape->driver.empty()) return;
        Options options(kind, type->second.place, answer->shape->keywords);
        for (auto& [name, value] : moved) {
            const Keyword* keyword = answer->shape->keywords.find(name);
            if (keyword && !check_value(*keyword, value.text)) options.set(name, std::move(value));
        }
        add_section(std::move(options));
    }

    Finding& report(Finding::Kind kind, std::size_t index, const Entry& entry, Place place, std::size_t length, std::string message) {
        Finding& finding = values_.report(kind, std::move(place), length, std::move(message));
        finding.section = section(index).name;
        finding.keyword = entry.name();
        return finding;
    }

    const Document& document_;
    const ShapeOf& shape_of_;
    Findings findings_;
    Values values_;
    // What DEFAULT says on this node:
    std::vector<const Entry*> inherited_;  ///< what a section may have
    std::vector<const Entry*> moved_;      ///< see is_moved()
    std::optional<std::vector<SectionShape>> distinct_shapes_;
    Sections result_;
};

Sections Sections::evaluate(const Document& document, const NodeView& node, const ShapeOf& shape_of) {
    return Evaluator(document, node, shape_of).run();
}

}  // namespace svcmgr
