#include "svcmgr/cluster/env_edit.h"

#include <fmt/format.h>

#include "drivers/error.h"
#include "svcmgr/cluster/loader.h"

namespace svcmgr {

namespace {

constexpr std::uint32_t for_root_only = 0600;

std::string read_all(const Files& files, const Path& file) {
    auto text = files.read(file, Document::largest_file);
    if (!text) throw Error(Error::Code::failed, text.error().reason, file, "nothing was changed");
    return std::move(*text);
}

}  // namespace

EnvEdit::EnvEdit(World world, const Paths& paths, const std::string& service)
    : world_(world),
      paths_(paths),
      service_(service),
      directory_(paths.state + "/edit"),
      copy_(fmt::format("{}/{}.env", directory_, service)),
      base_(fmt::format("{}/{}.before", directory_, service)) {}

bool EnvEdit::left_over() const {
    return world_.files.facts(copy_).has_value();
}

void EnvEdit::begin() {
    const std::string text = read_env_file(world_.files, paths_, env_file_of(world_.files, paths_, service_));
    world_.files.make_directories(directory_, 0700);
    world_.files.replace(base_, text, for_root_only);
    world_.files.replace(copy_, text, for_root_only);
}

void EnvEdit::recover() {
    if (!left_over())
        throw Error(Error::Code::invalid, "no edit is left over", copy_, fmt::format("svcmgr -s {} edit config begins one", service_));
    const std::string text = read_env_file(world_.files, paths_, env_file_of(world_.files, paths_, service_));
    world_.files.replace(base_, text, for_root_only);
}

void EnvEdit::discard() {
    world_.files.remove(copy_);
    world_.files.remove(base_);
}

EnvChange EnvEdit::accept(const Node& node) {
    const std::string before = read_all(world_.files, base_);
    const std::string edited = read_all(world_.files, copy_);
    EnvChange change;
    change.file = env_file_of(world_.files, paths_, service_);
    if (edited != before)
        change = change_env_file(world_, paths_, node, service_, [&](Document& document) {
            if (document.text() != before)
                throw Error(Error::Code::refused, "somebody else has changed the file since this edit began", document.file(),
                            fmt::format("compare it with {}; then `edit config --recover` puts yours on top, --discard forgets it", copy_));
            document = Document::parse(edited, copy_);  // findings are about what the person has written
        });
    if (change.result == EnvChange::Result::refused) return change;
    discard();
    for (Finding& finding : change.findings) finding.place.file = change.file;
    return change;
}

}  // namespace svcmgr
