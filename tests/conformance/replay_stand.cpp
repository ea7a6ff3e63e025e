#include "tests/conformance/replay_stand.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "drivers/error.h"

namespace svcmgr::conformance {

namespace {

std::string content_of(const Path& path) {
    std::ifstream file(path);
    if (!file)
        throw Error(Error::Code::invalid, "there is no transcript of this case", path, "record it, or write it; see README.md there");
    std::ostringstream content;
    content << file.rdbuf();
    return content.str();
}

Path directory_of(const std::string& technology) {
    return fmt::format("{}/tests/conformance/transcripts/{}", SVCMGR_SOURCE_DIR, technology);
}

}  // namespace

std::string driver_of(const std::string& technology) {
    return technology.substr(0, technology.find('-'));
}

std::string file_of_case(std::string name) {
    std::replace(name.begin(), name.end(), ' ', '-');
    return name;
}

std::map<std::string, std::string> not_applicable_to(const std::string& technology) {
    std::map<std::string, std::string> reasons;
    std::ifstream file(directory_of(technology) + "/not-applicable");
    for (std::string line; std::getline(file, line);) {
        const auto colon = line.find(": ");
        if (colon != std::string::npos) reasons[line.substr(0, colon)] = line.substr(colon + 2);
    }
    return reasons;
}

ReplayStand::ReplayStand(std::string technology, Promises promises, Path module_directory)
    : technology_(std::move(technology)),
      promises_(promises),
      module_directory_(std::move(module_directory)),
      not_applicable_(not_applicable_to(technology_)) {}

std::string ReplayStand::lacks(const std::string& name) const {
    const auto found = not_applicable_.find(name);
    return found == not_applicable_.end() ? std::string() : found->second;
}

void ReplayStand::begin(const std::string& name) {
    const Path path = fmt::format("{}/{}", directory_of(technology_), file_of_case(name));
    played_.emplace(Transcript(path, content_of(path)));
    hypervisors_.emplace(module_directory_, [](std::string_view type) {
        return Options(std::string(type), Place(), find_hypervisor_type(type)->node_keywords);
    });
    hypervisors_->set_world(world());
}

Guest ReplayStand::with_section(Guest guest) {
    auto section = std::make_shared<Options>("container#1", Place(), find_hypervisor_type(driver_of(technology_))->keywords);
    for (const auto& [keyword, value] : player().section()) section->set(keyword, {value, {}});
    guest.section = section;
    return guest;
}

std::vector<Guest> ReplayStand::make_many(int count) {
    auto guests = player().many();
    if (std::ssize(guests) != count)
        throw Error(Error::Code::invalid, fmt::format("the transcript has {} guests, not {}", guests.size(), count));
    for (Guest& guest : guests) guest = with_section(std::move(guest));
    return guests;
}

Path ReplayStand::spoil(const std::string& words) {
    return player().deed(words);
}

}  // namespace svcmgr::conformance
