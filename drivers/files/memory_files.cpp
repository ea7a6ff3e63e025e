#include "drivers/files/memory_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "drivers/files/file_problem.h"
#include "drivers/files/memory_tree.h"

namespace svcmgr {

namespace {

using Kind = FileFacts::Kind;
using Guard = std::lock_guard<std::mutex>;

constexpr auto cant_write = "can't be written";
constexpr auto cant_make_directory = "can't make this directory";
constexpr auto cant_lock = "can't be locked";

bool is_below(const Path& path, const Path& directory) {
    const auto inner = path_components(path);
    const auto outer = path_components(directory);
    return inner.size() >= outer.size() && std::equal(outer.begin(), outer.end(), inner.begin());
}

/// 0 when no fault was asked for.
int look_fault(const MemoryTree& tree, const Path& path) {
    for (const auto& fault : tree.faults)
        if (fault.on_look && is_below(path, fault.below)) return fault.errno_value;
    return 0;
}

int change_fault(const MemoryTree& tree, const Path& path) {
    for (const auto& fault : tree.faults)
        if (fault.on_change && is_below(path, fault.below)) return fault.errno_value;
    return 0;
}

tl::expected<std::shared_ptr<MemoryNode>, FileProblem> look_at(const MemoryTree& tree, const Path& path, LastLink last) {
    if (const int fault = look_fault(tree, path)) return tl::unexpected(file_problem(fault));
    const auto place = tree.find(path, last);
    if (!place) return tl::unexpected(file_problem(place.error()));
    if (!place->node) return tl::unexpected(file_problem(ENOENT));
    return place->node;
}

MemoryPlace find_to_change(const MemoryTree& tree, const Path& path, LastLink last, const char* what) {
    if (const int fault = change_fault(tree, path)) throw file_error(path, what, file_problem(fault));
    auto place = tree.find(path, last);
    if (!place) throw file_error(path, what, file_problem(place.error()));
    return std::move(*place);
}

std::optional<FileProblem> not_readable(const MemoryNode& node) {
    switch (node.facts.kind) {
        case Kind::directory: return file_problem(EISDIR);
        case Kind::block_device:
        case Kind::character_device: return file_problem("is a device, not a file");
        case Kind::other: return file_problem("is a named pipe, not a file");
        default: return std::nullopt;
    }
}

std::shared_ptr<MemoryNode> make_node(Kind kind, std::uint32_t mode, WallTime now) {
    auto node = std::make_shared<MemoryNode>();
    node->facts.kind = kind;
    node->facts.mode = mode;
    node->facts.modified = now;
    return node;
}

FileFacts facts_of(const MemoryNode& node) {
    FileFacts facts = node.facts;
    facts.size = node.content.size();
    facts.identity = reinterpret_cast<std::uintptr_t>(&node);
    return facts;
}

/// The directory, made with all those above it when missing; fails on a file in the way.
tl::expected<std::shared_ptr<MemoryNode>, int> directory_at(const MemoryTree& tree, const Path& path, std::uint32_t mode, WallTime now) {
    Path so_far = path.starts_with('/') ? "/" : "";
    auto node = tree.root;
    for (const auto& component : path_components(path)) {
        so_far += component;
        const auto place = tree.find(so_far, LastLink::follow);
        if (!place) return tl::unexpected(place.error());
        node = place->node;
        if (!node) {
            node = make_node(Kind::directory, mode, now);
            place->parent->children[place->name] = node;
        }
        if (node->facts.kind != Kind::directory) return tl::unexpected(ENOTDIR);
        so_far += "/";
    }
    return node;
}

void put_node(const MemoryTree& tree, const Path& path, std::shared_ptr<MemoryNode> node, WallTime now) {
    directory_at(tree, parent_directory(path), 0755, now).value()->children[std::string(path_components(path).back())] = std::move(node);
}

class MemoryFileLock : public FileLock {
public:
    MemoryFileLock(std::shared_ptr<MemoryTree> tree, std::shared_ptr<MemoryNode> node) : tree_(std::move(tree)), node_(std::move(node)) {}
    ~MemoryFileLock() override {
        const Guard guard(tree_->mutex);
        node_->locked = false;
        node_->content.clear();
    }

private:
    std::shared_ptr<MemoryTree> tree_;
    std::shared_ptr<MemoryNode> node_;
};

}  // namespace

MemoryFiles::MemoryFiles(Clock& clock, const Signals& signals) : MemoryFiles(std::make_shared<MemoryTree>(), clock, signals) {}

MemoryFiles::MemoryFiles(std::shared_ptr<MemoryTree> tree, Clock& clock, const Signals& signals)
    : tree_(std::move(tree)), clock_(clock), signals_(signals) {}

MemoryFiles MemoryFiles::seen_by(Clock& clock, const Signals& signals) const {
    return MemoryFiles(tree_, clock, signals);
}

tl::expected<std::string, FileProblem> MemoryFiles::read(const Path& path, std::size_t limit) const {
    const Guard guard(tree_->mutex);
    const auto node = look_at(*tree_, path, LastLink::follow);
    if (!node) return tl::unexpected(node.error());
    if (const auto problem = not_readable(**node)) return tl::unexpected(*problem);
    if ((*node)->content.size() > limit) return tl::unexpected(larger_than(limit));
    return (*node)->content;
}

tl::expected<std::string, FileProblem> MemoryFiles::read_part(const Path& path, std::uint64_t offset, std::size_t limit) const {
    const Guard guard(tree_->mutex);
    const auto node = look_at(*tree_, path, LastLink::follow);
    if (!node) return tl::unexpected(node.error());
    if (const auto problem = not_readable(**node)) return tl::unexpected(*problem);
    const std::string& content = (*node)->content;
    return content.substr(std::min<std::uint64_t>(offset, content.size()), limit);
}

tl::expected<std::vector<std::string>, FileProblem> MemoryFiles::list(const Path& directory) const {
    const Guard guard(tree_->mutex);
    const auto node = look_at(*tree_, directory, LastLink::follow);
    if (!node) return tl::unexpected(node.error());
    if ((*node)->facts.kind != Kind::directory) return tl::unexpected(file_problem(ENOTDIR));
    std::vector<std::string> names;
    for (const auto& [name, child] : (*node)->children) names.push_back(name);
    return names;
}

tl::expected<FileFacts, FileProblem> MemoryFiles::facts(const Path& path) const {
    const Guard guard(tree_->mutex);
    return look_at(*tree_, path, LastLink::follow).map([](const auto& node) { return facts_of(*node); });
}

tl::expected<FileFacts, FileProblem> MemoryFiles::link_facts(const Path& path) const {
    const Guard guard(tree_->mutex);
    return look_at(*tree_, path, LastLink::keep).map([](const auto& node) { return facts_of(*node); });
}

tl::expected<Path, FileProblem> MemoryFiles::real_path(const Path& path) const {
    const Guard guard(tree_->mutex);
    if (const int fault = look_fault(*tree_, path)) return tl::unexpected(file_problem(fault));
    const auto place = tree_->find(path, LastLink::follow);
    if (!place) return tl::unexpected(file_problem(place.error()));
    if (!place->node) return tl::unexpected(file_problem(ENOENT));
    return place->canonical;
}

tl::expected<Path, FileProblem> MemoryFiles::read_link(const Path& path) const {
    const Guard guard(tree_->mutex);
    const auto node = look_at(*tree_, path, LastLink::keep);
    if (!node) return tl::unexpected(node.error());
    if ((*node)->facts.kind != Kind::link) return tl::unexpected(file_problem(EINVAL));
    return (*node)->content;
}

tl::expected<std::uint64_t, FileProblem> MemoryFiles::free_bytes(const Path& path) const {
    const Guard guard(tree_->mutex);
    const auto node = look_at(*tree_, path, LastLink::follow);
    if (!node) return tl::unexpected(node.error());
    const int fault = change_fault(*tree_, path);
    return fault == ENOSPC || fault == EROFS ? 0 : tree_->free();
}

void MemoryFiles::replace(const Path& path, std::string_view content, std::uint32_t mode) {
    const Guard guard(tree_->mutex);
    const auto place = find_to_change(*tree_, path, LastLink::follow, cant_write);
    if (place.node && place.node->facts.kind != Kind::file)
        throw file_error(path, cant_write,
                         place.node->facts.kind == Kind::directory ? file_problem(EISDIR) : file_problem("is not a regular file"));
    if (content.size() > tree_->free()) throw file_error(path, cant_write, file_problem(ENOSPC));
    // Another node, as after a rename: who has the old one open, or locked, keeps the old one.
    auto node = make_node(Kind::file, mode, clock_.wall());
    if (place.node) {
        node->facts.mode = place.node->facts.mode;
        node->facts.owner = place.node->facts.owner;
        node->facts.group = place.node->facts.group;
    }
    node->content = content;
    place.parent->children[place.name] = node;
}

void MemoryFiles::append(const Path& path, std::string_view content, std::uint32_t mode) {
    const Guard guard(tree_->mutex);
    const auto place = find_to_change(*tree_, path, LastLink::follow, cant_write);
    if (place.node && place.node->facts.kind == Kind::character_device) return;
    if (place.node)
        if (const auto problem = not_readable(*place.node)) throw file_error(path, cant_write, *problem);
    auto node = place.node ? place.node : make_node(Kind::file, mode, clock_.wall());
    place.parent->children[place.name] = node;
    // As on a disk: as much as there is room for.
    const auto part = content.substr(0, std::min<std::uint64_t>(content.size(), tree_->free()));
    node->content += part;
    node->facts.modified = clock_.wall();
    if (part.size() < content.size()) throw file_error(path, cant_write, file_problem(ENOSPC));
}

void MemoryFiles::make_directories(const Path& path, std::uint32_t mode) {
    const Guard guard(tree_->mutex);
    if (const auto node = tree_->find(path, LastLink::follow); node && node->node && node->node->facts.kind == Kind::directory) return;
    if (const int fault = change_fault(*tree_, path)) throw file_error(path, cant_make_directory, file_problem(fault));
    if (const auto made = directory_at(*tree_, path, mode, clock_.wall()); !made)
        throw file_error(path, cant_make_directory, file_problem(made.error()));
}

void MemoryFiles::rename(const Path& from, const Path& to) {
    const Guard guard(tree_->mutex);
    constexpr auto what = "can't be renamed";
    const auto source = find_to_change(*tree_, from, LastLink::keep, what);
    if (!source.node) throw file_error(from, what, file_problem(ENOENT));
    const auto target = find_to_change(*tree_, to, LastLink::keep, what);
    if (target.node && target.node->facts.kind == Kind::directory) throw file_error(from, what, file_problem(EISDIR));
    if (target.node == source.node) return;
    target.parent->children[target.name] = source.node;
    source.parent->children.erase(source.name);
}

void MemoryFiles::remove(const Path& path) {
    const Guard guard(tree_->mutex);
    constexpr auto what = "can't be removed";
    const auto place = tree_->find(path, LastLink::keep);
    if (!place && file_problem(place.error()).absent()) return;
    if (place && !place->node) return;
    const int problem = !place ? place.error() : place->node->facts.kind == Kind::directory ? EISDIR : change_fault(*tree_, path);
    if (problem != 0) throw file_error(path, what, file_problem(problem));
    place->parent->children.erase(place->name);
}

tl::expected<std::unique_ptr<FileLock>, LockHeld> MemoryFiles::lock(const Path& path, std::string_view holder, Deadline deadline) {
    make_directories(parent_directory(path), 0700);
    constexpr Duration pause = std::chrono::milliseconds(100);
    while (true) {
        {
            const Guard guard(tree_->mutex);
            const auto place = find_to_change(*tree_, path, LastLink::keep, cant_lock);
            auto node = place.node ? place.node : make_node(Kind::file, 0600, clock_.wall());
            if (node->facts.kind == Kind::link) throw file_error(path, cant_lock, file_problem("is a symbolic link, not a file"));
            if (node->facts.kind != Kind::file) throw file_error(path, cant_lock, file_problem("is not a regular file"));
            place.parent->children[place.name] = node;
            if (!node->locked) {
                node->locked = true;
                node->content = holder.substr(0, std::min<std::uint64_t>(holder.size(), tree_->free()));
                return std::make_unique<MemoryFileLock>(tree_, node);
            }
            if (deadline.passed(clock_)) return tl::unexpected(LockHeld{node->content});
        }
        clock_.sleep_until(std::min(deadline.at(), clock_.now() + pause));
        if (const int number = signals_.pending())
            throw Error(Error::Code::interrupted, fmt::format("stopped by signal {} while waiting for the lock", number), path);
    }
}

std::optional<std::string> MemoryFiles::lock_holder(const Path& path) const {
    const Guard guard(tree_->mutex);
    const auto node = look_at(*tree_, path, LastLink::keep);
    if (!node || !(*node)->locked) return std::nullopt;
    return (*node)->content;
}

std::string MemoryFiles::database_name(const Path& path) const {
    std::string name = fmt::format("file:/svcmgr-{}", fmt::ptr(tree_.get()));
    for (const char letter : path) {
        const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
                           letter == '/' || letter == '.' || letter == '-' || letter == '_';
        name += plain ? std::string(1, letter) : fmt::format("%{:02x}", static_cast<unsigned char>(letter));
    }
    return name + "?vfs=memdb";
}

void MemoryFiles::put(const Path& path, std::string_view content, std::uint32_t mode) {
    const Guard guard(tree_->mutex);
    auto node = make_node(Kind::file, mode, clock_.wall());
    node->content = content;
    put_node(*tree_, path, std::move(node), clock_.wall());
}

void MemoryFiles::put_directory(const Path& path) {
    const Guard guard(tree_->mutex);
    directory_at(*tree_, path, 0755, clock_.wall()).value();
}

void MemoryFiles::put_link(const Path& path, const Path& target) {
    const Guard guard(tree_->mutex);
    auto node = make_node(Kind::link, 0777, clock_.wall());
    node->content = target;
    put_node(*tree_, path, std::move(node), clock_.wall());
}

void MemoryFiles::put_special(const Path& path, FileFacts::Kind kind, std::uint64_t device) {
    const Guard guard(tree_->mutex);
    auto node = make_node(kind, 0600, clock_.wall());
    node->facts.device = device;
    put_node(*tree_, path, std::move(node), clock_.wall());
}

void MemoryFiles::set_owner(const Path& path, std::uint32_t owner, std::uint32_t group) {
    const Guard guard(tree_->mutex);
    auto& facts = tree_->find(path, LastLink::follow).value().node->facts;
    facts.owner = owner;
    facts.group = group;
}

void MemoryFiles::remove_tree(const Path& path) {
    const Guard guard(tree_->mutex);
    if (const auto place = tree_->find(path, LastLink::keep); place && place->node) place->parent->children.erase(place->name);
}

std::map<Path, std::string> MemoryFiles::contents(const Path& directory) const {
    const Guard guard(tree_->mutex);
    std::map<Path, std::string> files;
    const auto collect = [&](const auto& self, const Path& path, const MemoryNode& node) -> void {
        if (node.facts.kind == Kind::file) files[path] = node.content;
        for (const auto& [name, child] : node.children) self(self, path + "/" + name, *child);
    };
    const auto place = tree_->find(directory, LastLink::follow);
    if (place && place->node) collect(collect, place->canonical == "/" ? "" : place->canonical, *place->node);
    return files;
}

void MemoryFiles::fail(const Path& below, FaultOn operations, int errno_value) {
    const Guard guard(tree_->mutex);
    tree_->faults.push_back({below, operations != FaultOn::change, operations != FaultOn::look, errno_value});
}

void MemoryFiles::clear_faults() {
    const Guard guard(tree_->mutex);
    tree_->faults.clear();
}

void MemoryFiles::set_capacity(std::uint64_t bytes) {
    const Guard guard(tree_->mutex);
    tree_->capacity = bytes;
}

}  // namespace svcmgr
