// Any bytes as a compose file. What comes of it is an env file that can be read, and that says what the compose file said or lists it as
// lost; nothing may crash or hang, and what is refused says where.

#include <cstdint>
#include <string>

#include "drivers/error.h"
#include "svcmgr/compose/compose.h"
#include "svcmgr/compose/variables.h"
#include "tests/fuzz/support.h"

using namespace svcmgr;
using fuzz::require;

namespace {

void check_conversion(const ComposeResult& result) {
    const Document document = Document::parse(result.env_text, "web.env");
    require(!has_errors(document.findings()), "what is written can be read");
    require(document.find("container#1") != nullptr, "a service becomes a container");
    for (const Section& section : document.sections())
        for (const Entry& entry : section.entries) require(!entry.value.empty(), "nothing is said with no value");
    int line = 0;
    for (const ComposeLoss& loss : result.losses) {
        require(loss.line >= line, "losses are in the order of the file");
        require(!loss.what.empty(), "a loss says something");
        line = loss.line;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text = fuzz::text_of(data, size);
    try {
        check_conversion(convert_compose({text, "docker-compose.yml", "/root/web", "web", {{"A", "a"}, {"EMPTY", ""}}}));
    } catch (const Error& error) {
        require(error.code() == Error::Code::invalid, "a file that can't be converted is invalid");
        require(!std::string(error.message()).empty() && error.where().starts_with("docker-compose.yml"), "and says what and where");
    }
    compose::with_variables(text, {{"A", "a"}, {"EMPTY", ""}}, [](const std::string& name) { require(!name.empty(), "a name"); });
    return 0;
}
