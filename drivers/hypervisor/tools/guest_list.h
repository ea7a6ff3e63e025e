#pragma once

#include <map>
#include <string>
#include <string_view>

#include "drivers/error.h"
#include "drivers/hypervisor/hypervisor.h"
#include "drivers/hypervisor/tools/lines.h"
#include "drivers/hypervisor/tools/tool.h"

namespace svcmgr::tools {

/// What a tool said about all the guests of a host. A guest that is not in it is absent, unless there is a problem: a list of which
/// something was not understood may have meant it.
class GuestList {
public:
    GuestList() = default;
    /// Nothing is known of any guest.
    explicit GuestList(const Unanswered& unanswered) : problem_(unanswered.reason), code_(unanswered.code) {}

    /// A second one of the same name makes both unknown: which of them is meant can't be told.
    void add(std::string_view name, GuestState state);
    /// A line that names its guest, and says something of it that is not understood: this guest alone is unknown.
    void add_unknown(std::string_view name, const Line& line, std::string_view why);
    /// A line that may be about any guest.
    void refuse(const Line& line, std::string_view why);

    /// Null for a guest that the tool did not tell of.
    GuestState* find(std::string_view name);
    GuestState state_of(std::string_view name) const;
    const std::map<std::string, GuestState, std::less<>>& guests() const { return guests_; }
    /// Why guests that are not in the list are unknown; empty when they are absent.
    const std::string& problem() const { return problem_; }
    /// What kind of problem it is.
    Error::Code code() const { return code_; }

private:
    std::map<std::string, GuestState, std::less<>> guests_;
    std::string problem_;
    Error::Code code_ = Error::Code::unreachable;
};

/// Reads an answer when there is one.
template <typename Read>
GuestList list_of(const Answer& answer, Read read) {
    return answer ? read(*answer) : GuestList(answer.error());
}

}  // namespace svcmgr::tools
