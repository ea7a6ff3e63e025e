#include "tests/conformance/transcript.h"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/error.h"
#include "drivers/numbers.h"
#include "drivers/options.h"
#include "drivers/ssh/ssh.h"

namespace svcmgr::conformance {

namespace {

using Event = Transcript::Event;

bool ends_stage(const Event& event) {
    return event.kind == Event::Kind::call || event.kind == Event::Kind::deed;
}

std::string describe(const Event& event) {
    switch (event.kind) {
        case Event::Kind::look: return "look: " + quote_for_shell(event.argv);
        case Event::Kind::call: return "call: " + quote_for_shell(event.argv);
        case Event::Kind::deed: return "deed: " + event.text;
        case Event::Kind::file: return "file: " + event.text;
        case Event::Kind::gone: return "gone: " + event.text;
    }
    return {};
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
    return text;
}

std::string numbered(std::string_view pattern, int number) {
    return replaced(replaced(std::string(pattern), "{}", std::to_string(number)), "\\n", "\n");
}

}  // namespace

Transcript::Transcript(std::string name, std::string_view text) : name_(std::move(name)) {
    if (!text.starts_with("# ")) complain(1, "it does not begin with a comment that says where its format comes from");
    while (!text.empty()) {
        const auto end = std::min(text.size(), text.find('\n'));
        const auto line = text.substr(0, end);
        text.remove_prefix(std::min(text.size(), end + 1));
        ++line_;
        if (line.empty() || line.starts_with('#')) continue;
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) complain(line_, "there is no colon behind its first word");
        auto rest = line.substr(colon + 1);
        if (rest.starts_with(' ')) rest.remove_prefix(1);
        read_line(line_, line.substr(0, colon), rest);
    }
}

void Transcript::complain(int number, const std::string& what) const {
    throw Error(Error::Code::invalid, what, fmt::format("{}:{}", name_, number));
}

void Transcript::read_line(int number, std::string_view word, std::string_view rest) {
    const auto add = [&](Event::Kind kind) -> Event& {
        Event event;
        event.kind = kind;
        event.line = number;
        event.used = kind == Event::Kind::file || kind == Event::Kind::gone;
        event.result.exit_code = 0;
        events_.push_back(std::move(event));
        return events_.back();
    };
    if (word == "look" || word == "call") {
        const auto argv = split_command(rest);
        if (!argv || argv->empty()) complain(number, "this is no argument vector");
        add(word == "look" ? Event::Kind::look : Event::Kind::call).argv = *argv;
    } else if (word == "deed" || word == "file" || word == "gone") {
        add(word == "deed" ? Event::Kind::deed : word == "file" ? Event::Kind::file : Event::Kind::gone).text = rest;
    } else if (word == "guest" || word == "many" || word == "section") {
        read_guest(word, rest);
    } else {
        read_answer(word, rest);
    }
}

void Transcript::read_guest(std::string_view word, std::string_view rest) {
    const auto words = split_words(rest);
    if (word == "section") {
        const auto equals = rest.find('=');
        if (equals == std::string_view::npos) complain(line_, "this is no KEYWORD=VALUE");
        section_.emplace_back(rest.substr(0, equals), rest.substr(equals + 1));
        return;
    }
    if (words.size() != 2) complain(line_, "two words are expected");
    if (word == "guest") {
        guests_.push_back({words[0], words[1]});
        return;
    }
    const auto count = parse_number<int>(words[0]);
    if (!count) complain(line_, "this is no number");
    for (int number = 1; number <= *count; ++number) many_.push_back({fmt::format("{}{}", words[1], number), "nowhere"});
}

