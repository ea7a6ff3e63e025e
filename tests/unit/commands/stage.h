#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "drivers/files/memory_files.h"
#include "svcmgr/command/command.h"
#include "tests/unit/doubles.h"

namespace svcmgr::test {

/// Where a command line is run: a node with files in memory. Nothing outside may be asked for: hypervisors, network, ssh and processes are
/// nobody, and to talk to one of them ends the test.
class Stage {
public:
    struct Result {
        int code = 0;
        std::string out;
        std::string err;
    };

    FixedHost host;
    bool out_is_terminal = false;
    int width = 80;

    /// An env file of that name.
    void env(const std::string& name, const std::string& text) { files_.put(paths_.configuration + "/" + name, text, 0644); }

    Result run(const std::vector<std::string>& arguments) {
        std::ostringstream out, err;
        Terminal terminal{out, err};
        terminal.out_is_terminal = out_is_terminal;
        terminal.width = width;
        const World world{clock_,
                          signals_,
                          nobody<Tasks>(),
                          host,
                          files_,
                          nobody<Processes>(),
                          nobody<Network>(),
                          nobody<Ssh>(),
                          nobody<Hypervisors>(),
                          nobody<Reservations>()};
        const int code = run_command(world, paths_, terminal, arguments);
        return {code, out.str(), err.str()};
    }

private:
    template <typename Part>
    Part& nobody() {
        return reinterpret_cast<Part&>(nobody_);
    }

    alignas(64) char nobody_[64] = {};
    ManualClock clock_;
    NoSignals signals_;
    MemoryFiles files_{clock_, signals_};
    Paths paths_;
};

}  // namespace svcmgr::test
