// Any bytes as an env file: read, evaluated with the real tables, edited. Nothing may crash, hang, lose a byte or change what was not
// meant.

#include <optional>
#include <string>

#include "drivers/error.h"
#include "drivers/files/memory_files.h"
#include "svcmgr/cluster/env_shape.h"
#include "svcmgr/config/sections.h"
#include "tests/fuzz/support.h"
#include "tests/unit/doubles.h"

using namespace svcmgr;
using fuzz::check_findings;
using fuzz::require;

namespace {

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
        const Sections sections = Sections::evaluate(document, {node, "vm188"}, env_shape);
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

/// It makes no resource where it thinks that none is needed.
void check_validation(const std::string& text) {
    test::ManualClock clock;
    test::NoSignals signals;
    test::FixedHost host;
    MemoryFiles files(clock, signals);
    const Paths paths;
    files.put(paths.configuration + "/vm188.env", text, 0644);
    const Node node = Node::load(files, host, paths);
    require(validate_service(files, paths, node, "vm188") == load_service(files, paths, node, "vm188").findings,
            "a validation finds what a start finds");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text = fuzz::text_of(data, size);
    const Document document = Document::parse(text, "vm188.env");
    require(document.text() == text, "no byte is lost");
    check_findings(document, document.findings());
    check_places(document);
    check_evaluation(document);
    check_edits(document);
    if (size % 4 == 0) check_validation(text);  // it takes as long as all the others together
    return 0;
}
