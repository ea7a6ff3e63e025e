#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "resources/resource.h"

namespace svcmgr {

/// `disk#n` with type = loop: a file as a disk (contract.md 2.8). Up while a loop device shows the file; its name is whatever was free.
class Loop : public Resource {
public:
    Loop(Rid rid, Options options);

    std::string label() const override { return "loop " + file_; }
    ResourceObservation look(Looking& looking) const override;
    Intent intend(Goal goal, const ResourceObservation& observation) const override;
    void perform(const std::string& verb, Doing& doing) const override;
    /// Before the volume groups that may be on it.
    int place(Goal) const override { return 10; }

private:
    /// The loop devices that show the file, "loop3"; or why that is not known.
    tl::expected<std::vector<std::string>, std::string> devices(const Files& files) const;
    void start(Doing& doing) const;
    void stop(Doing& doing) const;
    void detach(const std::string& device, Doing& doing) const;

    Path file_;
};

}  // namespace svcmgr
