#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "drivers/options.h"
#include "svcmgr/config/document.h"
#include "svcmgr/config/finding.h"
#include "svcmgr/config/scopes.h"
#include "svcmgr/config/shape.h"

namespace svcmgr {

/// A document as one node sees it (contract.md 2.2, 2.3): scopes chosen, DEFAULT inherited, references and arithmetic resolved, values
/// checked.
///
/// - A keyword said in a section wins over the same one in DEFAULT, whatever their scopes. In each, the first of `@nodename`, `@nodes`,
///   `@drpnodes`, `@encapnodes`, `@flex_primary`, `@drp_flex_primary` and no scope counts that is said and that this node is.
///   Where OpenSVC 1 let a scoped one of DEFAULT win on a node of the service, that is a warning.
/// - DEFAULT may say any keyword of a section of the file; it is then said in each section that has it. `type` is not inherited.
/// - `{nodename}` `{short_nodename}` `{svcname}` `{short_svcname}` `{svcmgr}` `{nodemgr}`, `{keyword}` of DEFAULT, `{section.keyword}`,
///   `{keyword[0]}` one word of a list, `{#keyword}` their number. What is in braces and not shaped like this is plain text.
/// - `$(2 * {env.size})`: + - * / // % ** ^ and parentheses, as Python has them (`^` is the exclusive or).
/// - In triggers (pre_…, post_…, blocking_…) a reference that can't be resolved is left as it is, and in every command a `$(…)` that is no
///   arithmetic: it is the shell's.
/// - Values of keywords with candidates get the candidate's spelling, node names lower case. A deprecated keyword is read under its new
///   name (see Keyword::replaced_by), which wins when both are said. Those of DEFAULT that became a section of their own (`mode`, `vm_name`
///   of OpenSVC 1.4) make that section when the file has none of its kind; its name is then the bare kind.
/// - A value that is wrong is a finding, and is not in the Options: their getters then answer with the default.
class Sections {
public:
    static Sections evaluate(const Document& document, const NodeView& node, const ShapeOf& shape_of);

    /// The DEFAULT section, always there.
    const Options& defaults() const { return defaults_; }
    /// The others that have a shape and are not free, in the order of the file.
    const std::vector<Options>& all() const& { return sections_; }
    std::vector<Options> all() && { return std::move(sections_); }
    /// Those of values for references, like [env]: every keyword as this node reads it.
    struct Free {
        std::string name;
        std::map<std::string, OptionValue, std::less<>> values;
    };
    const std::vector<Free>& free() const { return free_; }
    /// Those of the document and those found while evaluating, in the order of the file.
    const Findings& findings() const { return findings_; }

private:
    friend class Evaluator;

    Options defaults_;
    std::vector<Options> sections_;
    std::vector<Free> free_;
    Findings findings_;
};

}  // namespace svcmgr
