#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <string_view>

#include "drivers/error.h"
#include "tests/conformance/kit.h"
#include "tests/conformance/kvm_stand.h"
#include "tests/conformance/lxc_stand.h"

namespace svcmgr::conformance {

namespace {

constexpr std::string_view usage =
    "Usage: conformance --technology=NAME --modules=DIR [--results=FILE] [doctest's options]\n"
    "Runs the conformance kit on a technology's driver. FILE gets a line `case<TAB>pass|fail|skip<TAB>reason` for each case.\n"
    "Technologies: kvm lxc\n";

/// Writes a line for each case that ran.
class ResultWriter : public doctest::IReporter {
public:
    explicit ResultWriter(const doctest::ContextOptions&) {}

    void test_case_start(const doctest::TestCaseData& test) override {
        name_ = test.m_name;
        this_run().skipped.clear();
    }
    void test_case_end(const doctest::CurrentTestCaseStats& stats) override {
        auto& run = this_run();
        const char* result = !stats.testCaseSuccess ? "fail" : run.skipped.empty() ? "pass" : "skip";
        run.results << name_ << '\t' << result << '\t' << run.skipped << std::endl;
    }

    void report_query(const doctest::QueryData&) override {}
    void test_run_start() override {}
    void test_run_end(const doctest::TestRunStats&) override {}
    void test_case_reenter(const doctest::TestCaseData&) override {}
    void test_case_exception(const doctest::TestCaseException&) override {}
    void subcase_start(const doctest::SubcaseSignature&) override {}
    void subcase_end() override {}
    void log_assert(const doctest::AssertData&) override {}
    void log_message(const doctest::MessageData&) override {}
    void test_case_skipped(const doctest::TestCaseData&) override {}

private:
    std::string name_;
};

std::unique_ptr<Stand> make_stand(std::string_view technology, const std::string& modules) {
    if (technology == "kvm") return std::make_unique<KvmStand>(modules);
    if (technology == "lxc") return std::make_unique<LxcStand>(modules);
    throw Error(Error::Code::invalid, "there is no stand for this technology", std::string(technology));
}

int run(int argc, char** argv) {
    std::string technology;
    std::string modules;
    bool lists_only = false;
    doctest::Context context(argc, argv);
    for (int index = 1; index < argc; ++index) {
        const std::string_view word = argv[index];
        const auto value = word.substr(std::min(word.size(), word.find('=') + 1));
        lists_only = lists_only || word == "--list-test-cases";
        if (word.starts_with("--technology=")) technology = value;
        if (word.starts_with("--modules=")) modules = value;
        if (word.starts_with("--results=")) this_run().results.open(std::string(value));
    }
    if (lists_only) return context.run();
    if (technology.empty() || modules.empty()) {
        std::cerr << usage;
        return 2;
    }
    const auto stand = make_stand(technology, modules);
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
