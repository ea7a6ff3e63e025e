#include "resources/bounded_facts.h"

#include <cerrno>
#include <charconv>

#include "drivers/files/file_problem.h"
#include "drivers/options.h"
#include "drivers/process/processes.h"

namespace svcmgr {

namespace {

FileFacts::Kind kind_of(std::string_view word) {
    if (word.starts_with("regular")) return FileFacts::Kind::file;
    if (word == "directory") return FileFacts::Kind::directory;
    if (word.starts_with("block")) return FileFacts::Kind::block_device;
    if (word.starts_with("character")) return FileFacts::Kind::character_device;
    return FileFacts::Kind::other;
}

std::uint32_t number(std::string_view text, int base) {
    std::uint32_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, base);
    return value;
}

/// "OWNER GROUP MODE KIND", the kind in one or several words.
tl::expected<FileFacts, FileProblem> parse(const std::string& line) {
    const std::vector<std::string> words = split_words(line);
    if (words.size() < 4) return tl::unexpected(file_problem("what stat prints can't be understood"));
    FileFacts facts;
    facts.owner = number(words[0], 10);
    facts.group = number(words[1], 10);
    facts.mode = number(words[2], 8);
    facts.kind = kind_of(words[3]);
    return facts;
}

}  // namespace

tl::expected<FileFacts, FileProblem> bounded_facts(World& world, const Mounts& mounts, const Path& path, Deadline deadline) {
    const Mount* mount = mounts.holding(path);
    if (mount == nullptr || !mount->may_hang()) return world.files.facts(path);
    const CommandResult said = world.processes.run({"stat", "-L", "--format=%u %g %a %F", "--", path}, deadline);
    if (said.ok()) return parse(said.out);
    if (said.exit_code == 1 && said.err.find("No such file") != std::string::npos) return tl::unexpected(file_problem(ENOENT));
    return tl::unexpected(file_problem(said.describe()));
}

}  // namespace svcmgr
