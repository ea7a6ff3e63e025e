#pragma once

#include "drivers/signals.h"

namespace svcmgr {

/// For who goes on whatever signal is pending: somebody else decides what is done about it.
class NoSignals : public Signals {
public:
    int pending() const override { return 0; }
    int take() override { return 0; }
};

}  // namespace svcmgr
