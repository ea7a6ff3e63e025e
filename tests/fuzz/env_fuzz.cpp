// Any bytes as an env file: read, evaluated with the real tables, edited. Nothing may crash, hang, lose a byte or change what was not
// meant.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "drivers/error.h"
#include "drivers/hypervisor/keywords/kvm.h"
#include "svcmgr/config/document.h"
#include "svcmgr/config/sections.h"
#include "svcmgr/service/keywords.h"

using namespace svcmgr;

namespace {

void require(bool condition, const char* what) {
    if (condition) return;
    std::fprintf(stderr, "broken promise: %s\n", what);
    std::abort();
}

ShapeAnswer shape_of(std::string_view section, std::string_view type) {
    return section_shape(section, type, [](std::string_view name) { return name == "kvm" ? std::optional(kvm_keywords()) : std::nullopt; });
}

void check_findings(const Document& document, const Findings& findings) {
    int line = 0;
    std::size_t printed = 0;
    for (const Finding& finding : findings) {
        require(finding.place.line >= line, "findings are in the order of the file");
        line = finding.place.line;
        require(finding.place.column >= 1, "a finding has a column");
        require(document.sections().empty() || finding.source_line == document.line(finding.place.line), "a finding shows its line");
        require(!finding.message.empty(), "a finding says something");
        if (++printed > 20) continue;
        const std::string text = to_text(finding);
        for (const char c : text) require(c == '\n' || c == '\t' || static_cast<unsigned char>(c) >= 0x20, "nothing steers a terminal");
    }
}

void check_places(const Document& document) {
    for (const Section& section : document.sections())
        for (const Entry& entry : section.entries) {
            require(entry.first_line < entry.end_line, "an entry has lines");
            require(document.line(entry.place.line).size() >= static_cast<std::size_t>(entry.place.column),
                    "a keyword stands where it is said to");
            if (entry.value.empty()) continue;
            const Place end = document.place_in_value(entry, entry.value.size() - 1);
            require(document.line(end.line)[static_cast<std::size_t>(end.column - 1)] == entry.value.back(),
                    "a value ends where it is said to");
        }
}

void check_evaluation(const Document& document) {
    for (const char* node : {"node109", "n"}) {
        const Sections sections = Sections::evaluate(document, {node, "vm188"}, shape_of);
        check_findings(document, sections.findings());
        for (const Options& options : sections.all())
            for (const Entry& entry : document.find(options.section()) ? document.find(options.section())->entries : std::vector<Entry>()) {
                if (!options.said(entry.keyword)) continue;
                options.list(entry.keyword);
                options.duration(entry.keyword);
            }
    }
}

void check_edits(const Document& document) {
    for (const Section& section : document.sections()) {
        if (section.entries.empty()) continue;
        const std::string name = section.entries.back().name();
        for (const char* value : {"x", "", "a b\nc"}) {
            Document edited = document;
            try {
                edited.set(section.name, name, value);
                require(edited.find(section.name, name)->value == value, "what was set is got");
            } catch (const Error&) {
                require(edited.text() == document.text(), "a refused edit changes nothing");
            }
        }
        Document edited = document;
        try {
            edited.unset(section.name, name);
            require(!edited.find(section.name, name), "what was unset is gone");
            edited.remove_section(section.name);
            require(!edited.find(section.name), "what was removed is gone");
        } catch (const Error&) {
        }
        return;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const Document document = Document::parse(text, "vm188.env");
    require(document.text() == text, "no byte is lost");
    check_findings(document, document.findings());
    check_places(document);
    check_evaluation(document);
    check_edits(document);
    return 0;
}
