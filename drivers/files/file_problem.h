#pragma once

#include <string>

#include "drivers/error.h"
#include "drivers/files/files.h"

namespace svcmgr {

/// An errno in plain words: "no space left on the device".
std::string errno_reason(int errno_value);

FileProblem file_problem(int errno_value);
/// A problem that has no errno: "is a directory", "larger than 1 MiB".
FileProblem file_problem(std::string reason);
FileProblem larger_than(std::size_t limit);

/// What changing functions throw: code `failed`; `what` could not be done ("can't be written"), the path in `where`, and advice where there
/// is any.
Error file_error(const Path& path, const std::string& what, const FileProblem& problem);

/// "/a/b" of "/a/b/c", "/" of "/a", "." of "a".
Path parent_directory(const Path& path);

}  // namespace svcmgr
