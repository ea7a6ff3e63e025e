#pragma once

#include "drivers/signals.h"

namespace svcmgr {

/// For commands to disks, which take milliseconds: nobody is to wonder whether one that a signal cut short was carried out.
class Undisturbed : public Signals {
public:
    int pending() const override { return 0; }
    int take() override { return 0; }
};

}  // namespace svcmgr
