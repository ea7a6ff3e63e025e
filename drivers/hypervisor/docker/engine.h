#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/error.h"
#include "drivers/hypervisor/docker/answers.h"
#include "drivers/hypervisor/docker/http.h"
#include "drivers/hypervisor/docker/network_answers.h"
#include "drivers/hypervisor/docker/streams.h"
#include "drivers/hypervisor/patient_signals.h"
#include "drivers/world.h"

namespace svcmgr::docker {

/// The Engine's HTTP API: one method for each thing that is asked of it. All throw Error: `unreachable` when docker does not run or the
/// connection breaks, `timed_out`, `interrupted`, `failed` with docker's own words. Used from several threads at once.
class Engine {
public:
    Engine(const World& world, Path socket);

    /// Whether it answers at all.
    bool answers(Deadline deadline);
    EngineInfo info(Deadline deadline);

    /// Those with all of these labels, `name` or `name=value`, in whatever state; without labels all that there are.
    std::vector<ListedContainer> list(const std::vector<std::string>& labels, Deadline deadline);
    /// Those whose name is one of these.
    std::vector<ListedContainer> list_named(const std::vector<std::string>& names, Deadline deadline);
    /// Nothing for one that is gone.
    std::optional<InspectedContainer> inspect(const std::string& id, Deadline deadline);

    /// What a container wrote.
    struct LogRange {
        std::size_t lines = 50;
        std::string since = {};  ///< seconds and nanoseconds since 1970: "1700000000.000000001"
        bool times = false;      ///< each line begins with its time
    };
    std::string logs(const InspectedContainer& container, const LogRange& range, Deadline deadline);

    /// The image's id; nothing when it is not here.
    std::optional<std::string> image(const std::string& reference, Deadline deadline);
    /// Why its registry does not give the image; nothing when it would. Loads nothing.
    std::optional<std::string> missing_in_registry(const std::string& reference, const std::string& auth, Deadline deadline);
    void pull(const std::string& reference, const std::string& auth, const std::function<void(const std::string&)>& tell,
              Deadline deadline);

    /// Nothing for one that is not there.
    std::optional<ListedVolume> volume(const std::string& name, Deadline deadline);

    /// The networks of that name.
    std::vector<ListedNetwork> networks(const std::string& name, Deadline deadline);
    /// The one that a container gets by this word: a name, an id, or the beginning of one. Nothing when there is none.
    std::optional<ListedNetwork> network(const std::string& word, Deadline deadline);
    /// A container's places in networks; none for one that is gone.
    std::map<std::string, Endpoint> endpoints(const std::string& id, Deadline deadline);

    // Changes.
    void make_network(const std::string& body, Deadline deadline);
    /// One that is not there, or in which containers are, is no error.
    void remove_unused_network(const std::string& name, Deadline deadline);
    /// `endpoint` is JSON: the addresses that the container wants there.
    void connect(const std::string& network, const std::string& id, const std::string& endpoint, Deadline deadline);
    /// Also one that runs. One that is not connected is no error.
    void disconnect(const std::string& network, const std::string& id, Deadline deadline);
    std::string create(const std::string& name, const std::string& body, Deadline deadline);
    void start(const std::string& id, Deadline deadline);
    /// One that has ended meanwhile is no error.
    void kill(const std::string& id, const std::string& signal, Deadline deadline);
    /// Ends it, also one that docker is starting again and again. Returns once it has ended.
    void stop_now(const std::string& id, Deadline deadline);
    void never_restart(const std::string& id, Deadline deadline);
    void remove(const std::string& id, Deadline deadline);
    /// And the volumes without a name that were made for it.
    void remove_with_volumes(const std::string& id, Deadline deadline);

    struct ExecResult {
        OutputFrames output;
        std::optional<int> exit_code;  ///< nothing when it had not ended by the deadline
    };
    ExecResult run(const std::string& id, const std::vector<std::string>& argv, std::size_t limit, Deadline deadline);

    /// Does `work`, and once more from its beginning when docker went away meanwhile and comes back within some seconds.
    void change(Deadline deadline, const std::function<void(bool again)>& work);

    std::uint64_t requests() const { return http_.requests(); }

private:
    struct Call {
        std::string method = "GET";
        std::string path;  ///< without the version
        std::string body = {};
        std::vector<std::string> headers = {};
        std::function<bool(std::string_view)> sink = {};
        std::size_t limit = 64 << 20;
    };
    HttpAnswer ask(const Call& call, Deadline deadline);
    /// The same of a call that has to succeed. Throws what docker says against it.
    HttpAnswer have_done(const Call& call, Deadline deadline);
    /// The answer to a GET; nothing when docker has no such thing. Throws what docker says against it.
    std::optional<HttpAnswer> find(const std::string& path, Deadline deadline);
    void remove_by(const Call& call, Deadline deadline);
    HttpAnswer send(const HttpRequest& request, Deadline deadline);
    std::string version(Deadline deadline);
    const Signals& ears(const std::string& method) const;
    Error error_of(const HttpProblem& problem, Duration given) const;
    [[noreturn]] void refuse(const Call& call, const HttpAnswer& answer) const;
    template <typename Type>
    Type must_read(Read<Type> read) const {
        if (!read) throw Error(Error::Code::unreachable, read.error(), http_.socket());
        return std::move(*read);
    }

    World world_;
    PatientSignals patient_;
    Http http_;
    std::mutex mutex_;
    std::string version_;  ///< "/v1.41", once it is known
};

/// Whether docker did what it was asked for.
inline bool is_good(const HttpAnswer& answer) {
    return answer.status >= 200 && answer.status < 300;
}

/// What stands in the query of a list: `{"label":["a","b=c"]}`.
std::string filter(const std::string& name, const std::vector<std::string>& values);

}  // namespace svcmgr::docker
