#include "drivers/network/cni/caller.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "drivers/options.h"
#include "drivers/secret_names.h"
#include "drivers/secrets.h"
#include "drivers/signals.h"

namespace svcmgr::cni {

namespace {

constexpr std::size_t output_limit = 1 << 20;
constexpr std::size_t shown_bytes = 200;
constexpr Duration between_tries = std::chrono::milliseconds(500);

std::string type_of(const Json& plugin) {
    return plugin.at("type").get<std::string>();
}

void add_secrets(const Json& json, Secrets& secrets) {
    if (!json.is_structured()) return;
    for (const auto& [name, value] : json.items()) {
        if (json.is_object() && value.is_string() && sounds_secret(name)) secrets.add(value.get<std::string>());
        add_secrets(value, secrets);
    }
}

/// What plugins are told and nobody else is to read, also where they print it again: of arguments and configurations, what sounds so.
Secrets secrets_of(const Attachment& attachment) {
    Secrets secrets;
    for (const std::string_view one : split(attachment.arguments, ';'))
        if (const auto equal = one.find('='); equal != std::string_view::npos && sounds_secret(one.substr(0, equal)))
            secrets.add(std::string(one.substr(equal + 1)));
    for (const Json& plugin : attachment.network.plugins) add_secrets(plugin, secrets);
    return secrets;
}

/// A plugin said that it may work later.
class Later : public Error {
    using Error::Error;
};

std::string excerpt(std::string_view text) {
    const auto end = text.find_last_not_of(" \t\r\n");
    text = end == std::string_view::npos ? std::string_view() : text.substr(0, end + 1);
    return std::string(text.substr(0, shown_bytes)) + (text.size() > shown_bytes ? "…" : "");
}

}  // namespace

Path Caller::find(const std::string& plugin) const {
    for (const Path& directory : directories_) {
        Path path = fmt::format("{}/{}", directory, plugin);
        const auto facts = world_.files.facts(path);
        if (facts && facts->kind == FileFacts::Kind::file && (facts->mode & 0111) != 0) return path;
    }
    return {};
}

std::vector<std::string> Caller::missing(const Network& network) const {
    std::vector<std::string> names;
    const auto need = [&](const std::string& plugin) {
        if (find(plugin).empty() && std::ranges::find(names, plugin) == names.end()) names.push_back(plugin);
    };
    for (const Json& plugin : network.plugins) {
        need(type_of(plugin));
        const auto ipam = plugin.find("ipam");
        if (ipam == plugin.end() || !ipam->is_object()) continue;
        if (const auto type = ipam->find("type"); type != ipam->end() && type->is_string()) need(type->get<std::string>());
    }
    return names;
}

Json Caller::input_of(const Attachment& attachment, const Json& plugin, const Json& previous) {
    Json input = plugin;
    input["cniVersion"] = attachment.network.version;
    input["name"] = attachment.network.name;
    input.erase("disableCheck");
    if (const auto declared = plugin.find("capabilities"); declared != plugin.end() && declared->is_object())
        for (const auto& [capability, wanted] : declared->items())
            if (wanted == true && attachment.capabilities.contains(capability))
                input["runtimeConfig"][capability] = attachment.capabilities[capability];
    input.erase("capabilities");
    if (!previous.is_null()) input["prevResult"] = previous;
    return input;
}

Result Caller::add(const Attachment& attachment, Deadline deadline) const {
    Json previous;
    Result result;
    for (const Json& plugin : attachment.network.plugins) {
        const std::string printed = run_patiently({"ADD", attachment, plugin, previous}, deadline);
        auto read = read_result(printed);
        if (!read) {
            const Secrets secrets = secrets_of(attachment);
            throw Error(Error::Code::failed,
                        fmt::format("the plugin {} printed no result ({}): {}", type_of(plugin), secrets.hidden_in(read.error()),
                                    excerpt(secrets.hidden_in(printed))),
                        "network " + attachment.network.name, "see which plugin is installed there, and its documentation");
        }
        result = std::move(*read);
        previous = result.json;
    }
    return result;
}

std::string Caller::check(const Attachment& attachment, const Json& result, Deadline deadline) const {
    if (!attachment.network.checked || !attachment.network.knows_results()) return {};
    try {
        for (const Json& plugin : attachment.network.plugins) run({"CHECK", attachment, plugin, result}, deadline);
        return {};
    } catch (const Error& error) {
        return error.message();
    }
}

void Caller::remove(const Attachment& attachment, const Json& result, Deadline deadline) const {
    const Json& previous = attachment.network.knows_results() ? result : Json();
    const auto& plugins = attachment.network.plugins;
    std::for_each(plugins.rbegin(), plugins.rend(), [&](const Json& plugin) { run({"DEL", attachment, plugin, previous}, deadline); });
}

std::string Caller::run_patiently(const Call& call, Deadline deadline) const {
    for (;;) {
        try {
            return run(call, deadline);
        } catch (const Later&) {
            const Moment next = world_.clock.now() + between_tries;
            if (next >= deadline.at() || world_.signals.pending() != 0) throw;
            world_.clock.sleep_until(next);
        }
    }
}

std::string Caller::run(const Call& call, Deadline deadline) const {
    const Attachment& attachment = call.attachment;
    const std::string type = type_of(call.plugin);
    const Path program = find(type);
    if (program.empty())
        throw Error(Error::Code::failed, fmt::format("the plugin {} is missing: it is not in {}", type, fmt::join(directories_, ", ")),
                    "network " + attachment.network.name,
                    "install it (Debian: containernetworking-plugins), or say where it is: `plugins` in [cni] of node.conf");
    Surroundings surroundings;
    surroundings.environment = {fmt::format("CNI_COMMAND={}", call.command), "CNI_CONTAINERID=" + attachment.container_id,
                                "CNI_NETNS=" + attachment.network_namespace, "CNI_IFNAME=" + attachment.interface,
                                fmt::format("CNI_PATH={}", fmt::join(directories_, ":"))};
    if (!attachment.arguments.empty()) surroundings.environment.push_back("CNI_ARGS=" + attachment.arguments);
    surroundings.directory = "/";
    surroundings.input = input_of(attachment, call.plugin, call.previous).dump(-1, ' ', false, Json::error_handler_t::replace);
    const Duration given = deadline.remaining(world_.clock);
    CommandResult result = world_.processes.run_in(surroundings, {program}, deadline, {output_limit});
    if (result.ok() && !result.truncated) return std::move(result.out);
    fail(call, result, program, given);
}

void Caller::fail(const Call& call, const CommandResult& result, const Path& program, Duration given) const {
    const std::string type = type_of(call.plugin);
    const std::string where = "network " + call.attachment.network.name;
    if (world_.signals.pending() != 0)
        throw Error(Error::Code::interrupted, fmt::format("stopped by a signal before the plugin {} had done {}", type, call.command),
                    where);
    if (result.timed_out)
        throw Error(Error::Code::timed_out, fmt::format("the plugin {} did not end {} within {}", type, call.command, to_text(given)),
                    where, fmt::format("{} was ended; see what it waits for", program));
    if (result.truncated)
        throw Error(Error::Code::failed, fmt::format("the plugin {} printed more than {} bytes", type, output_limit), where,
                    "see which plugin is installed there");
    if (const auto said = read_error(result.out)) {
        const std::string message =
            fmt::format("the plugin {} failed at {}: {}", type, call.command, secrets_of(call.attachment).hidden_in(said->text()));
        if (said->is_for_later()) throw Later(Error::Code::failed, message, where, "try again later");
        throw Error(Error::Code::failed, message, where, "correct the network's configuration, or what the plugin names");
    }
    const std::string printed = excerpt(secrets_of(call.attachment).hidden_in(result.out.empty() ? result.err : result.out));
    throw Error(Error::Code::failed,
                fmt::format("the plugin {} failed at {} ({}){}{}", type, call.command, result.describe(),
                            printed.empty() ? "" : " and said nothing that the specification has: ", printed),
                where, fmt::format("run by hand it may say more: {}", program));
}

}  // namespace svcmgr::cni
