#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>

#include "drivers/hypervisor/hypervisor.h"
#include "drivers/process/processes.h"

namespace svcmgr::conformance {

/// Writes a transcript of what happens. Usable from several threads at once.
class TranscriptWriter {
public:
    /// `call`: what is asked now belongs to a change, and is to be played once and in this order, but for what is known to be a look: what
    /// was asked before as a look, also before `begin`. `nothing`: it is not recorded.
    enum class Mode { nothing, look, call };

    void begin(const std::string& comment);
    void set(Mode mode);
    Mode mode() const;
    void guest(const Guest& guest);
    void section(const std::string& keyword, const std::string& value);
    /// A look that was answered so before, since the last call, is not written again.
    void answered(const Argv& argv, const CommandResult& result);
    /// A file that was read, or whose facts were asked for.
    void file(const std::string& path, const std::string& content);
    std::string text() const;

private:
    mutable std::mutex mutex_;
    Mode mode_ = Mode::nothing;
    std::string text_;
    std::set<Argv> looking_;                    ///< that only look
    std::set<std::string> looks_;               ///< since the last call
    std::map<std::string, std::string> files_;  ///< as they were written last
};

}  // namespace svcmgr::conformance
