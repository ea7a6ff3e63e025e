// Any bytes as values that refer to each other. Nothing may crash, hang or grow without end; a reference is looked up as it is written, and
// what a value stands for is not read for references again.

#include <fmt/format.h>

#include "drivers/options.h"
#include "svcmgr/cluster/env_shape.h"
#include "svcmgr/config/reference.h"
#include "svcmgr/config/sections.h"
#include "tests/fuzz/support.h"

using namespace svcmgr;
using fuzz::require;

namespace {

constexpr std::size_t longest = 65536;

std::string written(const Reference& reference) {
    return fmt::format("{}{}{}{}{}", reference.section, reference.section.empty() ? "" : ".", reference.count ? "#" : "", reference.keyword,
                       reference.index ? fmt::format("[{}]", *reference.index) : "");
}

bool same(const Reference& a, const Reference& b) {
    return a.section == b.section && a.keyword == b.keyword && a.count == b.count && a.index == b.index;
}

/// Knows the keywords of an even length; their values look like references themselves.
tl::expected<std::string, LookUpProblem> answer(const Reference& reference) {
    const std::string text = written(reference);
    const auto again = parse_reference(text);
    require(again && same(*again, reference), "a reference is read as it is written");
    if (reference.keyword.size() % 2 != 0) return tl::unexpected(LookUpProblem{"it is not known", {}});
    return reference.count ? "7" : "{" + text + "} $(";
}

void check_expansion(const std::string& text, Leave leave) {
    const Expansion expansion = expand(text, leave, answer);
    require(expansion.text.size() <= longest + 1000, "a value does not grow without end");
    for (const ExpansionProblem& problem : expansion.problems) {
        require(problem.offset + problem.length <= text.size(), "a problem is in the text");
        require(!problem.message.empty(), "a problem says something");
    }
    if (!has_references(text) && text.size() <= longest)
        require(expansion.text == text && expansion.problems.empty(), "plain text stays as it is");
    if (leave.unresolved_references && leave.other_parentheses && expansion.text.size() < longest / 2 && !expansion.text.empty())
        require(expansion.problems.empty(), "in a trigger everything that can't be resolved is left");
}

/// Each line is the value of a keyword: a, b, c … of [env], which every one of them may refer to.
std::string env_file(const std::string& lines) {
    std::string text = "[DEFAULT]\nnodes = node109 node110\n[ip#1]\nipname = {env.a}\nipdev = x{env.b}\npre_start = {env.a}\n[env]\n";
    char name = 'a';
    for (std::size_t start = 0; start < lines.size() && name <= 'z'; ++name) {
        const std::size_t end = std::min(lines.find('\n', start), lines.size());
        text += fmt::format("{} = {}\n", name, lines.substr(start, end - start));
        start = end + 1;
    }
    return text;
}

void check_evaluation(const std::string& lines) {
    const Document document = Document::parse(env_file(lines), "vm188.env");
    const Sections sections = Sections::evaluate(document, {"node109", "vm188"}, env_shape);
    fuzz::check_findings(document, sections.findings());
    for (const Options& options : sections.all())
        for (const char* keyword : {"ipname", "ipdev", "pre_start"})
            if (options.keywords().find(keyword)) require(options.text(keyword).size() <= 2 * longest, "a value does not grow without end");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text = fuzz::text_of(data, size);
    for (const bool references : {false, true})
        for (const bool parentheses : {false, true}) check_expansion(text, {references, parentheses});
    check_evaluation(text);
    return 0;
}
