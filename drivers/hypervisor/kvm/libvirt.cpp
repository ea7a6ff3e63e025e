#include "drivers/hypervisor/kvm/libvirt.h"

namespace svcmgr::kvm {

Libvirt::Libvirt(const Clock& clock, const Signals& signals, std::string uri, Connection::Access access)
    : clock_(clock), signals_(signals), uri_(std::move(uri)), access_(access), current_(std::make_shared<Connection>(uri_, access_)) {}

Libvirt::~Libvirt() {
    if (!current_->is_open()) return;
    try {
        run_bounded(clock_, signals_, Deadline::in(clock_, std::chrono::seconds(1)),
                    [connection = std::exchange(current_, nullptr)](const std::stop_token&) mutable {
                        connection.reset();
                        return true;
                    });
    } catch (const Error&) {
        // Without a thread there is nothing to wait for: the system closes the socket.
    }
}

std::shared_ptr<Connection> Libvirt::current() {
    const std::lock_guard lock(mutex_);
    return current_;
}

void Libvirt::give_up(const std::shared_ptr<Connection>& connection) {
    const std::lock_guard lock(mutex_);
    if (current_ == connection) current_ = std::make_shared<Connection>(uri_, access_);
}

}  // namespace svcmgr::kvm
