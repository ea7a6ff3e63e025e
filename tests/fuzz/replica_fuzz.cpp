// What a peer says of a service's files, and what it wants an rsync to do here: foreign bytes that decide what is written where.

#include "drivers/options.h"
#include "svcmgr/cluster/replication/file_list.h"
#include "svcmgr/cluster/replication/rsync_sync.h"
#include "tests/fuzz/support.h"

using namespace svcmgr;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text = fuzz::text_of(data, size);
    if (const auto list = parse_file_list(text)) {
        for (const auto& [name, state] : list->files) {
            fuzz::require(kind_of_file(name).has_value(), "a file that was read has a name");
            fuzz::require(name.find("/../") == std::string::npos && !name.ends_with("/.."), "no name leaves a directory");
            fuzz::require((state.mode & ~07777U) == 0, "a mode is permission bits");
        }
        const auto again = parse_file_list(to_json(*list));
        fuzz::require(again && again->files.size() == list->files.size(), "what was read can be written and read again");
    } else {
        fuzz::require(!list.error().empty(), "what is no list has a reason");
    }
    const auto words = split_command(text).value_or(std::vector<std::string>());
    if (const auto argv = check_rsync_server(words, "/srv/data", {})) {
        fuzz::require(argv->front() == "rsync" && argv->back().starts_with("/srv/data"), "an rsync writes to its destination");
        for (const std::string& word : *argv) {
            // Behind the `e` of a bundle of letters stand the protocol's own flags, whatever they spell.
            fuzz::require(!word.starts_with("--") || word.find("sender") == std::string::npos, "an rsync only receives");
            fuzz::require(word.find(';') == std::string::npos, "an rsync is no shell's");
        }
    }
    if (const auto argv = check_rsync_sender(words, "/srv/data", {}))
        fuzz::require(argv->back().starts_with("/srv/data") && argv->back().find("/..") == std::string::npos,
                      "an rsync reads its destination");
    return 0;
}
