#include "tests/conformance/record_stand.h"

#include <fmt/format.h>

#include "tests/conformance/kit.h"
#include "tests/conformance/replay_stand.h"

namespace svcmgr::conformance {

namespace {

using Mode = TranscriptWriter::Mode;

/// What is asked while a change is made belongs to it.
class RecordedHypervisor : public Hypervisor {
public:
    RecordedHypervisor(Hypervisor& driver, TranscriptWriter& writer) : driver_(driver), writer_(writer) {}

    Capabilities capabilities(Deadline deadline) override { return driver_.capabilities(deadline); }
    std::vector<GuestState> look(std::span<const Guest> guests, Deadline deadline) override { return driver_.look(guests, deadline); }
    void start(const Guest& guest, Deadline deadline) override {
        const Changing changing(writer_);
        driver_.start(guest, deadline);
    }
    void stop(const Guest& guest, StopMode mode, Deadline deadline) override {
        const Changing changing(writer_);
        driver_.stop(guest, mode, deadline);
    }
    SshOutcome run_inside(const Guest& guest, const Argv& argv, Deadline deadline) override {
        return driver_.run_inside(guest, argv, deadline);
    }
    Disks disks(const Guest& guest, Deadline deadline) override { return driver_.disks(guest, deadline); }
    std::vector<Path> definition(const Guest& guest) override { return driver_.definition(guest); }

private:
    struct Changing {
        explicit Changing(TranscriptWriter& changed) : writer(changed), before(changed.mode()) {
            if (before != Mode::nothing) writer.set(Mode::call);
        }
        ~Changing() { writer.set(before); }
        TranscriptWriter& writer;
        Mode before;
    };

    Hypervisor& driver_;
    TranscriptWriter& writer_;
};

}  // namespace

CommandResult RecordingProcesses::run(const Argv& argv, Deadline deadline, const CommandLimits& limits, std::string_view input) {
    const CommandResult result = RealProcesses::run(argv, deadline, limits, input);
    writer_.answered(argv, result);
    return result;
}

tl::expected<std::string, FileProblem> RecordingFiles::read(const Path& path, std::size_t limit) const {
    auto content = RealFiles::read(path, limit);
    if (content) writer_.file(path, *content);
    return content;
}

/// A directory is there because of what is in it.
tl::expected<FileFacts, FileProblem> RecordingFiles::facts(const Path& path) const {
    auto found = RealFiles::facts(path);
    if (found) writer_.file(found->kind == FileFacts::Kind::directory ? path + "/recorded" : path, "");
    return found;
}

SshOutcome RecordingSsh::run(const SshTarget& target, const Argv& argv, Deadline deadline, const CommandLimits& limits) {
    const SshOutcome outcome = LazySsh::run(target, argv, deadline, limits);
    Argv words = {"ssh", target.host};
    words.insert(words.end(), argv.begin(), argv.end());
    CommandResult result = outcome.result;
    result.timed_out = outcome.value == SshOutcome::Value::timed_out;
    if (outcome.value != SshOutcome::Value::ran && !result.timed_out) result.not_started = outcome.reason;
    writer_.answered(words, result);
    return outcome;
}

RecordStand::RecordStand(Recorded recorded, const Path& module_directory)
    : recorded_(std::move(recorded)), ssh_(writer_, module_directory) {
    const auto* type = find_hypervisor_type(driver_of(recorded_.technology));
    auto section = std::make_shared<Options>("container#1", Place(), type->keywords);
    for (const auto& [keyword, value] : recorded_.section) section->set(keyword, {value, {}});
    recorded_.guest.section = section;
    hypervisors_.emplace(module_directory, [](std::string_view name) {
        return Options(std::string(name), Place(), find_hypervisor_type(name)->node_keywords);
    });
    hypervisors_->set_world(world());
    ssh_.set_world(world());
    driver_ = std::make_unique<RecordedHypervisor>(hypervisors_->get(driver_of(recorded_.technology)), writer_);
}

std::string RecordStand::lacks(const std::string& name) const {
    const auto reasons = not_applicable_to(recorded_.technology);
    const auto found = reasons.find(name);
    return found == reasons.end() ? std::string() : found->second;
}

void RecordStand::begin(const std::string& name) {
    case_ = name;
    given_ = skipped_ = false;
    // So that the writer knows by which commands the driver looks.
    writer_.set(Mode::look);
    look(*this, recorded_.guest);
    writer_.begin("Recorded on a real host with tests/conformance/record.");
    for (const auto& [keyword, value] : recorded_.section) writer_.section(keyword, value);
}

void RecordStand::skip() {
    skipped_ = true;
    throw Skipped{"one guest alone is recorded, and nobody does anything else to its host"};
}

Guest RecordStand::make(GuestKind kind) {
    if (given_ || kind == GuestKind::deaf) skip();
    given_ = true;
    writer_.guest(recorded_.guest);
    return recorded_.guest;
}

void RecordStand::wait_ready(const Guest& guest) {
    writer_.set(Mode::nothing);
    const bool ready = eventually(*this, [&] { return driver().run_inside(guest, {"true"}, patience(*this)).ok(); });
    writer_.set(Mode::look);
    if (!ready) throw Skipped{"nothing can be run inside of the guest"};
}

void RecordStand::restore() {
    writer_.set(Mode::nothing);
    if (!skipped_) files_.replace(fmt::format("{}/{}", recorded_.directory, file_of_case(case_)), writer_.text(), 0644);
    if (given_ && look(*this, recorded_.guest).exists_here()) driver().stop(recorded_.guest, StopMode::force, patience(*this));
}

}  // namespace svcmgr::conformance
