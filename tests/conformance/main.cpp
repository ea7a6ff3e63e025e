#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <string_view>

#include "drivers/error.h"
#include "tests/conformance/kit.h"
#include "tests/conformance/record_stand.h"
#include "tests/conformance/stands.h"
#include "tests/conformance/table.h"

namespace svcmgr::conformance {

namespace {

constexpr std::string_view usage =
    "Usage: conformance --technology=NAME --modules=DIR [--results=FILE] [doctest's options]\n"
    "       conformance --technology=NAME --modules=DIR --record=DIR --guest=NAME --hostname=NAME [--section=KEYWORD=VALUE;…]\n"
    "       conformance --list-technologies\n"
    "       conformance --table=DIR --document=FILE [--update]\n"
    "Runs the conformance kit on a technology's driver. FILE gets a line `case<TAB>pass|replayed|n/a|skip|fail<TAB>reason` for each case.\n"
    "--table prints what the files of results in DIR (one for each technology, named like it) come to, and compares it with a document.\n";

/// Writes a line for each case that ran.
class ResultWriter : public doctest::IReporter {
public:
    explicit ResultWriter(const doctest::ContextOptions&) {}

    void test_case_start(const doctest::TestCaseData& test) override {
        Run& run = this_run();
        run.test_case = test.m_name;
        run.skipped.clear();
        run.not_applicable.clear();
        run.failure.clear();
    }
    void test_case_end(const doctest::CurrentTestCaseStats& stats) override {
        Run& run = this_run();
        const char* result = run.stand->replays() ? "replayed" : "pass";
        if (!run.skipped.empty()) result = "skip";
        if (!run.not_applicable.empty()) result = "n/a";
        if (!stats.testCaseSuccess) result = "fail";
        run.results << run.test_case << '\t' << result << '\t' << run.skipped << run.not_applicable << run.failure << std::endl;
    }

    void report_query(const doctest::QueryData&) override {}
    void test_run_start() override {}
    void test_run_end(const doctest::TestRunStats&) override {}
    void test_case_reenter(const doctest::TestCaseData&) override {}
    void test_case_exception(const doctest::TestCaseException& problem) override { note_failure(problem.error_string.c_str()); }
    void subcase_start(const doctest::SubcaseSignature&) override {}
    void subcase_end() override {}
    void log_assert(const doctest::AssertData& check) override {
        if (check.m_failed) note_failure(fmt::format("{}:{}: {}", check.m_file, check.m_line, check.m_expr));
    }
    void log_message(const doctest::MessageData& said) override {
        if (said.m_severity != doctest::assertType::is_warn)
            note_failure(fmt::format("{}:{}: {}", said.m_file, said.m_line, said.m_string.c_str()));
    }
    void test_case_skipped(const doctest::TestCaseData&) override {}

private:
    /// The first is why; a line of results has it on one line.
    static void note_failure(std::string_view what) {
        std::string& failure = this_run().failure;
        if (failure.empty()) failure = what.substr(0, 300);
        std::ranges::replace_if(
            failure, [](char c) { return c == '\n' || c == '\t'; }, ' ');
    }
};

/// Our own arguments: `--word=value` and `--word`.
std::map<std::string, std::string> words_of(int argc, char** argv) {
    std::map<std::string, std::string> words;
    for (int index = 1; index < argc; ++index) {
        const std::string word = argv[index];
        const auto equals = std::min(word.size(), word.find('='));
        words[word.substr(0, equals)] = word.substr(std::min(word.size(), equals + 1));
    }
    return words;
}

std::vector<std::string> technologies() {
    std::vector<std::string> names;
    for (const StandType& type : stand_types()) names.emplace_back(type.technology);
    return names;
}

/// `--section` says KEYWORD=VALUE of the guest's container section; several are separated by `;`.
std::unique_ptr<Stand> make_recording_stand(std::map<std::string, std::string>& words) {
    const StandType& type = stand_type(words["--technology"]);
    Recorded recorded{std::string(type.technology), type.promises, {words["--guest"], words["--hostname"]}, {}, words["--record"]};
    for (const auto& said : split_filled(words["--section"], ';')) {
        const auto equals = said.find('=');
        if (equals == std::string::npos) throw Error(Error::Code::invalid, "this is no KEYWORD=VALUE", said);
        recorded.section.emplace_back(said.substr(0, equals), said.substr(equals + 1));
    }
    return std::make_unique<RecordStand>(std::move(recorded), words["--modules"]);
}

int run(int argc, char** argv) {
    auto words = words_of(argc, argv);
    doctest::Context context(argc, argv);
    if (words.contains("--list-test-cases")) return context.run();
    if (words.contains("--list-technologies")) {
        for (const auto& name : technologies()) std::cout << name << '\n';
        return 0;
    }
    if (words.contains("--table")) {
        const ResultTable table = read_results(words["--table"], technologies());
        std::cout << to_text(table);
        const auto after = words.contains("--update") ? AfterComparing::replace : AfterComparing::leave;
        if (words["--document"].empty() || same_as_document(table, words["--document"], after)) return 0;
        std::cout << words["--document"] << " says something else; tests/conformance/run --update writes it anew\n";
        return 1;
    }
    if (words["--technology"].empty() || words["--modules"].empty()) {
        std::cerr << usage;
        return 2;
    }
    this_run().results.open(words["--results"]);
    const auto stand = words.contains("--record") ? make_recording_stand(words) : make_stand(words["--technology"], words["--modules"]);
    this_run().stand = stand.get();
    return context.run();
}

}  // namespace

REGISTER_LISTENER("results", 1, ResultWriter);

}  // namespace svcmgr::conformance

int main(int argc, char** argv) {
    int code = 1;
    try {
        code = svcmgr::conformance::run(argc, argv);
    } catch (const svcmgr::conformance::Skipped& skipped) {
        std::cout << "skipped: " << skipped.reason << std::endl;
        code = 0;
    } catch (const std::exception& problem) {
        std::cerr << "conformance: " << problem.what() << std::endl;
    }
    // A case that let a daemon hang may have left a thread behind in a library (drivers/hypervisor/bounded.h).
    std::cout.flush();
    std::fflush(nullptr);
    _exit(code);
}
