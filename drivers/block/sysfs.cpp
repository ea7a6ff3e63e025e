#include "drivers/block/sysfs.h"

#include <fmt/format.h>
#include <sys/sysmacros.h>

#include <charconv>

#include "drivers/files/file_problem.h"

namespace svcmgr {

std::optional<SysfsBlock> SysfsBlock::by_number(const Files& files, std::uint64_t device) {
    // The name in sysfs differs from the one in /dev for some drivers (cciss!c0d0), the number never does.
    auto directory = files.real_path(fmt::format("/sys/dev/block/{}:{}", major(device), minor(device)));
    if (!directory) return std::nullopt;
    return SysfsBlock(files, std::move(*directory));
}

std::optional<SysfsBlock> SysfsBlock::by_name(const Files& files, const std::string& kernel_name) {
    auto directory = files.real_path("/sys/class/block/" + kernel_name);
    if (!directory) return std::nullopt;
    return SysfsBlock(files, std::move(*directory));
}

std::string SysfsBlock::name() const {
    return directory_.substr(directory_.rfind('/') + 1);
}

std::uint64_t SysfsBlock::size() const {
    constexpr std::uint64_t sector = 512;  // whatever the device's own sectors are
    const auto sectors = text("size");
    std::uint64_t count = 0;
    std::from_chars(sectors.data(), sectors.data() + sectors.size(), count);
    return count * sector;
}

std::string SysfsBlock::raw(const std::string& attribute) const {
    return files_->read(directory_ + "/" + attribute).value_or("");
}

std::string SysfsBlock::text(const std::string& attribute) const {
    return printable(raw(attribute));
}

bool SysfsBlock::is_partition() const {
    return files_->facts(directory_ + "/partition").has_value();
}

bool SysfsBlock::is_virtual() const {
    return directory_.starts_with("/sys/devices/virtual/block/");
}

std::optional<SysfsBlock> SysfsBlock::whole_disk() const {
    if (!is_partition()) return std::nullopt;
    return SysfsBlock(*files_, parent_directory(directory_));
}

std::vector<SysfsBlock> SysfsBlock::slaves() const {
    std::vector<SysfsBlock> devices;
    for (const auto& name : files_->list(directory_ + "/slaves").value_or(std::vector<std::string>()))
        if (auto device = by_name(*files_, name)) devices.push_back(std::move(*device));
    return devices;
}

std::string printable(std::string_view text) {
    std::string result;
    for (const char letter : text)
        if (letter >= ' ' && letter <= '~') result += letter;
    const auto begin = result.find_first_not_of(' ');
    if (begin == std::string::npos) return {};
    return result.substr(begin, result.find_last_not_of(' ') - begin + 1);
}

}  // namespace svcmgr
