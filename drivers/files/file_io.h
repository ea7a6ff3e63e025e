#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "drivers/descriptor.h"
#include "drivers/files/files.h"

namespace svcmgr {

/// open(2) with O_CLOEXEC, going on after interruptions.
tl::expected<Descriptor, FileProblem> open_file(const Path& path, int flags, std::uint32_t mode = 0);
/// From the current place to the end of the file; a problem when there is more than `limit`. A file that is known to have `size` bytes is
/// not asked for more once they are read; 0: not known.
tl::expected<std::string, FileProblem> read_all(int descriptor, std::size_t limit, std::uint64_t size = 0);
/// At most `limit` bytes from byte `offset` on.
tl::expected<std::string, FileProblem> read_at(int descriptor, std::uint64_t offset, std::size_t limit);
/// All of it; 0 or an errno.
int write_all(int descriptor, std::string_view content);

}  // namespace svcmgr
