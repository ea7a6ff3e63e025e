#include "drivers/shared_signals.h"

namespace svcmgr {

SharedSignals::Share::Share(SharedSignals& shared) : shared_(shared) {
    const std::lock_guard lock(shared_.mutex_);
    seen_ = shared_.taken_;
}

int SharedSignals::Share::pending() const {
    const std::lock_guard lock(shared_.mutex_);
    return shared_.taken_ != seen_ ? shared_.number_ : shared_.signals_.pending();
}

int SharedSignals::Share::take() {
    const std::lock_guard lock(shared_.mutex_);
    if (shared_.taken_ == seen_) {
        const int number = shared_.signals_.take();
        if (number == 0) return 0;
        shared_.number_ = number;
        ++shared_.taken_;
    }
    seen_ = shared_.taken_;
    return shared_.number_;
}

}  // namespace svcmgr
