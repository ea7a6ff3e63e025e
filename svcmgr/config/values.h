#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "svcmgr/config/document.h"
#include "svcmgr/config/finding.h"
#include "svcmgr/config/reference.h"
#include "svcmgr/config/scopes.h"
#include "svcmgr/config/shape.h"

namespace svcmgr {

/// The values of a document as one node reads them: scopes chosen and references resolved, each once. What can't be resolved is added to
/// the findings, once, where it is written.
class Values {
public:
    /// All of them outlive this.
    Values(const Document& document, const NodeView& node, const ShapeOf& shape_of, Findings& findings);

    const Scopes& scopes() const { return scopes_; }

    /// The entries of one keyword, in the order of the file (Section::by_keyword).
    using Group = std::span<const std::uint32_t>;

    /// What a section may say. The first call for a section chooses its `type`.
    const ShapeAnswer& shape(std::size_t section);
    const ShapeAnswer& default_shape() const { return *default_shape_; }
    std::optional<std::size_t> default_section() const { return default_section_; }

    /// The entry that counts for this node, or null.
    const Entry* choose(std::size_t section, std::string_view keyword) const;
    const Entry* choose(std::size_t section, Group group) const { return choose_on(scopes_.nodename(), section, group); }
    /// The same for another node, whose name is in lower case.
    const Entry* choose_on(std::string_view nodename, std::size_t section, Group group) const;

    /// An entry's value with its references resolved; null when they can't be.
    const std::string* resolve(std::size_t section, const Entry& entry);
    /// A default of a table with its references resolved.
    std::string resolve_default(std::string_view text);

    Finding& report(Finding::Kind kind, Place place, std::size_t length, std::string message);

private:
    struct Resolved {
        enum class State : std::uint8_t { untouched, in_progress, good, bad } state = State::untouched;
        std::string text;
    };
    struct View {
        std::vector<Resolved> resolved;            ///< parallel to the entries; empty until one has a reference
        std::shared_ptr<const ShapeAnswer> shape;  ///< null: not chosen yet
        bool choosing_shape = false;
    };

    void find_scopes();
    /// What DEFAULT says of a keyword, or null.
    const Entry* default_entry(std::string_view keyword) const;
    std::vector<std::string> default_words(std::string_view keyword);

    Leave leave_for(std::size_t section, const Entry& entry);
    tl::expected<std::string, LookUpProblem> look_up(const Reference& reference);
    tl::expected<std::string, LookUpProblem> look_up_value(std::string_view section, std::string_view keyword);
    tl::expected<std::string, LookUpProblem> value_of(std::size_t section, const Entry& entry);
    std::optional<std::string> implicit_value(std::string_view name) const;
    const Entry* choose_by_old_names(std::size_t section, const KeywordSet& keywords, std::string_view keyword) const;
    LookUpProblem unknown_section(std::string_view section) const;
    LookUpProblem unknown_keyword(std::optional<std::size_t> section, std::string_view keyword) const;

    const Document& document_;
    const NodeView& node_;
    const ShapeOf& shape_of_;
    Findings& findings_;
    Scopes scopes_;
    std::vector<View> views_;  ///< parallel to the document's sections
    std::optional<std::size_t> default_section_;
    std::shared_ptr<const ShapeAnswer> default_shape_;
    int depth_ = 0;
};

}  // namespace svcmgr