void Transcript::read_answer(std::string_view word, std::string_view rest) {
    if (events_.empty()) complain(line_, "nothing is before it that could have it");
    Event& event = events_.back();
    if (event.kind == Event::Kind::file && word == "text") {
        event.content += std::string(rest) + '\n';
        return;
    }
    if (event.kind != Event::Kind::look && event.kind != Event::Kind::call) complain(line_, "only a look or a call has an answer");
    if (word == "out") {
        event.result.out += std::string(rest) + '\n';
    } else if (word == "raw") {
        event.result.out += rest;
    } else if (word == "err") {
        event.result.err += std::string(rest) + '\n';
    } else if (word == "exit") {
        const auto code = parse_number<int>(rest);
        if (!code) complain(line_, "this is no number");
        event.result.exit_code = *code;
    } else if (word == "repeat") {
        const auto space = rest.find(' ');
        const auto count = parse_number<int>(rest.substr(0, space));
        if (!count || space == std::string_view::npos) complain(line_, "a number and a line are expected");
        for (int number = 1; number <= *count; ++number) event.result.out += numbered(rest.substr(space + 1), number) + '\n';
    } else if (word == "hangs") {
        event.hangs = true;
    } else if (word == "missing") {
        event.result.exit_code = -1;
        event.result.not_started = fmt::format("{}: no such program", event.argv.front());
    } else {
        complain(line_, fmt::format("'{}' is no word of a transcript", word));
    }
}

Player::Player(Transcript transcript, MemoryFiles& files) : transcript_(std::move(transcript)), files_(files) {
    enter(0);
}

void Player::enter(std::size_t from) {
    auto& events = transcript_.events();
    begin_ = end_ = from;
    while (end_ < events.size() && !ends_stage(events[end_])) {
        Event& event = events[end_++];
        if (event.kind == Event::Kind::file) files_.put(event.text, event.content);
        if (event.kind == Event::Kind::gone) files_.remove_tree(event.text);
    }
}

CommandResult Player::play(Event& event, Deadline deadline, Clock& clock) {
    event.used = true;
    if (!event.hangs) return event.result;
    clock.sleep_until(deadline.at());
    CommandResult result;
    result.timed_out = true;
    return result;
}

CommandResult Player::answer(const Argv& argv, Deadline deadline, Clock& clock) {
    const std::lock_guard lock(mutex_);
    auto& events = transcript_.events();
    if (end_ < events.size() && events[end_].kind == Event::Kind::call && events[end_].argv == argv) {
        Event& event = events[end_];
        enter(end_ + 1);
        return play(event, deadline, clock);
    }
    Event* last = nullptr;
    for (std::size_t at = begin_; at < end_; ++at) {
        if (events[at].kind != Event::Kind::look || events[at].argv != argv) continue;
        last = &events[at];
        if (!last->used) break;
    }
    if (last != nullptr) return play(*last, deadline, clock);

    surprises_.push_back(fmt::format("{}: before line {}, nobody expects the call: {}", transcript_.name(),
                                     end_ < events.size() ? events[end_].line : -1, quote_for_shell(argv)));
    CommandResult result;
    result.not_started = "the transcript does not have it";
    return result;
}

Path Player::deed(const std::string& words) {
    const std::lock_guard lock(mutex_);
    auto& events = transcript_.events();
    if (end_ >= events.size() || events[end_].kind != Event::Kind::deed || events[end_].text != words)
        throw Error(Error::Code::invalid, fmt::format("the transcript does not expect it now: {}", words), transcript_.name());
    events[end_].used = true;
    enter(end_ + 1);
    const auto file = std::find_if(events.begin() + std::ptrdiff_t(begin_), events.begin() + std::ptrdiff_t(end_),
                                   [](const Event& event) { return event.kind == Event::Kind::file; });
    return file == events.begin() + std::ptrdiff_t(end_) ? Path() : file->text;
}

Guest Player::next_guest() {
    const std::lock_guard lock(mutex_);
    if (guests_given_ == transcript_.guests().size())
        throw Error(Error::Code::invalid, "the transcript has no more guests", transcript_.name());
    return transcript_.guests()[guests_given_++];
}

std::vector<std::string> Player::complaints() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> complaints = surprises_;
    for (const Event& event : transcript_.events())
        if (!event.used)
            complaints.push_back(fmt::format("{}:{}: nobody asked for this: {}", transcript_.name(), event.line, describe(event)));
    return complaints;
}

}  // namespace svcmgr::conformance
