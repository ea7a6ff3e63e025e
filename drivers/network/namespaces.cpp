#include "drivers/network/namespaces.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "drivers/descriptor.h"
#include "drivers/error.h"
#include "drivers/thread_pool.h"

namespace svcmgr {

namespace {

constexpr const char* of_this_thread = "/proc/thread-self/ns/net";
constexpr const char* of_first_thread = "/proc/self/ns/net";

Descriptor open_namespace(const char* path) {
    return Descriptor(::open(path, O_RDONLY | O_CLOEXEC));
}

std::uint64_t identity(const char* path) {
    struct stat facts {};
    return ::stat(path, &facts) == 0 ? facts.st_ino : 0;
}

class Stay : public NetworkStay {
public:
    explicit Stay(Descriptor before) : before_(std::move(before)) {}
    ~Stay() override { ::setns(before_.get(), CLONE_NEWNET); }

private:
    Descriptor before_;
    ThreadPool::Apart apart_;
};

std::unique_ptr<NetworkStay> stay_in(const std::string& path, const std::string& name) {
    Descriptor before = open_namespace(of_this_thread);
    const Descriptor wanted = open_namespace(path.c_str());
    if (!before || !wanted || ::setns(wanted.get(), CLONE_NEWNET) != 0)
        throw Error(Error::Code::failed, fmt::format("{} can't be entered: {}", name, std::generic_category().message(errno)), path,
                    "svcmgr has to run as root");
    return std::make_unique<Stay>(std::move(before));
}

}  // namespace

std::unique_ptr<NetworkStay> enter_namespace(const std::string& name) {
    return stay_in(name.starts_with('/') ? name : "/run/netns/" + name, "the network " + name);
}

std::unique_ptr<NetworkStay> enter_first_namespace() {
    if (identity(of_this_thread) == identity(of_first_thread)) return {};
    return stay_in(of_first_thread, "the node's own network");
}

void leave_namespace() {
    if (identity(of_this_thread) == identity(of_first_thread)) return;
    if (const Descriptor first = open_namespace(of_first_thread)) ::setns(first.get(), CLONE_NEWNET);
}

std::uint64_t current_namespace() {
    return identity(of_this_thread);
}

}  // namespace svcmgr
