#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "drivers/files/files.h"
#include "drivers/network/cni/caller.h"

namespace svcmgr::cni {

/// What is kept of an attachment from before its ADD until after its DEL, so that a DEL can always be told what ADD was told: also after a
/// crash, with another configuration, and when the container is gone.
struct Kept {
    Attachment attachment;
    /// Which namespace it is, whatever its path leads to later: another value for another one of the same boot.
    std::uint64_t namespace_identity = 0;
    std::string boot_id;
    Json result;  ///< of ADD; null as long as its end is not known
    /// Whose it is, for when its section is gone. Empty where that was not kept.
    std::string service = {}, rid = {};

    bool is_complete() const { return !result.is_null(); }
};

/// One file for each attachment (svcmgr.cni/1), which only root can read: configurations may hold secrets.
class KeptAttachments {
public:
    /// The directory is made when something is first kept.
    explicit KeptAttachments(Path directory) : directory_(std::move(directory)) {}

    /// Nothing when none is kept; the reason when what is kept can't be read.
    tl::expected<std::optional<Kept>, std::string> read(const Files& files, const std::string& name) const;
    /// Throws Error `failed`.
    void keep(Files& files, const std::string& name, const Kept& kept) const;
    void forget(Files& files, const std::string& name) const;
    Path file_of(const std::string& name) const;

private:
    Path directory_;
};

tl::expected<Kept, std::string> read_kept(std::string_view text);
std::string kept_text(const Kept& kept);

}  // namespace svcmgr::cni
