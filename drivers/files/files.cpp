#include "drivers/files/files.h"

namespace svcmgr {

tl::expected<FileContent, FileProblem> Files::read_with_facts(const Path& path, std::size_t limit) const {
    const auto known = facts(path);
    if (!known) return tl::unexpected(known.error());
    auto text = read(path, limit);
    if (!text) return tl::unexpected(text.error());
    return FileContent{*known, std::move(*text)};
}

}  // namespace svcmgr
