#include "drivers/scsi/key.h"

#include <fmt/format.h>

#include "drivers/numbers.h"

namespace svcmgr {

std::optional<ReservationKey> ReservationKey::parse(std::string_view text) {
    if (!text.starts_with("0x") && !text.starts_with("0X")) return std::nullopt;
    text.remove_prefix(2);
    if (text.size() > 16) return std::nullopt;
    const auto value = parse_number<std::uint64_t>(text, 16);
    if (!value || *value == 0) return std::nullopt;
    return ReservationKey(*value);
}

std::string ReservationKey::text() const {
    return fmt::format("0x{:x}", value_);
}

}  // namespace svcmgr
