#include "drivers/ssh/libssh/session.h"

#include <fmt/format.h>

#include "drivers/ssh/libssh/keys.h"
#include "drivers/ssh/libssh/tcp.h"
#include "drivers/ssh/libssh/trust.h"

namespace svcmgr {

namespace {

/// Offers the identities one after the other.
class Authentication {
public:
    Authentication(ssh_session session, const SshTarget& target, std::string server, const Patience& patience)
        : session_(session), who_(fmt::format("{}@{}", target.user, server)), patience_(patience) {}

    /// Nothing: we are in.
    std::optional<SshOutcome> run(const std::vector<Identity>& identities) {
        for (const Identity& identity : identities) {
            if (!identity.key) {
                note(identity.file, identity.problem);
                continue;
            }
            const int state = offer(identity.key.get());
            if (state == SSH_AUTH_SUCCESS) return {};
            if (state == SSH_AUTH_AGAIN) return given_up();
            if (state == SSH_AUTH_ERROR) return broken(identity.file);
            offered_ = true;
            note(identity.file, state == SSH_AUTH_PARTIAL ? "accepted, but it wants something else besides" : "not accepted");
        }
        return refused();
    }

private:
    /// SSH_AUTH_AGAIN only when time is up.
    int offer(ssh_key key) {
        while (true) {
            const int state = ssh_userauth_publickey(session_, nullptr, key);
            if (state != SSH_AUTH_AGAIN || patience_.over()) return state;
            wait_for_session(session_, patience_);
        }
    }

    void note(const Path& file, const std::string& what) { tried_ += fmt::format("{}{}: {}", tried_.empty() ? "" : "; ", file, what); }

    SshOutcome refused() const {
        if (tried_.empty()) return {SshOutcome::Value::not_authorised, fmt::format("{}: there is no private key to log in with", who_), {}};
        return {SshOutcome::Value::not_authorised, fmt::format("{} accepts none of our keys ({})", who_, tried_), {}};
    }

    SshOutcome given_up() const {
        if (patience_.over() == SshOutcome::Value::interrupted)
            return {SshOutcome::Value::interrupted, fmt::format("{}: interrupted by a signal while logging in", who_), {}};
        return {SshOutcome::Value::timed_out, fmt::format("{}: no answer to the login within {}", who_, patience_.text()), {}};
    }

    SshOutcome broken(const Path& file) {
        // Servers hang up after a few keys that they don't know.
        const auto value = offered_ ? SshOutcome::Value::not_authorised : SshOutcome::Value::unreachable;
        note(file, "the login was broken off: " + last_error(session_));
        return {value, fmt::format("{}: {}", who_, tried_), {}};
    }

    ssh_session session_;
    std::string who_;
    const Patience& patience_;
    std::string tried_;
    bool offered_ = false;
};

}  // namespace

tl::expected<std::unique_ptr<Session>, SshOutcome> Session::open(const World& world, const SshSettings& settings, const SshTarget& target,
                                                                 const Patience& patience) {
    const Trust trust(world.files, settings.known_hosts, target);
    auto transport = open_transport(world, target, prefer_host_keys(trust.recorded_types()), settings.connect_timeout, patience);
    if (!transport) return tl::unexpected(transport.error());
    const std::string server = describe_server(target, transport->address);
    SshOutcome judgement = trust.judge(transport->key, server);
    if (judgement.value != SshOutcome::Value::ran) return tl::unexpected(judgement);
    Authentication authentication(transport->session.get(), target, server, patience);
    if (auto problem = authentication.run(load_identities(world, settings))) return tl::unexpected(*problem);
    return std::unique_ptr<Session>(new Session(std::move(*transport), server));
}

Session::Session(Transport transport, std::string server)
    : transport_(std::move(transport)), server_(std::move(server)), event_(ssh_event_new()) {
    ssh_event_add_session(event_.get(), handle());
}

Session::~Session() {
    ssh_event_remove_session(event_.get(), handle());
}

}  // namespace svcmgr
