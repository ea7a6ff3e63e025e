#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/files/files.h"

namespace svcmgr {

/// A file, directory, link or device that exists in memory only.
struct MemoryNode {
    FileFacts facts;      ///< `size` is not kept here: see `content`
    std::string content;  ///< of a link: where it leads
    std::map<std::string, std::shared_ptr<MemoryNode>, std::less<>> children;
    bool locked = false;
};

/// A place in the tree. `node` is empty when nothing is there; then `parent` is the directory in which it can be made.
struct MemoryPlace {
    std::shared_ptr<MemoryNode> parent;
    std::string name;
    std::shared_ptr<MemoryNode> node;
    Path canonical;  ///< without links
};

enum class LastLink { follow, keep };

/// The state that MemoryFiles share. Whoever uses it holds `mutex`.
struct MemoryTree {
    /// Which operations a fault hits.
    struct Fault {
        Path below;
        bool on_look = false;
        bool on_change = false;
        int errno_value = 0;
    };

    std::mutex mutex;
    std::shared_ptr<MemoryNode> root;
    std::optional<std::uint64_t> capacity;  ///< bytes; no limit when empty
    std::vector<Fault> faults;

    MemoryTree();
    /// An errno where the way there is barred: a missing directory, a file in its place, too many links.
    tl::expected<MemoryPlace, int> find(const Path& path, LastLink last) const;
    std::uint64_t used() const;
    /// 0 when there is no limit's worth of it left.
    std::uint64_t free() const;
};

/// "a", "b" of "/a//b/"; parts of `path`.
std::vector<std::string_view> path_components(std::string_view path);

}  // namespace svcmgr
