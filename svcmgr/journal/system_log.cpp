#include "svcmgr/journal/system_log.h"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

#include "drivers/network/network.h"

namespace svcmgr {

namespace {

constexpr int facility_daemon = 3;
constexpr std::size_t longest_message = 16 << 10;

/// Not cut within a character.
std::string_view shortened(std::string_view message) {
    if (message.size() <= longest_message) return message;
    std::size_t end = longest_message;
    while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xc0) == 0x80) --end;
    return message.substr(0, end);
}

/// A value that has line ends goes with its length, in 64 bits, the lowest first.
void add_field(std::string& datagram, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    datagram += name;
    if (value.find('\n') == std::string_view::npos) {
        datagram += '=';
    } else {
        datagram += '\n';
        for (std::uint64_t size = value.size(), byte = 0; byte < sizeof size; ++byte, size >>= 8)
            datagram += static_cast<char>(size & 0xff);
    }
    (datagram += value) += '\n';
}

void add_word(std::string& line, std::string_view name, std::string_view value) {
    if (!value.empty()) line += fmt::format("{}{}={}", line.empty() ? "" : " ", name, value);
}

}  // namespace

SystemLog::SystemLog(World world, const Path& root) : world_(world), journal_(journal_socket(root)), syslog_(syslog_socket(root)) {}

void SystemLog::add(const Entry& entry) {
    if (!deliver(journal_, journal_datagram(entry))) deliver(syslog_, syslog_datagram(entry));
}

bool SystemLog::deliver(Path& socket, const std::string& datagram) {
    if (socket.empty()) return false;
    const Delivery delivery = world_.network.deliver(socket, datagram);
    if (delivery == Delivery::no_room) socket.clear();
    return delivery == Delivery::taken;
}

std::string journal_datagram(const SystemLog::Entry& entry) {
    std::string datagram;
    add_field(datagram, "MESSAGE", shortened(entry.message));
    add_field(datagram, "PRIORITY", std::to_string(static_cast<int>(entry.priority)));
    add_field(datagram, "SYSLOG_FACILITY", std::to_string(facility_daemon));
    add_field(datagram, "SYSLOG_IDENTIFIER", "svcmgr");
    add_field(datagram, "SVCMGR_SERVICE", entry.service);
    add_field(datagram, "SVCMGR_RID", entry.rid);
    add_field(datagram, "SVCMGR_ACTION", entry.action);
    add_field(datagram, "SVCMGR_SID", entry.sid);
    return datagram;
}

std::string syslog_datagram(const SystemLog::Entry& entry) {
    std::string words;
    add_word(words, "service", entry.service);
    add_word(words, "rid", entry.rid);
    add_word(words, "action", entry.action);
    add_word(words, "sid", entry.sid);
    std::string line = fmt::format("<{}>svcmgr: {}", facility_daemon * 8 + static_cast<int>(entry.priority), shortened(entry.message));
    for (char& c : line)
        if (c == '\n') c = ' ';
    return words.empty() ? line : fmt::format("{} [{}]", line, words);
}

}  // namespace svcmgr
