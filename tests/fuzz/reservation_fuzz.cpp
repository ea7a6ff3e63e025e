// Any bytes as what a disk answers to PERSISTENT RESERVE IN, and as its sense data: nothing may crash or hang, and what is read is no more
// than what was there.

#include <cstdint>

#include "drivers/scsi/reservation_bytes.h"
#include "tests/fuzz/require.h"

using namespace svcmgr;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ScsiData bytes(data, size);
    constexpr std::size_t header = 8, key = 8, reservation = 16, registrant = 24;
    if (const auto keys = parse_keys(bytes)) {
        require(header + key * keys->keys.size() <= size, "every key has its bytes");
        require(whole_length(ReservationRead::keys, bytes) == header + key * keys->keys.size(), "no key is left out");
    }
    if (const auto held = parse_reservation(bytes); held && held->held) {
        require(size >= header + reservation, "a reservation has its bytes");
        require(!to_string(held->type).empty(), "every type has a name");
    }
    if (const auto capabilities = parse_capabilities(bytes); capabilities && capabilities->types)
        require(capabilities->types->size() <= 6, "there are six types");
    if (const auto registrants = parse_registrants(bytes)) {
        require(header + registrant * registrants->all.size() <= size, "every registrant has its bytes");
        for (const Registrant& one : registrants->all)
            for (const char letter : one.initiator) require(letter >= ' ' && letter <= '~', "names are printable");
    }
    if (const auto sense = parse_sense(bytes)) require(!to_string(*sense).empty(), "every sense has a text");
    return 0;
}
