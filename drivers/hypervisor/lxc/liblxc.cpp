#include "drivers/hypervisor/lxc/liblxc.h"

#include <fmt/format.h>
#include <lxc/lxccontainer.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>

#include "drivers/descriptor.h"
#include "drivers/error.h"

namespace svcmgr::lxc {

namespace {

using Container = std::unique_ptr<lxc_container, int (*)(lxc_container*)>;

Container open_container(const ContainerId& id) {
    Container container(lxc_container_new(id.name.c_str(), id.lxcpath.c_str()), lxc_container_put);
    if (!container)
        throw Error(Error::Code::failed, fmt::format("liblxc can't open the container {} of {}", id.name, id.lxcpath), {},
                    fmt::format("root has to ask; otherwise lxc-info -P {} -n {} says why", id.lxcpath, id.name));
    return container;
}

class LibLxc : public Library {
public:
    LibLxc() {
        // It writes on stderr otherwise; our words are in what is returned or thrown.
        lxc_log log{};
        log.level = "CRIT";
        log.prefix = "svcmgr";
        log.quiet = true;
        lxc_log_init(&log);
    }

    Path own_lxcpath() override {
        const char* path = lxc_get_global_config_item("lxc.lxcpath");
        return path == nullptr ? "/var/lib/lxc" : path;
    }

    std::set<std::string> active(const Path& lxcpath) override {
        char** names = nullptr;
        const int count = list_active_containers(lxcpath.c_str(), &names, nullptr);
        if (count < 0) throw Error(Error::Code::unreachable, fmt::format("liblxc can't list the active containers of {}", lxcpath));
        std::set<std::string> result;
        for (int i = 0; i < count; ++i) {
            result.insert(names[i]);
            std::free(names[i]);
        }
        std::free(names);
        return result;
    }

    MonitorWord state(const ContainerId& id) override {
        const auto container = open_container(id);
        const char* word = container->state(container.get());
        if (word == nullptr) throw Error(Error::Code::unreachable, fmt::format("the monitor of {} does not say its state", id.name));
        return {word, std::max(0, static_cast<int>(container->init_pid(container.get())))};
    }

    void ask_to_stop(const ContainerId& id, const Path& config) override {
        const auto container = open_container(id);
        // Of one that lies elsewhere liblxc would not know the signal that it names.
        container->clear_config(container.get());
        container->load_config(container.get(), config.c_str());
        if (!container->shutdown(container.get(), 0) && container->is_running(container.get()))
            throw Error(Error::Code::failed, fmt::format("liblxc could not send the signal for shutting down to the init of {}", id.name),
                        {}, fmt::format("try: lxc-stop -P {} -n {}", id.lxcpath, id.name));
    }

    void stop_now(const ContainerId& id) override {
        const auto container = open_container(id);
        if (!container->stop(container.get()) && container->is_running(container.get()))
            throw Error(Error::Code::failed, fmt::format("the monitor of {} did not kill it", id.name), {},
                        fmt::format("try: lxc-stop -k -P {} -n {}", id.lxcpath, id.name));
    }

    bool kill(int pid, const std::string& first_argument) override {
        // From here on the descriptor means this process, whatever its number means later.
        const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
        if (!process) return false;
        std::ifstream file(fmt::format("/proc/{}/cmdline", pid));
        std::string found;
        std::getline(file, found, '\0');
        return found == first_argument && ::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0) == 0;
    }
};

}  // namespace

std::shared_ptr<Library> liblxc() {
    return std::make_shared<LibLxc>();
}

}  // namespace svcmgr::lxc
