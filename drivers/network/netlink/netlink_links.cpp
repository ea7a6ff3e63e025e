#include "drivers/network/netlink/netlink_links.h"

#include <fmt/format.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <functional>
#include <map>

#include "drivers/error.h"
#include "drivers/network/address.h"
#include "drivers/network/errors.h"
#include "drivers/network/netlink/announcements.h"
#include "drivers/network/netlink/arp.h"

namespace svcmgr {

namespace {

using Message = std::array<char, 8192>;
/// 0, or an errno.
using Problem = int;

class Socket {
public:
    Socket() : socket_(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC)) {
        if (socket_ == nullptr) return;
        const timeval patience{5, 0};  // the kernel answers at once; this is for a kernel that does not
        ::setsockopt(mnl_socket_get_fd(socket_), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (mnl_socket_bind(socket_, 0, MNL_SOCKET_AUTOPID) != 0) close();
    }
    ~Socket() { close(); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    /// Sends a request and hands each answer to `each`, until its end.
    Problem ask(nlmsghdr* request, const std::function<void(const nlmsghdr*)>& each) {
        if (socket_ == nullptr) return errno == 0 ? EIO : errno;
        request->nlmsg_seq = ++sequence_;
        if (mnl_socket_sendto(socket_, request, request->nlmsg_len) < 0) return errno;
        std::array<char, 32768> buffer;
        while (true) {
            const ssize_t count = mnl_socket_recvfrom(socket_, buffer.data(), buffer.size());
            if (count < 0) return errno;
            const auto call = [](const nlmsghdr* answer, void* to) {
                (*static_cast<const std::function<void(const nlmsghdr*)>*>(to))(answer);
                return MNL_CB_OK;
            };
            const int state = mnl_cb_run(buffer.data(), static_cast<std::size_t>(count), sequence_, mnl_socket_get_portid(socket_), call,
                                         const_cast<void*>(static_cast<const void*>(&each)));
            if (state < 0) return errno;
            if (state == MNL_CB_STOP) return 0;
        }
    }

private:
    void close() {
        if (socket_ != nullptr) mnl_socket_close(socket_);
        socket_ = nullptr;
    }

    mnl_socket* socket_;
    unsigned sequence_ = 0;
};

nlmsghdr* begin_dump(Message& buffer, int type) {
    nlmsghdr* request = mnl_nlmsg_put_header(buffer.data());
    request->nlmsg_type = static_cast<std::uint16_t>(type);
    request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    auto* family = static_cast<rtgenmsg*>(mnl_nlmsg_put_extra_header(request, sizeof(rtgenmsg)));
    family->rtgen_family = AF_UNSPEC;
    return request;
}

/// libmnl's own loop is written for C.
template <typename Each>
void for_each_attribute(const nlmsghdr* message, std::size_t header, Each each) {
    const auto* attribute = static_cast<const nlattr*>(mnl_nlmsg_get_payload_offset(message, header));
    const auto left = [&] {
        return static_cast<const char*>(mnl_nlmsg_get_payload_tail(message)) - reinterpret_cast<const char*>(attribute);
    };
    for (; mnl_attr_ok(attribute, static_cast<int>(left())); attribute = mnl_attr_next(attribute)) each(attribute);
}

AddressBytes bytes_of(const nlattr* attribute) {
    const auto* data = static_cast<const std::uint8_t*>(mnl_attr_get_payload(attribute));
    return {data, data + mnl_attr_get_payload_len(attribute)};
}

/// Adapters by their numbers.
std::map<unsigned, std::string> add_adapter(const nlmsghdr* answer, std::map<unsigned, std::string> names, AddressTable& table) {
    const auto* link = static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(answer));
    for_each_attribute(answer, sizeof(ifinfomsg), [&](const nlattr* attribute) {
        if (mnl_attr_get_type(attribute) != IFLA_IFNAME) return;
        Adapter adapter;
        adapter.name = mnl_attr_get_str(attribute);
        adapter.up = (link->ifi_flags & IFF_UP) != 0;
        adapter.carrier = (link->ifi_flags & IFF_RUNNING) != 0;
        names[static_cast<unsigned>(link->ifi_index)] = adapter.name;
        table.adapters.push_back(std::move(adapter));
    });
    return names;
}

AdapterAddress parse_address(const nlmsghdr* answer) {
    const auto* held = static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(answer));
    AdapterAddress address;
    address.prefix = held->ifa_prefixlen;
    std::uint32_t flags = held->ifa_flags;
    std::string local;
    for_each_attribute(answer, sizeof(ifaddrmsg), [&](const nlattr* attribute) {
        switch (mnl_attr_get_type(attribute)) {
            case IFA_LOCAL: local = address_text(bytes_of(attribute)); break;
            case IFA_ADDRESS: address.address = address_text(bytes_of(attribute)); break;
            case IFA_LABEL: address.label = mnl_attr_get_str(attribute); break;
            case IFA_FLAGS: flags = mnl_attr_get_u32(attribute); break;
            default: break;
        }
    });
    if (!local.empty()) address.address = local;  // of a point to point link, IFA_ADDRESS is the other end
    if ((flags & IFA_F_DADFAILED) != 0)
        address.state = AdapterAddress::State::duplicate;
    else if ((flags & IFA_F_TENTATIVE) != 0)
        address.state = AdapterAddress::State::tentative;
    return address;
}

/// RTM_NEWADDR or RTM_DELADDR. `done_already` is the errno that says that there was nothing to do.
void change(int type, int flags, const AdapterAddress& address, int done_already) {
    const std::string where = fmt::format("{}/{} on {}", address.address, address.prefix, address.adapter);
    const auto bytes = address_bytes(address.address);
    if (!bytes) throw Error(Error::Code::failed, "is no address", where);
    const unsigned index = ::if_nametoindex(address.adapter.c_str());
    if (index == 0) throw Error(Error::Code::failed, fmt::format("there is no adapter {}", address.adapter), where);

    Message buffer;
    nlmsghdr* request = mnl_nlmsg_put_header(buffer.data());
    request->nlmsg_type = static_cast<std::uint16_t>(type);
    request->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
    auto* held = static_cast<ifaddrmsg*>(mnl_nlmsg_put_extra_header(request, sizeof(ifaddrmsg)));
    held->ifa_family = is_ipv6(*bytes) ? AF_INET6 : AF_INET;
    held->ifa_prefixlen = static_cast<std::uint8_t>(address.prefix);
    held->ifa_index = index;
    mnl_attr_put(request, IFA_LOCAL, bytes->size(), bytes->data());
    mnl_attr_put(request, IFA_ADDRESS, bytes->size(), bytes->data());
    if (!is_ipv6(*bytes) && !address.label.empty()) mnl_attr_put_strz(request, IFA_LABEL, address.label.c_str());
    if (!is_ipv6(*bytes) && address.prefix < 31) {
        AddressBytes broadcast = *bytes;
        for (int bit = address.prefix; bit < 32; ++bit)
            broadcast[static_cast<std::size_t>(bit / 8)] |= static_cast<std::uint8_t>(0x80 >> bit % 8);
        mnl_attr_put(request, IFA_BROADCAST, broadcast.size(), broadcast.data());
    }
    const Problem problem = Socket().ask(request, [](const nlmsghdr*) {});
    if (problem != 0 && problem != done_already)
        throw Error(Error::Code::failed, network_reason(problem), where, "changing addresses needs root (CAP_NET_ADMIN)");
}

}  // namespace

