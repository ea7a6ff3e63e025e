#include "drivers/shared_signals.h"

#include <chrono>
#include <thread>

namespace svcmgr {

namespace {

constexpr Duration slice = std::chrono::milliseconds(10);
constexpr auto breath = std::chrono::milliseconds(1);

}  // namespace

SharedSignals::Share::Share(SharedSignals& shared) : shared_(shared) {
    const std::lock_guard lock(shared_.mutex_);
    ++shared_.running_;
    seen_ = shared_.taken_;
}

SharedSignals::Share::~Share() {
    const std::lock_guard lock(shared_.mutex_);
    --shared_.running_;
    shared_.take_when_all_have_come();
}

int SharedSignals::Share::pending() const {
    const std::lock_guard lock(shared_.mutex_);
    return shared_.taken_ != seen_ ? shared_.number_ : shared_.signals_.pending();
}

int SharedSignals::Share::take() {
    std::unique_lock lock(shared_.mutex_);
    if (shared_.taken_ == seen_) {
        if (shared_.signals_.pending() == 0) return 0;
        ++shared_.waiting_;
        shared_.take_when_all_have_come();
        while (shared_.taken_ == seen_) {
            lock.unlock();
            std::this_thread::sleep_for(breath);  // the clock does not sleep while a signal is pending
            shared_.clock_.sleep_until(shared_.clock_.now() + slice);
            lock.lock();
        }
    }
    seen_ = shared_.taken_;
    return shared_.number_;
}

void SharedSignals::take_when_all_have_come() {
    if (waiting_ == 0 || waiting_ < running_) return;
    number_ = signals_.take();
    ++taken_;
    waiting_ = 0;
}

}  // namespace svcmgr
