#pragma once

#include <exception>
#include <string>

namespace svcmgr {

/// The one way in which changing something fails (looking never throws: it returns a value with a reason).
/// Each code is one class of reaction for the caller; `command/exit_code.h` maps them to the exit codes of the manual.
class Error : public std::exception {
public:
    enum class Code {
        failed,       ///< it was tried and did not work
        invalid,      ///< the command line or a file that the user wrote is wrong; nothing was tried
        refused,      ///< a guard said no; nothing was changed
        locked,       ///< another action holds the lock
        left_behind,  ///< it did not work, and something that was done could not be undone
        unreachable,  ///< a hypervisor, peer or guest that was needed did not answer in a usable way
        timed_out,    ///< the deadline passed while waiting
        interrupted,  ///< a signal asked to stop
    };

    Error(Code code, std::string message, std::string where = {}, std::string hint = {});
    ~Error() override;

    Code code() const noexcept { return code_; }
    /// What happened, one sentence without a full stop.
    const std::string& message() const noexcept { return message_; }
    /// Where: a file with line and column, a resource, a node, a command. Empty when the message says it.
    const std::string& where() const noexcept { return where_; }
    /// What the reader can do next. Empty when nothing can be advised.
    const std::string& hint() const noexcept { return hint_; }
    /// `where: message (hint)`, for logs.
    const char* what() const noexcept override { return text_.c_str(); }

private:
    Code code_;
    std::string message_;
    std::string where_;
    std::string hint_;
    std::string text_;
};

/// The stable word of a code, as in JSON (`svcmgr.error/1`) and in the journal.
const char* to_string(Error::Code code) noexcept;

}  // namespace svcmgr