AddressTable NetlinkLinks::addresses() {
    AddressTable table;
    Socket socket;
    Message buffer;
    std::map<unsigned, std::string> names;
    Problem problem =
        socket.ask(begin_dump(buffer, RTM_GETLINK), [&](const nlmsghdr* answer) { names = add_adapter(answer, std::move(names), table); });
    if (problem == 0)
        problem = socket.ask(begin_dump(buffer, RTM_GETADDR), [&](const nlmsghdr* answer) {
            AdapterAddress address = parse_address(answer);
            address.adapter = names[static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(answer))->ifa_index];
            table.addresses.push_back(std::move(address));
        });
    if (problem != 0) table.problem = fmt::format("the kernel does not list its addresses: {}", network_reason(problem));
    return table;
}

ProbeAnswer NetlinkLinks::probe(const std::string& adapter, const std::string& address, Deadline deadline) {
    const auto bytes = address_bytes(address);
    if (!bytes) return {false, "", fmt::format("'{}' is no address", address)};
    if (is_ipv6(*bytes)) return {};
    return arp_probe(adapter, *bytes, deadline);
}

void NetlinkLinks::add_address(const AdapterAddress& address) {
    change(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, address, EEXIST);
}

void NetlinkLinks::remove_address(const AdapterAddress& address) {
    change(RTM_DELADDR, 0, address, EADDRNOTAVAIL);
}

void NetlinkLinks::announce(const std::string& adapter, const std::string& address) {
    const auto bytes = address_bytes(address);
    if (!bytes) throw Error(Error::Code::failed, "is no address", address);
    if (is_ipv6(*bytes))
        advertise_neighbour(adapter, *bytes);
    else
        announce_arp(adapter, *bytes);
}

}  // namespace svcmgr

/// See MakeLinks.
extern "C" __attribute__((visibility("default"))) svcmgr::Links* svcmgr_make_links() {
    return new svcmgr::NetlinkLinks;
}
