#include "svcmgr/cluster/env_shape.h"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "drivers/hypervisor/table.h"
#include "svcmgr/service/keywords.h"

namespace svcmgr {

namespace {

// What is long, or more than this, is not kept: files of garbage must not fill the memory.
constexpr std::size_t most_kept = 1000;
constexpr std::size_t longest_kept = 64;

using Words = std::pair<std::string_view, std::string_view>;

struct Less {
    using is_transparent = void;
    bool operator()(const Words& a, const Words& b) const { return a < b; }
};

std::optional<Keywords> keywords_of_container(std::string_view type) {
    const HypervisorType* known = find_hypervisor_type(type);
    return known == nullptr ? std::nullopt : std::optional(known->keywords);
}

}  // namespace

std::shared_ptr<const ShapeAnswer> env_shape(std::string_view section, std::string_view type) {
    static std::mutex mutex;
    static std::map<std::pair<std::string, std::string>, std::shared_ptr<const ShapeAnswer>, Less> kept;
    const std::lock_guard lock(mutex);
    if (const auto known = kept.find(Words(section, type)); known != kept.end()) return known->second;
    auto answer = std::make_shared<const ShapeAnswer>(section_shape(section, type, keywords_of_container));
    if (kept.size() < most_kept && section.size() + type.size() <= longest_kept) kept.emplace(Words(section, type), answer);
    return answer;
}

}  // namespace svcmgr
