#include "drivers/files/memory_tree.h"

#include <algorithm>
#include <cerrno>
#include <deque>

namespace svcmgr {

namespace {

constexpr int most_links = 40;
constexpr std::size_t longest_name = 255;
constexpr std::uint64_t unlimited = std::uint64_t{1} << 40;

std::uint64_t bytes_of(const MemoryNode& node) {
    std::uint64_t sum = node.content.size();
    for (const auto& [name, child] : node.children) sum += bytes_of(*child);
    return sum;
}

/// Walks from the root, replacing links by what they lead to.
class Walk {
public:
    Walk(std::shared_ptr<MemoryNode> root, const Path& path, LastLink last) : way_{Step{"", std::move(root)}}, last_(last) {
        prepend(path);
        // "file/" means a directory, as in the kernel.
        if (path.ends_with('/')) todo_.emplace_back(".");
    }

    tl::expected<MemoryPlace, int> go() {
        while (!todo_.empty()) {
            const std::string name = std::move(todo_.front());
            todo_.pop_front();
            if (here()->facts.kind != FileFacts::Kind::directory) return tl::unexpected(ENOTDIR);
            if (name.size() > longest_name) return tl::unexpected(ENAMETOOLONG);
            if (name == ".") continue;
            if (name == "..") {
                if (way_.size() > 1) way_.pop_back();
                continue;
            }
            const auto child = here()->children.find(name);
            if (child == here()->children.end()) return absent(name);
            if (child->second->facts.kind != FileFacts::Kind::link || (todo_.empty() && last_ == LastLink::keep)) {
                way_.push_back({name, child->second});
                continue;
            }
            if (++links_ > most_links) return tl::unexpected(ELOOP);
            if (child->second->content.starts_with('/')) way_.resize(1);
            prepend(child->second->content);
        }
        const auto parent = way_.size() > 1 ? way_[way_.size() - 2].node : way_.front().node;
        return MemoryPlace{parent, way_.back().name, here(), canonical()};
    }

private:
    struct Step {
        std::string name;
        std::shared_ptr<MemoryNode> node;
    };

    const std::shared_ptr<MemoryNode>& here() const { return way_.back().node; }

    void prepend(const Path& path) {
        const auto components = path_components(path);
        todo_.insert(todo_.begin(), components.begin(), components.end());
    }

    tl::expected<MemoryPlace, int> absent(const std::string& name) const {
        if (!todo_.empty()) return tl::unexpected(ENOENT);
        return MemoryPlace{here(), name, nullptr, (way_.size() > 1 ? canonical() : "") + "/" + name};
    }

    Path canonical() const {
        Path path;
        for (std::size_t i = 1; i < way_.size(); ++i) path += "/" + way_[i].name;
        return path.empty() ? "/" : path;
    }

    std::vector<Step> way_;
    std::deque<std::string> todo_;
    LastLink last_;
    int links_ = 0;
};

}  // namespace

MemoryTree::MemoryTree() : root(std::make_shared<MemoryNode>()) {
    root->facts.kind = FileFacts::Kind::directory;
    root->facts.mode = 0755;
}

tl::expected<MemoryPlace, int> MemoryTree::find(const Path& path, LastLink last) const {
    if (path.empty()) return tl::unexpected(ENOENT);
    return Walk(root, path, last).go();
}

std::uint64_t MemoryTree::used() const {
    return bytes_of(*root);
}

std::uint64_t MemoryTree::free() const {
    const auto all = capacity.value_or(unlimited);
    return all - std::min(all, used());
}

std::vector<std::string> path_components(const Path& path) {
    std::vector<std::string> components;
    for (std::size_t begin = 0; begin < path.size();) {
        const auto end = std::min(path.find('/', begin), path.size());
        if (end > begin) components.push_back(path.substr(begin, end - begin));
        begin = end + 1;
    }
    return components;
}

}  // namespace svcmgr
