// What a container takes from this host, as dockerd compares it when it makes and starts one.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "drivers/hypervisor/docker/docker.h"

namespace svcmgr::docker {

namespace {

using Answer = HostNeed::Answer;

constexpr std::int64_t billion = 1'000'000'000;

/// By which interface of the node a network reaches it; docker does not make one again that is gone.
struct NetworkLink {
    std::string_view kind;
    std::string name;
};

std::optional<NetworkLink> link_of(const ListedNetwork& network) {
    const auto option = [&](const char* name) {
        const auto found = network.options.find(name);
        return found == network.options.end() ? std::string() : found->second;
    };
    if (network.driver == "bridge") {
        std::string name = option("com.docker.network.bridge.name");
        return NetworkLink{"bridge", name.empty() ? "br-" + short_id(network.id) : std::move(name)};
    }
    // Without a parent docker makes one that leads nowhere, whenever it starts.
    if (std::string parent = option("parent"); (network.driver == "macvlan" || network.driver == "ipvlan") && !parent.empty())
        return NetworkLink{"adapter", std::move(parent)};
    return std::nullopt;
}

/// What docker has itself, whatever networks were made.
bool is_own_word(const std::string& network) {
    return network.empty() || network == "default" || network == "bridge" || network == "host" || network == "none";
}

class Needs {
public:
    Needs(Engine& engine, const Files& files, const Guest& guest, const DockerRun& run, Deadline deadline)
        : engine_(engine), files_(files), guest_(guest), run_(run), deadline_(deadline) {}

    std::vector<HostNeed> take() {
        add_networks();
        add_containers();
        add_processors();
        add_set("memory nodes", run_.cpuset_mems, "mems");
        return std::move(needs_);
    }

private:
    void add(std::string what, Answer answer, std::string reason, std::string hint = {}) {
        needs_.push_back({std::move(what), answer, std::move(reason), std::move(hint)});
    }
    /// Asks docker; why it does not answer makes that one thing unknown.
    template <typename Ask>
    void find_out(const std::string& what, const Ask& ask) {
        try {
            ask();
        } catch (const Error& error) {
            add(what, Answer::unknown, error.message(), error.hint());
        }
    }

    void add_networks() {
        // Whether those of sections [ip#N] are there is said of these.
        for (const GuestNetwork& network : guest_.networks) add_network(network.name, Says::of_its_link);
        if (!guest_.networks.empty() || run_.network.starts_with(container_word) || run_.network == "host" || run_.network == "none")
            return;
        if (is_own_word(run_.network))
            add_network("bridge", Says::of_its_link);  // none in a docker that was told to have none
        else
            add_network(run_.network, Says::whether_it_is_there);
    }

    enum class Says { whether_it_is_there, of_its_link };
    void add_network(const std::string& word, Says says) {
        const std::string what = fmt::format("network {}", word);
        find_out(what, [&] {
            const auto network = engine_.network(word, deadline_);
            if (says == Says::whether_it_is_there && !network)
                return add(what, Answer::missing, "docker has no such network on this node",
                           "make it as on the other nodes: docker network create; or let svcmgr make it: a section [ip#N] with `create`");
            if (says == Says::whether_it_is_there) add(what, Answer::here, {});
            if (network) add_link(*network);
        });
    }

    void add_link(const ListedNetwork& network) {
        const auto link = link_of(network);
        if (!link) return;
        HostNeed need = need_of_interface(files_, link->kind, link->name, "network");
        if (need.answer == Answer::missing && link->kind == "bridge")
            need.hint = fmt::format("docker makes it again when it is restarted, or when the network {} is made anew", network.name);
        add_once(needs_, std::move(need));
    }

    /// Others whose namespaces are shared, who are linked, or whose volumes are taken; those that are named by their rids are this
    /// service's own, and the order of its start sees to them.
    void add_containers() {
        const auto want = [this](std::string name, Wanted how) {
            if (name.empty() || name.find('#') != std::string::npos) return;
            Wanted& wanted = others_.emplace(std::move(name), how).first->second;
            wanted = std::max(wanted, how);
        };
        for (const std::string* word : {&run_.network, &run_.pid, &run_.ipc})
            if (word->starts_with(container_word)) want(word->substr(container_word.size()), Wanted::runs);
        for (const std::string& volumes : run_.volumes_from) want(volumes.substr(0, volumes.find(':')), Wanted::exists);
        // Links mean something in docker's own bridge only; elsewhere docker passes over those that lead nowhere.
        if (is_own_word(run_.network))
            for (const std::string& link : run_.links) want(link.substr(0, link.find(':')), Wanted::runs);
        for (const auto& [name, how] : others_) add_container(name, how);
    }

