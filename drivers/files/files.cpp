#include "drivers/files/files.h"

namespace svcmgr {

tl::expected<FileContent, FileProblem> Files::read_with_facts(const Path& path, std::size_t limit) const {
    auto facts_or_problem = facts(path);
    if (!facts_or_problem) return tl::unexpected(std::move(facts_or_problem.error()));
    auto text = read(path, limit);
    if (!text) return tl::unexpected(std::move(text.error()));
    return FileContent{std::move(*facts_or_problem), std::move(*text)};
}

}  // namespace svcmgr
