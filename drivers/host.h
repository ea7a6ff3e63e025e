#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace svcmgr {

/// Who asked for an action: kept in the journal so that it can be explained afterwards.
struct Caller {
    std::string user;        ///< the user that the process runs as
    std::string sudo_user;   ///< who became that user through sudo; empty when nobody did
    std::string ssh_client;  ///< the address that the session came from; empty when local
};

/// The machine and the session in which this process runs.
class Host {
public:
    virtual ~Host() = default;
    /// The node's name as it appears in `nodes`: lower case, as `hostname` prints it.
    virtual std::string nodename() const = 0;
    /// Another value after each boot.
    virtual std::string boot_id() const = 0;
    virtual Caller caller() const = 0;
    virtual std::uint32_t user_id() const = 0;
    virtual std::optional<std::string> environment(const std::string& name) const = 0;
};

}  // namespace svcmgr
