// Any bytes as arithmetic. Nothing may crash or hang; a result can be calculated with again, and what changes nothing in mathematics
// changes nothing here.

#include "svcmgr/config/arithmetic.h"
#include "tests/fuzz/support.h"

using namespace svcmgr;
using fuzz::require;

namespace {

/// `other` has the same result, unless it is nested too deeply for the parentheses that were added.
void require_same(const std::string& result, const std::string& other, const char* what) {
    const auto calculated = calculate(other);
    if (!calculated && calculated.error() == "it is nested too deeply") return;
    require(calculated && *calculated == result, what);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text = fuzz::text_of(data, size);
    const auto result = calculate(text);
    if (!result) {
        require(!result.error().empty(), "a problem says something");
        return 0;
    }
    require(!result->empty(), "a result is a number");
    require_same(*result, *result, "a result can be calculated with");
    require_same(*result, " (" + text + ")\t", "parentheses and blanks change nothing");
    require_same(*result, "0 + (" + text + ")", "0 + x is x");
    require_same(*result, "- -(" + text + ")", "- - x is x");
    require_same(*result, "(" + text + ") ** 1", "x ** 1 is x");
    require_same(*result, "(" + text + ") * 1", "x * 1 is x");
    require_same("0", "(" + text + ") - (" + text + ")", "x - x is 0");
    return 0;
}
