// cluster: what a cluster engine is told of the services that it decides about, and what it has.

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>

#include "drivers/engine/engine.h"
#include "drivers/error.h"
#include "drivers/host.h"
#include "svcmgr/action/engine_guard.h"
#include "svcmgr/cluster/engine_config.h"
#include "svcmgr/command/command.h"
#include "svcmgr/report/engine_config.h"
#include "svcmgr/report/table.h"

namespace svcmgr {

namespace {

/// This machine, as if it had another name: env files and node.conf say what they say of that node.
class NamedHost : public Host {
public:
    NamedHost(const Host& host, std::string name) : host_(host), name_(std::move(name)) {}

    std::string nodename() const override { return name_; }
    std::string boot_id() const override { return host_.boot_id(); }
    Caller caller() const override { return host_.caller(); }
    std::uint32_t user_id() const override { return host_.user_id(); }
    std::optional<std::string> environment(const std::string& name) const override { return host_.environment(name); }

private:
    const Host& host_;
    std::string name_;
};

/// What it says goes into scripts and XML as it is.
void check_node_name(const Service& service, const std::string& node) {
    const auto fits = [](char letter) { return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '.' || letter == '-'; };
    if (!node.empty() && std::isalnum(static_cast<unsigned char>(node.front())) != 0 && std::ranges::all_of(node, fits)) return;
    throw Error(Error::Code::invalid, fmt::format("'{}' is no name of a node that an engine could have", node),
                service.defaults().place_of("nodes").to_string(), "letters, digits, dots and dashes make one");
}

EngineService engine_service(Context& context, const LoadedService& here) {
    const Service& service = *here.service;
    EngineService result{service.name(), service.nodes(), {}, {}};
    bool first = true;
    for (const std::string& name : result.nodes) {
        check_node_name(service, name);
        const Node node = Node::load(context.world().files, NamedHost(context.world().host, name), context.paths());
        const LoadedService there = load_service(context.world().files, context.paths(), node, service.name());
        const EngineTimes times = engine_times(context.world(), node, *there.service);
        result.times = std::exchange(first, false) ? times : result.times.with(times);
    }
    for (const char* keyword : {"parents", "children", "hard_affinity", "soft_affinity", "hard_anti_affinity", "soft_anti_affinity"})
        result.others[keyword] = service.defaults().list(keyword);
    return result;
}

/// Why an engine is not told of a service with orchestrate = ha; empty when it is.
std::string why_left_out(const Service& service) {
    if (service.defaults().flag("disable")) return "it is disabled";
    if (service.nodes().empty()) return "it has no nodes";
    if (service.defaults().text("topology") != "failover") return "it may run on several nodes at once, and that is left to a person";
    return {};
}

/// What -s names, and what the engine is to know of it.
struct Wanted {
    std::set<std::string> chosen;
    EngineConfig config;
};

class Gathering {
public:
    explicit Gathering(Context& context) : context_(context) {
        const std::vector<std::string> names = context.services();
        chosen_ = {names.begin(), names.end()};
    }

    Wanted done() {
        for (const std::string& name : service_names(context_.world().files, context_.paths())) take(name);
        if (context_.line().services)
            for (const std::string& name : chosen_)
                if (std::ranges::find(all_, name, &EngineService::name) == all_.end())
                    remark(name, "it is none that an engine decides about: orchestrate = ha makes it one");
        Wanted result{chosen_, engine_config(all_, chosen_)};
        std::vector<std::string>& remarks = result.config.remarks;
        remarks.insert(remarks.begin(), remarks_.begin(), remarks_.end());
        return result;
    }

private:
    /// Of one that nobody chose only the name matters, and its own command says what is wrong with it.
    void take(const std::string& name) {
        try {
            add(load_service(context_.world().files, context_.paths(), context_.node(), name));
        } catch (const Error&) {
            if (chosen_.contains(name)) throw;
        }
    }