    enum class Wanted { exists, runs };
    void add_container(const std::string& name, Wanted how) {
        const std::string what = fmt::format("container {}", name);
        find_out(what, [&] {
            const auto label = guest_.labels.find(service_label);
            const std::string mine = label == guest_.labels.end() ? std::string() : label->second;
            const auto found = engine_.inspect(name, deadline_);
            if (!found) {
                // The start makes its own ones, by names that only their sections know.
                if (mine.empty() || !name.starts_with(mine + ".container."))
                    add(what, Answer::unknown, "docker has no such container now, and it is not known who makes it", "start it first");
                return;
            }
            const auto owner = found->labels.find(service_label);
            const std::string whose = owner == found->labels.end() ? std::string() : owner->second;
            if (!whose.empty() && whose == mine) return;
            if (how == Wanted::exists || found->state == "running") return add(what, Answer::here, {});
            if (!whose.empty())
                add(what, Answer::unknown,
                    fmt::format("it is {} now; it is of the service {}, which has to be up first", found->state, whose),
                    fmt::format("svcmgr -s {} start", whose));
            else
                add(what, Answer::missing, fmt::format("it is {}, and has to run", found->state), fmt::format("docker start {}", name));
        });
    }

    /// dockerd refuses more processors than it has, and sets with one that it may not use.
    void add_processors() {
        if (run_.nano_cpus == 0) return add_set("processor", run_.cpuset_cpus, "cpus");
        find_out("processor", [&] {
            const int here = engine_.info(deadline_).processors;
            if (here <= 0) return add("processor", Answer::unknown, "docker does not tell how many there are");
            if (run_.nano_cpus > here * billion)
                return add("processor", Answer::missing,
                           fmt::format("it is to have {:.9g}, and there are {}", double(run_.nano_cpus) / billion, here),
                           "give it no more than each node has: --cpus");
            if (run_.cpuset_cpus.empty()) return add("processor", Answer::here, {});
            add_set("processor", run_.cpuset_cpus, "cpus");
        });
    }

    /// `set`: "0-2,5"; `name`: of the file of control groups that says which there are.
    void add_set(const std::string& what, const std::string& set, std::string_view name) {
        if (set.empty()) return;
        const auto wanted = members_of(set);
        if (!wanted) return add(what, Answer::missing, fmt::format("'{}' is no set of numbers such as 0-2,5", set), "correct it");
        auto text = files_.read(fmt::format("/sys/fs/cgroup/cpuset.{}.effective", name));
        if (!text) text = files_.read(fmt::format("/sys/fs/cgroup/cpuset/cpuset.{}", name));  // control groups of version 1
        const auto here = text ? members_of(trimmed(*text)) : std::nullopt;
        if (!here) return add(what, Answer::unknown, fmt::format("which ones this node has can't be told: {}", why_unknown(text)));
        if (std::ranges::includes(*here, *wanted)) return add(what, Answer::here, {});
        add(what, Answer::missing, fmt::format("it is to have {}, and there are {}", set, trimmed(*text)),
            fmt::format("name those that each node has: --cpuset-{}", name));
    }
    template <typename Text>
    static std::string why_unknown(const Text& text) {
        return text ? std::string("no set of numbers is in the file of its control group") : text.error().reason;
    }

    Engine& engine_;
    const Files& files_;
    const Guest& guest_;
    const DockerRun& run_;
    Deadline deadline_;
    std::map<std::string, Wanted> others_;
    std::vector<HostNeed> needs_;
};

}  // namespace

std::vector<HostNeed> DockerHypervisor::needs(const Guest& guest, Deadline deadline) {
    try {
        const Creation creation = creation_of(guest, world_.files);
        return Needs(engine_, world_.files, guest, creation.run, deadline).take();
    } catch (const Error& error) {
        return {{"definition", Answer::missing, error.message(), error.hint()}};
    }
}

}  // namespace svcmgr::docker
