#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/process/processes.h"
#include "drivers/world.h"
#include "resources/resource.h"

namespace svcmgr {

/// Whether a command line of an env file asks for a shell: it has a `|`, a `&&` or a `;` outside of quotes (contract.md 2.5).
bool asks_for_shell(std::string_view command);

/// The arguments of a command line of an env file: its words, or a shell with the whole of it where it asks for one.
Argv argv_of(std::string_view command);

/// Somebody that a program may run as, with the variables that tell the program so (HOME, USER, LOGNAME).
struct Account {
    RunAs run_as;
    std::vector<std::string> environment;
};

/// Asks the system's directories, by getent(1) and id(1): they may hang, and those can be ended. `user` is a name or a number; `group` may
/// be empty. The account, or a sentence that says why there is none.
tl::expected<Account, std::string> find_account(World& world, const std::string& user, const std::string& group, Deadline deadline);

/// A program that an env file names, and where its output is kept.
struct Launch {
    Argv argv;
    Surroundings surroundings;
    Path output;  ///< its last output, stdout before stderr; empty: nowhere
    /// Whether it leaves processes running, which go on writing into the file of its output.
    enum class Leaves { nothing, processes } leaves = Leaves::nothing;
};

/// Runs it to its end and keeps its output. Of one that leaves processes, `err` of the result is the last line that it wrote.
CommandResult launch(const Launch& what, Doing& doing);

/// The failure of a command as the Error of a step: `interrupted` when a signal ended it, `timed_out` at its deadline, else `failed`. What
/// is secret in the command is not in it (drivers/secret_names.h).
Error failure_of(const CommandResult& result, const Launch& what, const Doing& doing);

/// Runs it as `launch` does; throws that Error unless it ended well.
CommandResult launch_or_throw(const Launch& what, Doing& doing);

/// Where the output of a resource's command is kept: LOGS/SERVICE.RID.VERB.log, with nothing in it that leaves the directory.
Path output_file(const Path& logs, const std::string& service, const Rid& rid, std::string_view verb);

}  // namespace svcmgr
