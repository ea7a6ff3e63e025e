#include "svcmgr/cluster/loader.h"

#include <doctest/doctest.h>

#include "drivers/error.h"
#include "drivers/files/memory_files.h"
#include "resources/container.h"
#include "tests/unit/doubles.h"

using namespace svcmgr;

namespace {

constexpr const char* page_sample = R"(	[default]
	app = ERP
	comment = recette gen db #2
	service_type = DEV
	nodes =  node109 node110 node111 node112
	orchestrate = start

        [container#1]
        name = vm188
        type = kvm

	[ip#1]
	ipname = vm188
	ipdev = lan0

	[vmdg]
	scsireserv = false
)";

struct Fixture {
    test::ManualClock clock;
    test::NoSignals signals;
    test::FixedHost host;
    MemoryFiles files{clock, signals};
    Paths paths{"/root"};

    LoadedService load(const std::string& name) {
        const Node node = Node::load(files, host, paths);
        LoadedService loaded = load_service(files, paths, node, name);
        CHECK(validate_service(files, paths, node, name) == loaded.findings);
        return loaded;
    }
    void env(const std::string& name, const std::string& text) { files.put(paths.configuration + "/" + name + ".env", text, 0644); }
    std::string message(const std::string& name) {
        try {
            load(name);
        } catch (const Error& error) {
            CHECK(error.code() == Error::Code::invalid);
            CHECK_FALSE(error.hint().empty());
            return error.what();
        }
        return "no error";
    }
};

std::vector<std::string> rids(const Service& service) {
    std::vector<std::string> names;
    for (const auto& resource : service.resources()) names.push_back(resource->rid().text() + " " + resource->type());
    return names;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the page's own sample becomes its resources") {
    Fixture fixture;
    fixture.env("yoursvc", page_sample);
    const LoadedService loaded = fixture.load("yoursvc");
    CHECK_FALSE(has_errors(loaded.findings));
    CHECK(rids(*loaded.service) ==
          std::vector<std::string>{"ip#1 ip", "vmdg disk.vmdg", "container#1 container.kvm", "app app", "sync#i0 sync.config"});
    CHECK(loaded.service->nodes() == std::vector<std::string>{"node109", "node110", "node111", "node112"});
    CHECK(loaded.service->env() == "DEV");
    CHECK(loaded.service->orchestrate() == "start");
    CHECK(loaded.service->find(Rid("ip#1"))->label() == "vm188@lan0");
}

TEST_CASE("a secret in a file that others can read is a warning at its place, and not told") {
    Fixture fixture;
    const std::string text = "[DEFAULT]\nnodes = node109\n[container#1]\ntype = docker\nimage = lab:1\nenvironment = A=1 DB_PASS=hunter2\n";
    fixture.env("web", text);
    const LoadedService open = fixture.load("web");
    REQUIRE(open.findings.size() == 1);
    CHECK(to_text(open.findings.front()) ==
          "/root/etc/svcmgr/web.env:6:15: warning: it holds a secret, and others than its owner can read the file (mode 0644): chmod 600 "
          "/root/etc/svcmgr/web.env\n   environment = A=1 DB_PASS=***\n                 ^");
    fixture.files.put("/root/etc/svcmgr/web.env", text, 0600);
    CHECK(fixture.load("web").findings.empty());
    fixture.env("web", "[DEFAULT]\nnodes = node109\n[container#1]\ntype = docker\nimage = lab:1\nsecrets = DB_PASS=/etc/pw\n");
    CHECK(fixture.load("web").findings.empty());
}

TEST_CASE("what a reference to a secret of [env] becomes is not told where it is wrong") {
    Fixture fixture;
    fixture.files.put("/root/etc/svcmgr/web.env",
                      "[DEFAULT]\nnodes = node109\n[container#1]\ntype = docker\nimage = lab:1\nstart_timeout = {env.db_pwd}\n"
                      "[ip#1]\ntype = docker\nnetwork = net1\nipname = {env.db_pwd}\n[env]\ndb_pwd = hunter2secret\n",
                      0600);
    const LoadedService loaded = fixture.load("web");
    std::string all;
    for (const Finding& finding : loaded.findings) all += to_text(finding) + "\n" + finding.message;
    CHECK(has(all, "'***'"));
    CHECK_FALSE(has(all, "hunter2secret"));
    const Resource* address = loaded.service->find(Rid("ip#1"));
    REQUIRE(address != nullptr);
    CHECK(address->type() == "ip");  // it is Unsupported, with a reason
}

TEST_CASE("the guest's name defaults to the service's") {
    Fixture fixture;
    fixture.env("vm7", "[default]\nnodes = node109\nenv = TST\n[container#1]\ntype = kvm\n");
    const LoadedService loaded = fixture.load("vm7");
    const auto* container = dynamic_cast<const Container*>(loaded.service->find(Rid("container#1")));
    REQUIRE(container != nullptr);
    CHECK(container->guest().name == "vm7");
    CHECK(container->guest().hostname == "vm7");
}

TEST_CASE("a section that nothing here can act on is shown and hides no other") {
    Fixture fixture;
    fixture.env("vm7", "[default]\nnodes = node109\nenv = TST\n[container#1]\ntype = kvm\n[fs#1]\ndev = /dev/a\nmnt = /a\ntype = ext4\n");
    const LoadedService loaded = fixture.load("vm7");
    CHECK(rids(*loaded.service) == std::vector<std::string>{"fs#1 fs", "container#1 container.kvm", "app app"});
}

TEST_CASE("a vmdg in a service of several containers must say whose disks it means") {
    const std::string two =
        "[default]\nnodes = node109\nenv = TST\n[container#1]\ntype = kvm\nname = a\n[container#2]\ntype = kvm\nname = b\n";
    Fixture fixture;
    fixture.env("bare", two + "[vmdg]\n");
    CHECK(fixture.load("bare").service->find(Rid("vmdg"))->type() == "vmdg");
    fixture.env("named", two + "[vmdg#1]\ncontainer_id = container#2\n");
    CHECK(fixture.load("named").service->find(Rid("vmdg#1"))->type() == "disk.vmdg");
}

TEST_CASE("files that can't be a service say why") {
    Fixture fixture;
    CHECK(has(fixture.message("nosuch"), "there is no service nosuch"));
    fixture.files.put_directory(fixture.paths.configuration + "/dir.env");
    CHECK(has(fixture.message("dir"), "directory"));
    fixture.env("large", std::string((1 << 20) + 1, 'x'));
    CHECK(has(fixture.message("large"), "1 MiB"));
    fixture.files.put(fixture.paths.configuration + "/open.env", page_sample, 0666);
    CHECK(has(fixture.message("open"), "chmod go-w"));
    fixture.env("dead", page_sample);
    fixture.files.fail(fixture.paths.configuration + "/dead.env", MemoryFiles::FaultOn::look, EACCES);
    CHECK(has(fixture.message("dead"), "permission"));
}

TEST_CASE("an empty file and noise are findings, not crashes") {
    Fixture fixture;
    for (const char* text : {"", "# nothing but this\n\n"}) {
        fixture.env("empty", text);
        const Findings findings = fixture.load("empty").findings;
        REQUIRE(findings.size() == 1);
        CHECK(has(to_text(findings[0]), "no section"));
    }
    std::string noise;
    for (unsigned i = 0; i < 1u << 20; ++i) noise += static_cast<char>((i * 2654435761u) >> 13);
    fixture.env("noise", noise);
    CHECK(has_errors(fixture.load("noise").findings));
}

// If this fails, `validate config` is content with what `start` refuses, or the other way round. Fixture::load compares them, too.
TEST_CASE("what is wrong with the order of resources is found by a validation that makes none of them otherwise") {
    Fixture fixture;
    const std::string two = "[DEFAULT]\n[container#1]\ntype = kvm\nname = a\n[container#2]\ntype = kvm\nname = b\n";
    const auto findings = [&](const std::string& text) {
        fixture.env("two", text);
        return fixture.load("two").findings.size();
    };
    CHECK(findings(two) == 0);
    CHECK(findings(two + "start_requires = container#1\n") == 0);
    CHECK(findings(two + "start_requires = container#3\n") == 1);
    CHECK(findings("[DEFAULT]\nstart_requires = container#9\n" + two.substr(10)) == 2);
    CHECK(findings(two + "start_requires = container#1\n[fs#1]\ntype = ext4\ndev = /dev/x\nmnt = /x\nstart_requires = fs#1\n") == 1);
    CHECK(findings(two + "[subset#nothing:x]\n") == 1);
}

TEST_CASE("names that could leave the directory are no names") {
    Fixture fixture;
    for (const char* name : {"", ".", "..", "a/b", "../x", "a..b", "-s", ".hidden", "a b", "a\nb", "é"})
        CHECK_MESSAGE(has(fixture.message(name), "can't be the name"), name);
    CHECK(has(fixture.message(std::string(64, 'a')), "can't be the name"));
    CHECK(has(fixture.message(std::string(63, 'a')), "there is no service"));
}

TEST_CASE("services are the env files; .conf counts, node.conf does not") {
    Fixture fixture;
    fixture.env("vm10", page_sample);
    fixture.files.put(fixture.paths.configuration + "/vm9.conf", page_sample);
    fixture.files.put(fixture.paths.configuration + "/vm10.conf", page_sample);
    fixture.files.put(fixture.paths.node_conf, "");
    fixture.files.put(fixture.paths.configuration + "/vm10.env.bak", page_sample);
    CHECK(service_names(fixture.files, fixture.paths) == std::vector<std::string>{"vm10", "vm9"});
    CHECK(fixture.load("vm10").service->file() == "/root/etc/svcmgr/vm10.env");
    CHECK(service_names(Fixture().files, fixture.paths).empty());
}

TEST_CASE("a container is the guest of its service and resource, with the labels that say so") {
    Fixture fixture;
    fixture.env(
        "web",
        "[default]\nnodes = node109\n[container#1]\ntype = docker\nimage = lab:1\ndetach = false\n[container#2]\ntype = docker\nimage = "
        "lab:1\nname = mine\n[ip#1]\nipname = 10.0.0.1\nipdev = eth0\n[fs#1]\ntype = ext4\ndev = /dev/vdb\nmnt = /srv/web\n");
    const LoadedService loaded = fixture.load("web");
    // No launchers in a container of a program, and its addresses are the node's.
    std::string all;
    for (const std::string& name : rids(*loaded.service)) all += name + "; ";
    CHECK(all == "ip#1 ip; fs#1 fs; container#1 container.docker; container#2 container.docker; ");
    const auto guest = [&](const char* rid) { return dynamic_cast<const Container*>(loaded.service->find(Rid(rid)))->guest(); };
    CHECK(guest("container#1").name == "web.container.1");
    CHECK(guest("container#2").name == "mine");
    CHECK(guest("container#1").labels == std::map<std::string, std::string>{{"svcmgr.rid", "container#1"}, {"svcmgr.service", "web"}});
    CHECK(guest("container#1").runs_once);
    CHECK_FALSE(guest("container#2").runs_once);
    CHECK(guest("container#1").mount_points == std::vector<Path>{"/srv/web"});
    CHECK(loaded.service->find(Rid("ip#1"))->carrier() == nullptr);
}

TEST_CASE("what a container's technology can't do as it is written is a finding with its place") {
    Fixture fixture;
    const auto findings = [&](const std::string& sections) {
        fixture.env("web", "[default]\nnodes = node109\n" + sections);
        std::string text;
        for (const Finding& finding : fixture.load("web").findings)
            text += std::string(to_string(finding.level)) + " " + to_text(finding) + "\n";
        return text;
    };
    const std::string first = "[container#0]\ntype = docker\nimage = lab:1\n", second = "[container#1]\ntype = docker\nimage = lab:1\n";
    CHECK(findings(first + second + "netns = container#0\n") == "");
    const std::string option = findings(first + "run_args = --frob\n");
    CHECK(has(option, "web.env:6:12: error: --frob is no option of docker run"));
    CHECK(has(findings(first + "run_args = --rm\n"), "warning"));
    CHECK(has(findings(first + second + "netns = container#7\n"), "the service has no resource container#7"));
    CHECK(has(findings(first + "netns = container#1\n" + second), "nothing makes it wait for container#1"));
    CHECK(findings(first + "netns = container#1\nstart_requires = container#1\n" + second) == "");
    const std::string parallel = "[subset#container:p]\nparallel = true\n";
    CHECK(has(findings(parallel + first + "subset = p\n" + second + "subset = p\nnetns = container#0\n"),
              "nothing makes it wait for container#0"));
}

// It was taken for a volume group, whose keywords the section does not have, and svcmgr ended.
TEST_CASE("A section whose type is no word, or none that there is, is none of the default type") {
    Fixture fixture;
    const auto made = [&](const std::string& section) {
        fixture.env("vm188", "[DEFAULT]\nnodes = node109\n" + section);
        return rids(*fixture.load("vm188").service).front();
    };
    CHECK(made("[disk#1]\ntype = vg\nname = data\n") == "disk#1 disk.vg");
    CHECK(made("[disk#1]\ntype = volume group\nname = data\n") == "disk#1 disk");  // Unsupported, with a reason
    CHECK(made("[share#1]\ntype = nfs\npath = /srv\n") == "share#1 share.nfs");
    CHECK(made("[share#1]\ntype = cifs\npath = /srv\n") == "share#1 share");
}
