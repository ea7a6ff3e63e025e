#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/clock.h"
#include "drivers/files/memory_files.h"
#include "drivers/hypervisor/hypervisor.h"

namespace svcmgr::conformance {

/// What a technology's tools were asked and answered in one case of the kit. The file is read line by line (README.md beside the
/// transcripts has an example):
///
///     # Checked against …      where its format comes from; each transcript begins with such lines
///     guest: NAME HOSTNAME     a guest that the case is given, in this order
///     many: 1000 NAME          guests NAME1 to NAME1000 that the case is given
///     section: KEYWORD=VALUE   what the guests' container section says
///     look: ARGV               a call whose answer holds until the next `call` or `deed`; several of one ARGV are played in their order
///     call: ARGV               a call that is made once, here
///     deed: WORDS              what somebody else does to the technology: the kit's own doing
///     out: err: exit:          of the answer: lines of stdout and stderr, and how it ended (0 unless it is said)
///     raw: TEXT                stdout that does not end with a line's end
///     repeat: N LINE           N times this on stdout, with the number in the place of {}, and a line's end in that of \n
///     hangs:  missing:         instead of an answer
///     file: PATH, text: LINE   a file that exists from here on, and its lines
///     gone: PATH               one that does not exist from here on
///
/// An ARGV is written as for a shell. What is asked over ssh has the ARGV `ssh HOST …`.
class Transcript {
public:
    struct Event {
        enum class Kind { look, call, deed, file, gone } kind;
        int line = 0;
        Argv argv;  ///< of a look or a call
        CommandResult result;
        bool hangs = false;
        std::string text;  ///< of a deed its words, of a file its path
        std::string content;
        bool used = false;
    };

    /// Throws Error `invalid` with file and line for what can't be understood.
    Transcript(std::string name, std::string_view text);

    const std::string& name() const { return name_; }
    const std::vector<Event>& events() const { return events_; }
    std::vector<Event>& events() { return events_; }
    const std::vector<Guest>& guests() const { return guests_; }
    const std::vector<Guest>& many() const { return many_; }

private:
    void read_line(int number, std::string_view word, std::string_view rest);
    void read_guest(std::string_view word, std::string_view rest);
    void read_answer(std::string_view word, std::string_view rest);
    [[noreturn]] void complain(int number, const std::string& what) const;

    std::string name_;
    int line_ = 0;
    std::vector<Event> events_;
    std::vector<Guest> guests_;
    std::vector<Guest> many_;
    std::vector<std::pair<std::string, std::string>> section_;

    friend class Player;
};

/// Plays a transcript: stands for everything that a driver asks. Calls may come from several threads.
class Player {
public:
    Player(Transcript transcript, MemoryFiles& files);

    /// The answer to a call; one that the transcript does not have here is remembered as a complaint, and is a program that did not start.
    CommandResult answer(const Argv& argv, Deadline deadline, Clock& clock);
    /// What the kit does. Returns the first file that it leaves, when it leaves one. Throws Error when the transcript does not say that it
    /// is done now.
    Path deed(const std::string& words);

    Guest next_guest();
    const std::vector<Guest>& many() const { return transcript_.many(); }
    const std::vector<std::pair<std::string, std::string>>& section() const { return transcript_.section_; }
    /// What did not go as the transcript says: calls that it does not have, lines that nobody asked for.
    std::vector<std::string> complaints() const;

private:
    /// From the event behind `from` to the next call or deed: what holds now.
    void enter(std::size_t from);
    CommandResult play(Transcript::Event& event, Deadline deadline, Clock& clock);

    Transcript transcript_;
    MemoryFiles& files_;
    mutable std::mutex mutex_;
    std::size_t begin_ = 0;  ///< the stage: its first event …
    std::size_t end_ = 0;    ///< … and the call or deed that ends it
    std::size_t guests_given_ = 0;
    std::vector<std::string> surprises_;
};

}  // namespace svcmgr::conformance