    void add(const LoadedService& loaded) {
        const std::string& name = loaded.service->name();
        if (!decided_by_engine(*loaded.service)) return;
        if (has_errors(loaded.findings) && chosen_.contains(name)) context_.load_strictly(name);  // says what is wrong, and throws
        if (const std::string why = why_left_out(*loaded.service); !why.empty())
            return remark(name, why + ": the engine is not told of it");
        all_.push_back(engine_service(context_, loaded));
        if (const std::string& unknown = all_.back().times.unknown; !unknown.empty())
            remark(name, "whether it can move while it runs is not known here: " + unknown);
    }

    void remark(const std::string& service, const std::string& text) {
        if (chosen_.contains(service)) remarks_.push_back(fmt::format("{}: {}", service, text));
    }

    Context& context_;
    std::set<std::string> chosen_;
    std::vector<EngineService> all_;
    std::vector<std::string> remarks_;
};

void tell(Context& context, const EngineConfig& config) {
    for (const std::string& remark : config.remarks) fmt::print(context.terminal().err, "svcmgr: {}\n", printable(remark));
}

int run_export(Context& context) {
    const std::string& format = context.line().format;
    if (!context.line().has("format")) throw Error(Error::Code::invalid, "for whom?", "", "--format crmsh, --format pcs or --format xml");
    const Wanted all = Gathering(context).done();
    context.check_signals();
    tell(context, all.config);
    const std::string text = format == "crmsh" ? engine_config_crmsh(all.config)
                             : format == "pcs" ? engine_config_pcs(all.config)
                                               : engine_config_xml(all.config);
    if (const Path& file = context.line().output_file; !file.empty())
        context.world().files.replace(file, text, 0644);
    else
        context.terminal().out << text << std::flush;
    return 0;
}

Cib read_cib(Context& context) {
    if (const Path& file = context.line().cib_file; !file.empty()) {
        tl::expected<Cib, std::string> cib = parse_cib(read_text(context.world().files, file));
        if (!cib) throw Error(Error::Code::invalid, cib.error(), file, "`cibadmin --query` writes one");
        return *std::move(cib);
    }
    EngineAnswer answer = ask_engine(context.world().processes, Deadline::in(context.world().clock, to_ask_engine));
    context.check_signals();
    if (answer.state == EngineAnswer::State::answers) return std::move(answer.cib);
    throw Error(Error::Code::unreachable, "no cluster engine answers here: " + answer.reason, "",
                "start pacemaker, or name a file with --cib that `cibadmin --query` wrote");
}

int run_diff(Context& context) {
    Wanted all = Gathering(context).done();
    const Cib cib = read_cib(context);
    if (!context.line().services) all.chosen.merge(services_in(cib));
    const std::vector<EngineDifference> differences = engine_differences(all.config, cib, all.chosen);
    if (context.json()) {
        context.terminal().out << engine_differences_json(differences, all.config.remarks, context.node().name()) << '\n';
    } else {
        tell(context, all.config);
        context.terminal().out << engine_differences_text(differences);
    }
    return differences.empty() ? 0 : 1;
}

}  // namespace

std::vector<Command> cluster_commands() {
    constexpr std::string_view section = "Nodes";
    return {
        {"cluster export",
         "",
         section,
         "What a cluster engine, Pacemaker, has to be told of the services with orchestrate = ha.",
         {"format", "output"},
         run_export,
         {"crmsh", "pcs", "xml"},
         "A resource of ocf:svcmgr:service each, with timeouts of the service's own deadlines, and constraints of nodes, parents, children "
         "and affinity; drpnodes are left out. crmsh is for `crm configure load update FILE`; pcs is a script: `pcs cluster cib FILE`, "
         "`sh SCRIPT FILE`, `pcs cluster cib-push FILE`; xml is for `cibadmin --modify --allow-create --scope configuration --xml-file "
         "FILE`. Fencing is the engine's, and nothing is said of it."},
        {"cluster diff",
         "",
         section,
         "What the cluster engine of this node has otherwise than the env files: resources, timeouts, scores, constraints.",
         {"format", "cib"},
         run_diff,
         {"text", "json"},
         "It exits with 0 when there is nothing, with 1 when there is something. Of all services, resources for services that are no "
         "longer "
         "orchestrate = ha are shown, too. What other resources there are, and what no env file speaks of, as target-role, is not "
         "compared."},
    };
}

}  // namespace svcmgr
