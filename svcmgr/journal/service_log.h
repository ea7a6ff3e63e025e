#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "drivers/files/files.h"
#include "drivers/world.h"

namespace svcmgr {

/// How much of a service's log is kept: `keep` files that were put aside (NAME.log.1 is the newest), each a little larger than `size`
/// bytes, beside the one that is written to. A size of 0: nothing is ever put aside.
struct LogLimits {
    std::uint64_t size = 10ULL << 20;
    int keep = 5;
};

/// Writes a service's log (contract.md 12.2). One process at a time writes to a log: it holds the service's lock.
class LogWriter {
public:
    LogWriter(World world, Path file, const LogLimits& limits) : world_(world), file_(std::move(file)), limits_(limits) {}

    /// Adds one line, after putting a file that is full aside where that can be done. Makes the file with mode 0640 in a directory of 0750.
    /// Throws Error.
    void add(const std::string& line);

private:
    void try_to_put_aside();
    void put_aside();

    World world_;
    Path file_;
    LogLimits limits_;
    bool made_directory_ = false;
};

/// Reads a service's log and what is added to it, across files that are put aside or cut off meanwhile. Never throws: a log that does not
/// exist has no lines.
class LogReader {
public:
    LogReader(World world, Path file) : world_(world), file_(std::move(file)) {}

    /// The last lines that were written, at most `count`, the oldest first; at most the last MiB of each file. `more` goes on behind them.
    std::vector<std::string> last(std::size_t count);
    /// What was written since.
    std::vector<std::string> more();
    /// Why it can't be read; empty when it can.
    const std::string& problem() const { return problem_; }

private:
    struct Place {
        std::uint64_t identity = 0;  ///< of the file; 0 before there was any
        std::uint64_t offset = 0;
    };
    std::optional<FileFacts> look(const Path& file);
    /// Whole lines, and where the next one begins.
    struct Part {
        std::vector<std::string> lines;
        std::uint64_t end = 0;
    };
    Part read_on(const Path& file, std::uint64_t offset);
    Part read_tail(const Path& file, const FileFacts& facts);
    std::vector<std::string> rest_of_those_put_aside();

    World world_;
    Path file_;
    Place place_;
    std::string problem_;
};

}  // namespace svcmgr
