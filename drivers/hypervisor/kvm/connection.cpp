#include "drivers/hypervisor/kvm/connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>

namespace svcmgr::kvm {

namespace {

constexpr std::size_t longest_words = 1000;
constexpr auto longest_restart = std::chrono::seconds(5);

/// The socket is missing or nobody listens on it.
bool nobody_listens(const virError& error) {
    return error.code == VIR_ERR_SYSTEM_ERROR && (error.int1 == ENOENT || error.int1 == ECONNREFUSED);
}

Error not_connected(const std::string& uri) {
    const virError* error = virGetLastError();
    if (error != nullptr && nobody_listens(*error))
        return {Error::Code::unreachable, "libvirtd is not running", uri, "start it with: systemctl start libvirtd"};
    return {Error::Code::unreachable, fmt::format("libvirt can't be asked: {}", libvirt_words()), uri};
}

}  // namespace

std::string libvirt_words() {
    std::string words = virGetLastErrorMessage();
    while (!words.empty() && (words.back() == '\n' || words.back() == ' ')) words.pop_back();
    std::replace(words.begin(), words.end(), '\n', ' ');
    if (words.size() > longest_words) words = words.substr(0, longest_words) + "…";
    return words;
}

void stop_if(const std::stop_token& given_up) {
    if (given_up.stop_requested()) throw Error(Error::Code::interrupted, "nobody waits for libvirt's answer any more");
}

std::shared_ptr<virConnect> Connection::open(const std::stop_token& given_up) {
    const std::lock_guard lock(mutex_);
    stop_if(given_up);
    if (open_) return open_;
    virConnectPtr opened = access_ == Access::look ? virConnectOpenReadOnly(uri_.c_str()) : virConnectOpen(uri_.c_str());
    if (opened == nullptr) throw not_connected(uri_);
    open_ = std::shared_ptr<virConnect>(opened, virConnectClose);
    return open_;
}

std::shared_ptr<virConnect> Connection::open_again(const std::stop_token& given_up) {
    using Time = std::chrono::steady_clock;
    // Whoever looks has other means to see a guest, and no time.
    const auto end = Time::now() + (access_ == Access::look ? Time::duration::zero() : longest_restart);
    while (true) {
        try {
            return open(given_up);
        } catch (const Error&) {
            if (given_up.stop_requested() || Time::now() >= end) throw;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

bool Connection::is_open() {
    const std::lock_guard lock(mutex_);
    return open_ != nullptr;
}

void Connection::forget(const std::shared_ptr<virConnect>& broken) {
    const std::lock_guard lock(mutex_);
    if (open_ == broken) open_.reset();
}

}  // namespace svcmgr::kvm
