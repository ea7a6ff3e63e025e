#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace svcmgr::vbox {

/// The addresses of its adapters that a machine's Guest Additions told, IPv4 and IPv6, as `VBoxManage guestproperty enumerate` prints them:
/// "Name: /VirtualBox/GuestInfo/Net/0/V4/IP, value: 10.0.2.15, timestamp: …", from 7.0 on "/VirtualBox/GuestInfo/Net/0/V4/IP = '10.0.2.15'
/// @ …". The guest writes what is there: only an address counts.
std::vector<std::string> parse_addresses(std::string_view text);

}  // namespace svcmgr::vbox
