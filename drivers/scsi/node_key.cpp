#include "drivers/scsi/node_key.h"

namespace svcmgr {

namespace {

/// FNV-1a, 32 bits; never 0.
std::uint32_t hash(std::string_view text) {
    std::uint32_t value = 2166136261U;
    for (const char letter : text) value = (value ^ static_cast<std::uint8_t>(letter)) * 16777619U;
    return value == 0 ? 1 : value;
}

}  // namespace

ReservationKey generated_key(std::string_view nodename, std::string_view machine_id) {
    return ReservationKey(std::uint64_t{hash(nodename)} << 32 | hash(machine_id));
}

bool was_generated_for(ReservationKey key, std::string_view nodename) {
    return key.value() >> 32 == hash(nodename);
}

}  // namespace svcmgr
