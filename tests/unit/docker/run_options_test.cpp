// The options of `docker run`, as old env files have them in run_args, and values of docker's own syntax.

#include <doctest/doctest.h>

#include "drivers/hypervisor/keywords/docker.h"
#include "drivers/hypervisor/keywords/docker_run.h"

namespace svcmgr {

namespace {

DockerRun read(const std::string& line) {
    DockerRun run;
    const auto problems = read_docker_options(split_command(line).value(), run);
    for (const auto& problem : problems) FAIL_CHECK(problem.message);
    return run;
}

std::string problem_of(const std::string& line) {
    DockerRun run;
    const auto problems = read_docker_options(split_command(line).value(), run);
    return problems.empty() ? "none" : problems.front().message;
}

}  // namespace

TEST_CASE("the ways to write an option are docker's") {
    for (const char* line : {"-v /a:/b", "-v=/a:/b", "-v/a:/b", "--volume /a:/b", "--volume=/a:/b"}) {
        CAPTURE(line);
        CHECK(read(line).mounts == std::vector<DockerRun::Mount>{{"/a", "/b"}});
    }
    CHECK(read("-it").tty);
    CHECK(read("-it").interactive);
    CHECK(read("-itv /a:/b").mounts.size() == 1);
    CHECK(read("--privileged").privileged);
    CHECK_FALSE(read("--privileged=false").privileged);
    CHECK(read("-d --detach") == DockerRun());
}

TEST_CASE("the line of the reference page's years is understood") {
    const DockerRun run = read(
        "-v /srv/vm188:/srv:rw -p 37.59.71.25:8080:8080 -e LANG=C -e 'A=b c' --net host --privileged --cap-add NET_ADMIN "
        "--cap-add=SYS_TIME "
        "--device /dev/fuse -h vm188 --name vm188 --env-file /etc/x.env -u 1000:1000 -w /srv --ulimit nofile=1024:4096 --dns 10.0.0.1 "
        "--add-host db:10.0.0.2 --tmpfs /run:size=64m -m 1g --cpus 2 --pid host --ipc host --link db --log-opt max-size=10m");
    CHECK(run.mounts == std::vector<DockerRun::Mount>{{"/srv/vm188", "/srv"}});
    CHECK(run.ports == std::vector<DockerRun::Port>{{"37.59.71.25", 8080, 8080}});
    CHECK(run.environment == DockerRun::Names{"LANG=C", "A=b c"});
    CHECK(run.network == "host");
    CHECK(run.cap_add == DockerRun::Names{"NET_ADMIN", "SYS_TIME"});
    CHECK(run.devices == std::vector<DockerRun::Device>{{"/dev/fuse", "/dev/fuse"}});
    CHECK(run.hostname == "vm188");
    CHECK(run.name == "vm188");
    CHECK(run.environment_files == DockerRun::Names{"/etc/x.env"});
    CHECK(run.limits == std::vector<DockerRun::Limit>{{"nofile", 1024, 4096}});
    CHECK(run.tmpfs == DockerRun::Pairs{{"/run", "size=64m"}});
    CHECK(run.memory == std::int64_t{1} << 30);
    CHECK(run.nano_cpus == 2'000'000'000);
    CHECK(run.log_options == DockerRun::Pairs{{"max-size", "10m"}});
}

TEST_CASE("what can't be obeyed is said, never passed over") {
    CHECK(problem_of("--frob") == "--frob is no option of docker run that svcmgr knows");
    CHECK(problem_of("-Z") == "-Z is no option of docker run that svcmgr knows");
    CHECK(problem_of("-iZt") == "-Z is no option of docker run that svcmgr knows");
    CHECK(problem_of("nginx:1.25").starts_with("'nginx:1.25' is no option of docker run"));
    CHECK(problem_of("-v") == "-v needs a value");
    CHECK(problem_of("--restart always").starts_with("--restart is not obeyed"));
    CHECK(problem_of("--rm").starts_with("--rm is not obeyed"));
    CHECK(problem_of("-e HOME").starts_with("-e: 'HOME' has no value"));
    CHECK(problem_of("--privileged=maybe").starts_with("--privileged: 'maybe'"));
    CHECK(problem_of("-m lots").starts_with("-m: 'lots' is no size"));
    CHECK(problem_of("-l svcmgr.service=x").find("svcmgr's own") != std::string::npos);
    CHECK(problem_of("--cpus x").starts_with("--cpus: 'x'"));
    CHECK(problem_of("-p 8000-8010:8000-8010").find("ranges are not read") != std::string::npos);
}

TEST_CASE("volumes") {
    CHECK(*parse_docker_mount("/a:/b:ro") == DockerRun::Mount{"/a", "/b", true});
    CHECK(*parse_docker_mount("/a:/b:rw,rshared,z") == DockerRun::Mount{"/a", "/b", false, "rshared", "z"});
    CHECK(*parse_docker_mount("data:/b") == DockerRun::Mount{"data", "/b"});
    CHECK(*parse_docker_mount("/b") == DockerRun::Mount{"", "/b"});
    for (const char* wrong : {"", "/a:b", "/a:/b:xx", "/a:/b:ro:more", "./a:/b", "a b:/b", "/a/../b:/c", "-x:/b", ":/b"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_docker_mount(wrong));
    }
}

TEST_CASE("ports") {
    CHECK(*parse_docker_port("80") == DockerRun::Port{"", 0, 80, "tcp"});
    CHECK(*parse_docker_port("8080:80/udp") == DockerRun::Port{"", 8080, 80, "udp"});
    CHECK(*parse_docker_port("10.0.0.1::80") == DockerRun::Port{"10.0.0.1", 0, 80, "tcp"});
    CHECK(*parse_docker_port("[::1]:8080:80") == DockerRun::Port{"::1", 8080, 80, "tcp"});
    for (const char* wrong : {"", "x", "0", "65536", "80/x", "1:2:x", "a:80", "-1"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_docker_port(wrong));
    }
}

TEST_CASE("sizes are docker's: a bare number is bytes") {
    CHECK(parse_docker_size("512") == 512);
    CHECK(parse_docker_size("512b") == 512);
    CHECK(parse_docker_size("1k") == 1024);
    CHECK(parse_docker_size("1Kb") == 1024);
    CHECK(parse_docker_size("2g") == std::int64_t{2} << 30);
    for (const char* wrong : {"", "b", "g", "1x", "-1", "1.5g", "99999999999999999999", "9999999999t"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_docker_size(wrong));
    }
}

TEST_CASE("a section's keywords and its run_args are one description") {
    Options section("container#1", Place{"web.env", 3, 1}, KeywordSet(docker_keywords()));
    const auto say = [&](const std::string& keyword, const std::string& value) { section.set(keyword, {value, {"web.env", 4, 1}}); };
    say("image", "lab:1");
    say("run_args", "-v /a:/b --net none --privileged");
    say("volume_mounts", "/c:/d");
    say("netns", "container#0");
    say("privileged", "false");
    const auto read = read_docker_section(section);
    CHECK(read.problems.empty());
    CHECK(read.run.mounts.size() == 2);
    CHECK(read.run.network == "container:container#0");
    CHECK_FALSE(read.run.privileged);

    say("run_args", "-h web");
    REQUIRE(docker_problems(section).size() == 1);
    CHECK(docker_problems(section).front().message.starts_with("-h is not obeyed"));
    say("netns", "none");
    CHECK(docker_problems(section).empty());
    say("run_args", "-v /a:/b");

    say("environment", "X");
    say("env_file", "relative");
    say("secrets", "A=value");
    say("labels", "svcmgr.rid=x");
    say("volume_mounts", "/c:/b");
    say("utsns", "container#0");
    say("docker_service", "true");
    std::map<std::string, int> by_keyword;
    for (const auto& problem : docker_problems(section)) {
        ++by_keyword[problem.keyword];
        CHECK(problem.message.find("value'") == std::string::npos);  // a secret that was written where its file belongs
    }
    CHECK(
        by_keyword ==
        std::map<std::string, int>{
            {"environment", 1}, {"env_file", 1}, {"secrets", 1}, {"labels", 1}, {"volume_mounts", 1}, {"utsns", 1}, {"docker_service", 1}});
}

}  // namespace svcmgr
