#include "drivers/scsi/lazy_transport.h"

#include "drivers/error.h"
#include "drivers/hypervisor/bounded.h"
#include "drivers/module.h"
#include "drivers/signals.h"

namespace svcmgr {

namespace {

/// A command takes milliseconds; nobody is to wonder whether one that a signal cut short was carried out.
class Undisturbed : public Signals {
public:
    int pending() const override { return 0; }
    int take() override { return 0; }
};

}  // namespace

void LazyScsiTransport::load() {
    try {
        const Module module(directory_ + "/svcmgr-scsi.so", "svcmgr");
        transport_ = reinterpret_cast<MakeScsiTransport>(module.symbol("svcmgr_make_scsi_transport"))();
    } catch (const Error& error) {
        problem_ = error.what();
    }
}

ScsiReply LazyScsiTransport::send(const Path& device, const ScsiCommand& command, Deadline deadline) {
    std::call_once(once_, [this] { load(); });
    ScsiReply reply;
    if (transport_ == nullptr) {
        reply.reason = problem_;
        return reply;
    }
    try {
        auto answer = run_bounded(clock_, Undisturbed(), deadline,
                                  [transport = transport_, device, command, deadline](const std::stop_token& given_up) {
                                      return given_up.stop_requested() ? ScsiReply() : transport->send(device, command, deadline);
                                  });
        if (answer) return std::move(*answer);
    } catch (const Error& error) {
        reply.reason = error.what();
        return reply;
    }
    reply.value = ScsiReply::Value::timed_out;
    reply.reason = "the kernel did not bring back an answer in time";
    return reply;
}

}  // namespace svcmgr
