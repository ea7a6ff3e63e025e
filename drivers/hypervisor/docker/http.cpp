#include "drivers/hypervisor/docker/http.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "drivers/error.h"

namespace svcmgr::docker {

namespace {

/// How soon a signal is noticed: it can't wake libcurl's wait.
constexpr Duration slice = std::chrono::milliseconds(20);

void initialize_curl() {
    // Once for the process, and never undone: threads may still use it when the process ends.
    static const bool done = curl_global_init(CURL_GLOBAL_NOTHING) == CURLE_OK;
    if (!done) throw Error(Error::Code::failed, "libcurl can't be initialized");
}

struct Incoming {
    const HttpRequest& request;
    HttpAnswer answer;
    bool too_long = false;
    bool unwanted = false;
};

std::size_t take_body(char* data, std::size_t, std::size_t size, void* to) {
    auto& incoming = *static_cast<Incoming*>(to);
    if (incoming.request.sink) {
        incoming.unwanted = !incoming.request.sink({data, size});
        return incoming.unwanted ? 0 : size;
    }
    incoming.too_long = incoming.answer.body.size() + size > incoming.request.limit;
    if (incoming.too_long) return 0;
    incoming.answer.body.append(data, size);
    return size;
}

std::size_t take_header(char* data, std::size_t, std::size_t size, void* to) {
    constexpr std::string_view name = "api-version:";
    std::string line(data, size);
    std::ranges::transform(line, line.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    if (line.starts_with(name)) {
        auto& version = static_cast<Incoming*>(to)->answer.api_version;
        version = line.substr(name.size());
        std::erase_if(version, [](char c) { return c <= ' '; });
    }
    return size;
}

}  // namespace

/// One connection, and what libcurl needs for it.
class Http::Line {
public:
    Line() : multi_(curl_multi_init()), easy_(curl_easy_init()) {
        if (!multi_ || !easy_) throw Error(Error::Code::failed, "libcurl can't be initialized");
    }
    ~Line() {
        curl_easy_cleanup(easy_);
        curl_multi_cleanup(multi_);
    }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    tl::expected<HttpAnswer, HttpProblem> ask(const Path& socket, const HttpRequest& request, const Clock& clock, const Signals& signals,
                                              Deadline deadline) {
        Incoming incoming{request, {}};
        curl_slist* headers = set_up(socket, request, incoming);
        curl_multi_add_handle(multi_, easy_);
        const auto result = wait(clock, signals, deadline);
        curl_multi_remove_handle(multi_, easy_);
        curl_slist_free_all(headers);
        if (!result) return tl::unexpected(result.error());
        if (incoming.unwanted) return tl::unexpected(HttpProblem{HttpProblem::Kind::unwanted, "the rest was not wanted"});
        if (incoming.too_long)
            return tl::unexpected(
                HttpProblem{HttpProblem::Kind::too_long, fmt::format("its answer is longer than {} bytes", request.limit)});
        if (*result != CURLE_OK) return tl::unexpected(problem_of(*result));
        long status = 0;
        curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
        incoming.answer.status = static_cast<int>(status);
        return std::move(incoming.answer);
    }

private:
    curl_slist* set_up(const Path& socket, const HttpRequest& request, Incoming& incoming) {
        // Settings go, the connection stays.
        curl_easy_reset(easy_);
        words_[0] = '\0';
        curl_slist* headers = curl_slist_append(nullptr, "Expect:");
        if (!request.body.empty()) headers = curl_slist_append(headers, "Content-Type: application/json");
        for (const std::string& header : request.headers) headers = curl_slist_append(headers, header.c_str());
        const auto set = [this](CURLoption option, auto value) { curl_easy_setopt(easy_, option, value); };
        set(CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
        set(CURLOPT_URL, ("http://docker" + request.target).c_str());
        set(CURLOPT_PROXY, "");
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        set(CURLOPT_PATH_AS_IS, 1L);
        set(CURLOPT_ERRORBUFFER, words_);
        set(CURLOPT_HTTPHEADER, headers);
        set(CURLOPT_WRITEFUNCTION, take_body);
        set(CURLOPT_WRITEDATA, static_cast<void*>(&incoming));
        set(CURLOPT_HEADERFUNCTION, take_header);
        set(CURLOPT_HEADERDATA, static_cast<void*>(&incoming));
        if (request.method != "GET") {
            set(CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
            set(CURLOPT_POSTFIELDS, request.body.c_str());
            set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
        }
        return headers;
    }

    tl::expected<CURLcode, HttpProblem> wait(const Clock& clock, const Signals& signals, Deadline deadline) {
        while (true) {
            int running = 0;
            curl_multi_perform(multi_, &running);
            int left = 0;
            if (const CURLMsg* message = curl_multi_info_read(multi_, &left)) return message->data.result;
            if (signals.pending() != 0) return tl::unexpected(HttpProblem{HttpProblem::Kind::interrupted, "stopped by a signal"});
            const Duration remaining = deadline.remaining(clock);
            if (remaining == Duration::zero()) return tl::unexpected(HttpProblem{HttpProblem::Kind::timed_out, "no answer in time"});
            const auto pause = std::chrono::ceil<std::chrono::milliseconds>(std::min(remaining, slice));
            curl_multi_poll(multi_, nullptr, 0, static_cast<int>(pause.count()), nullptr);
        }
    }

    HttpProblem problem_of(CURLcode code) const {
        if (code == CURLE_COULDNT_CONNECT) {
            long reason = 0;
            curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &reason);
            if (reason == EACCES || reason == EPERM) return {HttpProblem::Kind::not_allowed, "permission denied"};
            return {HttpProblem::Kind::not_running, "nobody listens there"};
        }
        return {HttpProblem::Kind::broken, words_[0] != '\0' ? words_ : curl_easy_strerror(code)};
    }

    CURLM* multi_;
    CURL* easy_;
    char words_[CURL_ERROR_SIZE] = "";
};

Http::Http(Path socket) : socket_(std::move(socket)) {
    initialize_curl();
}

Http::~Http() = default;

std::unique_ptr<Http::Line> Http::take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return std::make_unique<Line>();
    auto line = std::move(idle_.back());
    idle_.pop_back();
    return line;
}

void Http::give_back(std::unique_ptr<Line> line) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(line));
}

tl::expected<HttpAnswer, HttpProblem> Http::ask(const HttpRequest& request, const Clock& clock, const Signals& signals, Deadline deadline) {
    auto line = take();
    ++requests_;
    auto answer = line->ask(socket_, request, clock, signals, deadline);
    // One that was given up has an answer on its way that nobody reads: it is not used again.
    if (answer) give_back(std::move(line));
    return answer;
}

std::string percent_encoded(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           std::string_view("-._~").find(c) != std::string_view::npos;
        if (plain)
            encoded += c;
        else
            encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return encoded;
}

}  // namespace svcmgr::docker
