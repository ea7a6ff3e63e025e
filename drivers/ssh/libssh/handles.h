#pragma once

#include <libssh/libssh.h>

#include <memory>
#include <string>
#include <string_view>

namespace svcmgr {

// libssh's objects, each owned by one pointer.

struct FreeSession {
    void operator()(ssh_session session) const {
        // The one that always closes the socket: ssh_disconnect leaves one that was given (SSH_OPTIONS_FD) open, unless something failed.
        ssh_silent_disconnect(session);
        ssh_free(session);
    }
};
struct FreeKey {
    void operator()(ssh_key key) const { ssh_key_free(key); }
};
struct FreeChannel {
    void operator()(ssh_channel channel) const { ssh_channel_free(channel); }
};
struct FreeEvent {
    void operator()(ssh_event event) const { ssh_event_free(event); }
};
struct FreeText {
    void operator()(char* text) const { ssh_string_free_char(text); }
};

using SessionHandle = std::unique_ptr<ssh_session_struct, FreeSession>;
using KeyHandle = std::unique_ptr<ssh_key_struct, FreeKey>;
using ChannelHandle = std::unique_ptr<ssh_channel_struct, FreeChannel>;
using EventHandle = std::unique_ptr<ssh_event_struct, FreeEvent>;
using TextHandle = std::unique_ptr<char, FreeText>;

/// What a server sent, fit for a message: one line, short, and nothing that a terminal would obey.
std::string printable(std::string_view text);

/// libssh's words for what went wrong last on this session.
std::string last_error(ssh_session session);

}  // namespace svcmgr
