#include "drivers/files/memory_tree.h"

#include <algorithm>
#include <cerrno>

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

/// Walks from the root, replacing links by what they lead to. The simulation spends half of its time here: names are those of the tree and
/// of the path, which both outlive it, and nothing is copied on the way.
class Walk {
public:
    Walk(const std::shared_ptr<MemoryNode>& root, const Path& path, LastLink last) : way_{Step{"", &root}}, last_(last) {
        // "file/" means a directory, as in the kernel.
        if (path.ends_with('/')) todo_.emplace_back(".");
        push(path);
    }

    tl::expected<MemoryPlace, int> go() {
        while (!todo_.empty()) {
            const std::string_view name = todo_.back();
            todo_.pop_back();
            if (here()->facts.kind != FileFacts::Kind::directory) return tl::unexpected(ENOTDIR);
            if (name.size() > longest_name) return tl::unexpected(ENAMETOOLONG);
            if (name == ".") continue;
            if (name == "..") {
                if (way_.size() > 1) way_.pop_back();
                continue;
            }
            const auto child = here()->children.find(name);
            if (child == here()->children.end()) return absent(name);
            const MemoryNode& node = *child->second;
            if (node.facts.kind != FileFacts::Kind::link || (todo_.empty() && last_ == LastLink::keep)) {
                way_.push_back({child->first, &child->second});
                continue;
            }
            if (++links_ > most_links) return tl::unexpected(ELOOP);
            if (node.content.starts_with('/')) way_.resize(1);
            push(node.content);
        }
        const auto& parent = way_.size() > 1 ? way_[way_.size() - 2].node : way_.front().node;
        return MemoryPlace{*parent, std::string(way_.back().name), here(), canonical()};
    }

private:
    struct Step {
        std::string_view name;
        const std::shared_ptr<MemoryNode>* node = nullptr;
    };

    const std::shared_ptr<MemoryNode>& here() const { return *way_.back().node; }

    void push(std::string_view path) {
        const auto components = path_components(path);
        todo_.insert(todo_.end(), components.rbegin(), components.rend());
    }

    tl::expected<MemoryPlace, int> absent(std::string_view name) const {
        if (!todo_.empty()) return tl::unexpected(ENOENT);
        Path place = way_.size() > 1 ? canonical() : Path();
        place.append("/").append(name);
        return MemoryPlace{here(), std::string(name), nullptr, std::move(place)};
    }

    Path canonical() const {
        Path path;
        for (std::size_t i = 1; i < way_.size(); ++i) path.append("/").append(way_[i].name);
        return path.empty() ? "/" : path;
    }

    std::vector<Step> way_;
    std::vector<std::string_view> todo_;  ///< the next one last
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

std::vector<std::string_view> path_components(std::string_view path) {
    std::vector<std::string_view> components;
    components.reserve(static_cast<std::size_t>(std::ranges::count(path, '/')) + 1);
    for (std::size_t begin = 0; begin < path.size();) {
        const auto end = std::min(path.find('/', begin), path.size());
        if (end > begin) components.push_back(path.substr(begin, end - begin));
        begin = end + 1;
    }
    return components;
}

}  // namespace svcmgr
