#pragma once

#include <string>

#include "resources/mount_source.h"
#include "resources/mounts.h"
#include "resources/resource.h"

namespace svcmgr {

/// `fs#n`: a file system that is mounted while the service is up (contract.md 2.9). A device, a label, an image file, a directory to bind,
/// a remote export or a tmpfs: mount(8) does the work, after a check of the file system where its type wants one.
///
/// The look reads the mount table and the devices' own files, never the mount point, so that a dead server hangs nobody; a remote file
/// system is asked by a program that can be given up. Something else at the mount point is a warning that names it, and is never unmounted.
///
/// The stop retries while the mount point is busy, until its deadline, and says then who holds it. It neither kills these nor detaches the
/// mount lazily: what still writes to the disk must be known before another node mounts it.
class FsMount : public Resource {
public:
    /// `place`: see fs_order.h.
    FsMount(Rid rid, Options options, int place);

    std::string label() const override;
    ResourceObservation look(Looking& looking) const override;
    Intent intend(Goal goal, const ResourceObservation& observation) const override;
    void perform(const std::string& verb, Doing& doing) const override;
    Devices devices_below(Looking& looking) const override;
    /// A stop goes the way back.
    int place(Goal goal) const override { return goal == Goal::down ? -place_ : place_; }

private:
    /// What the mount table has at our mount point.
    struct Found {
        const Mount* mount = nullptr;
        bool ours = false;
    };
    Found find(World& world, const Mounts& mounts, const MountSource& source) const;
    MountSource source(World& world, const Mounts& mounts, Deadline deadline, const MountSource::Ask& ask) const;
    std::string describe_other(const Mount& mount) const;
    void look_closer(const Mount& mount, Looking& looking, ResourceObservation& seen) const;

    void start(Doing& doing) const;
    void check_file_system(const MountSource& source, const Mounts& mounts, Doing& doing) const;
    void mount(const MountSource& source, Doing& doing) const;
    void stop(Doing& doing) const;

    Path point_;
    std::string type_;
    std::string mount_options_;
    int place_;
};

}  // namespace svcmgr
