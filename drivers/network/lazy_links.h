#pragma once

#include <memory>
#include <mutex>

#include "drivers/files/files.h"
#include "drivers/network/links.h"

namespace svcmgr {

/// Loads `svcmgr-network.so` when somebody first asks for adapters, so that commands that need none don't pay for it. Usable from several
/// threads at once. When it can't be loaded, looks have the reason and changes throw it.
class LazyLinks : public Links {
public:
    explicit LazyLinks(Path module_directory) : directory_(std::move(module_directory)) {}

    AddressTable addresses() override;
    ProbeAnswer probe(const std::string& adapter, const std::string& address, Deadline deadline) override;
    void add_address(const AdapterAddress& address) override;
    void remove_address(const AdapterAddress& address) override;
    void announce(const std::string& adapter, const std::string& address) override;

private:
    /// Null when it can't be loaded; `problem_` says why.
    Links* loaded();
    void load();
    Links& needed();

    Path directory_;
    std::once_flag once_;
    std::unique_ptr<Links> links_;
    std::string problem_;
};

}  // namespace svcmgr
