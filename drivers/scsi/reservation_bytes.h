#pragma once

#include <span>
#include <string>

#include <tl/expected.hpp>

#include "drivers/scsi/reservations.h"
#include "drivers/scsi/transport.h"

namespace svcmgr {

// PERSISTENT RESERVE IN and OUT as bytes (SPC-4, 6.15 and 6.16). Pure functions; what is read may be anything.

/// The service actions of PERSISTENT RESERVE IN.
enum class ReservationRead : std::uint8_t { keys = 0, reservation = 1, capabilities = 2, full_status = 3 };

ScsiCommand test_unit_ready();
ScsiCommand read_command(ReservationRead what, std::uint16_t length);
ScsiCommand change_command(const ReservationChange& change);

using ScsiData = std::span<const std::uint8_t>;
/// How many bytes the whole answer has, by its header; 0 when not even that is there.
std::size_t whole_length(ReservationRead what, ScsiData data);

template <typename T>
using Parsed = tl::expected<T, std::string>;  ///< or what is wrong with the bytes

Parsed<RegisteredKeys> parse_keys(ScsiData data);
Parsed<HeldReservation> parse_reservation(ScsiData data);
Parsed<ReservationCapabilities> parse_capabilities(ScsiData data);
Parsed<Registrants> parse_registrants(ScsiData data);

/// A sense's key and code, of either format (SPC-4, 4.5).
struct ScsiSense {
    std::uint8_t key = 0;
    std::uint8_t code = 0;       ///< ASC
    std::uint8_t qualifier = 0;  ///< ASCQ
};
std::optional<ScsiSense> parse_sense(ScsiData sense);
/// "unit attention, reservations preempted (2Ah/03h)"
std::string to_string(const ScsiSense& sense);

}  // namespace svcmgr
