// Reading env files: 10 000 of about 300 bytes, each parsed and checked with the real tables on one core. At most 150 ms, warm.
// `bench-config --write DIR` writes these files, so that a peer reads the same bytes.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "svcmgr/cluster/env_shape.h"
#include "svcmgr/cluster/loader.h"
#include "svcmgr/config/document.h"
#include "svcmgr/config/sections.h"

namespace {

using namespace svcmgr;

constexpr int files = 10000;

std::string env_file(int number) {
    return fmt::format(
        "[DEFAULT]\napp = ERP\ncomment = recette gen db #{0} of the ERP team\nenv = DEV\nnodes = node109 node110 node111 "
        "node112\norchestrate = start\n\n"
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

std::string name_of(int number) {
    return fmt::format("vm{}", number);
}

const std::string& text_of(int number) {
    return env_files()[static_cast<std::size_t>(number)];
}

void parse_10k(benchmark::State& state) {
    for (auto _ : state)
        for (int i = 0; i < files; ++i) benchmark::DoNotOptimize(Document::parse(text_of(i), name_of(i)));
    state.SetItemsProcessed(state.iterations() * files);
}

void check(const std::string& text, int number, benchmark::State& state) {
    const Document document = Document::parse(text, fmt::format("/etc/svcmgr/{}.env", name_of(number)));
    const Sections sections = Sections::evaluate(document, {"node109", name_of(number)}, env_shape);
    if (!sections.findings().empty()) state.SkipWithError(to_text(sections.findings()[0]).c_str());
    benchmark::DoNotOptimize(sections);
}

void parse_and_check_10k(benchmark::State& state) {
    for (auto _ : state)
        for (int i = 0; i < files; ++i) check(text_of(i), i, state);
    state.SetItemsProcessed(state.iterations() * files);
}

/// The largest file that is read, full of what a person gets wrong.
void check_1mib_of_mistakes(benchmark::State& state) {
    std::string text = "[DEFAULT]\n";
    while (text.size() < Document::largest_file - 100)
        text += fmt::format("[ip#{}]\nipnaem = {{env.x{}}}\ncount = x\n", text.size(), text.size());
    for (auto _ : state) {
        const Document document = Document::parse(text, "large.env");
        benchmark::DoNotOptimize(Sections::evaluate(document, {"node109", "large"}, env_shape));
    }
}

BENCHMARK(parse_10k)->Unit(benchmark::kMillisecond);
BENCHMARK(parse_and_check_10k)->Unit(benchmark::kMillisecond);
BENCHMARK(check_1mib_of_mistakes)->Unit(benchmark::kMillisecond);

int write_files(const std::filesystem::path& directory) {
    std::filesystem::create_directories(directory);
    std::size_t bytes = 0;
    for (int i = 0; i < files; ++i) {
        bytes += text_of(i).size();
        if (!(std::ofstream(directory / (name_of(i) + ".env"), std::ios::binary) << text_of(i) << std::flush)) return 1;
    }
    fmt::print("{} files of {} bytes\n", files, bytes / files);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 3 && std::string_view(argv[1]) == "--write") return write_files(argv[2]);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
