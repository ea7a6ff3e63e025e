// Reading env files: 10 000 of about 300 bytes, each parsed and checked with the real tables (peers.md B.3: at most 15 us a file).

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "drivers/hypervisor/keywords/kvm.h"
#include "svcmgr/config/document.h"
#include "svcmgr/config/sections.h"
#include "svcmgr/service/keywords.h"

namespace {

using namespace svcmgr;

constexpr int files = 10000;

std::string env_file(int number) {
    return fmt::format(
        "[DEFAULT]\napp = ERP\ncomment = recette gen db #{0}\nenv = DEV\nnodes = node109 node110 node111 node112\norchestrate = start\n\n"
        "[container#1]\nname = vm{0}\ntype = kvm\n\n[ip#1]\nipname = vm{0}\nipdev = lan0\nipdev@node110 = lan1\n\n"
        "[vmdg]\nscsireserv = true\n\n[env]\nbase = /srv/{{svcname}}\n",
        number);
}

const std::vector<std::string>& env_files() {
    static const std::vector<std::string> texts = [] {
        std::vector<std::string> made;
        for (int i = 0; i < files; ++i) made.push_back(env_file(i));
        return made;
    }();
    return texts;
}

ShapeAnswer shape_of(std::string_view section, std::string_view type) {
    return section_shape(section, type, [](std::string_view name) { return name == "kvm" ? std::optional(kvm_keywords()) : std::nullopt; });
}

void parse_10k(benchmark::State& state) {
    for (auto _ : state)
        for (int i = 0; i < files; ++i)
            benchmark::DoNotOptimize(Document::parse(env_files()[static_cast<std::size_t>(i)], fmt::format("/etc/svcmgr/vm{}.env", i)));
    state.SetItemsProcessed(state.iterations() * files);
}

void parse_and_check_10k(benchmark::State& state) {
    for (auto _ : state)
        for (int i = 0; i < files; ++i) {
            const Document document = Document::parse(env_files()[static_cast<std::size_t>(i)], fmt::format("/etc/svcmgr/vm{}.env", i));
            const Sections sections = Sections::evaluate(document, {"node109", fmt::format("vm{}", i)}, shape_of);
            if (!sections.findings().empty()) state.SkipWithError(to_text(sections.findings()[0]).c_str());
            benchmark::DoNotOptimize(sections);
        }
    state.SetItemsProcessed(state.iterations() * files);
}

/// The largest file that is read, full of what a person gets wrong.
void check_1mib_of_mistakes(benchmark::State& state) {
    std::string text = "[DEFAULT]\n";
    while (text.size() < Document::largest_file - 100)
        text += fmt::format("[ip#{}]\nipnaem = {{env.x{}}}\ncount = x\n", text.size(), text.size());
    for (auto _ : state) {
        const Document document = Document::parse(text, "large.env");
        benchmark::DoNotOptimize(Sections::evaluate(document, {"node109", "large"}, shape_of));
    }
}

BENCHMARK(parse_10k)->Unit(benchmark::kMillisecond);
BENCHMARK(parse_and_check_10k)->Unit(benchmark::kMillisecond);
BENCHMARK(check_1mib_of_mistakes)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
