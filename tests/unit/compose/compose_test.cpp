#include "svcmgr/compose/compose.h"

#include <doctest/doctest.h>

#include "drivers/error.h"
#include "svcmgr/compose/variables.h"

using namespace svcmgr;

namespace {

ComposeResult converted(const std::string& text, const std::map<std::string, std::string>& variables = {}) {
    return convert_compose({text, "docker-compose.yml", "/root/compute", "compute", variables});
}

std::string refusal(const std::string& text) {
    try {
        converted(text);
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

bool has(const ComposeResult& result, const std::string& line) {
    return result.env_text.find("\n" + line + "\n") != std::string::npos;
}

std::string losses(const ComposeResult& result) {
    std::string all;
    for (const ComposeLoss& loss : result.losses) all += std::to_string(loss.line) + " " + loss.what + "\n";
    return all;
}

}  // namespace

TEST_CASE("version 1: services at the top, in the order of the file, with docker's own network") {
    const ComposeResult result = converted(
        "b:\n  image: b:1\n  net: host\n  env_file: ./common.env\na:\n  image: a:1\n  net: container:b\n  privileged: yes\n  cap_add: "
        "[NET_ADMIN]\n");
    CHECK(
        has(result,
            "[container#1]\ncomment = b\ntype = docker\nname = compute.b\nimage = b:1\nnetns = host\nenv_file = /root/compute/common.env"));
    CHECK(has(result,
              "name = compute.a\nimage = a:1\nnetns = container#1\nprivileged = true\ncap_add = NET_ADMIN\nstart_requires = container#1"));
    CHECK(result.env_text.find("[ip#") == std::string::npos);
    CHECK(losses(result) == "");
}

TEST_CASE("versions 2 and 3: who says nothing is in the network `default`, and is found there by its name") {
    const ComposeResult result = converted("version: '3'\nservices:\n  web: {image: web:1}\n");
    CHECK(has(result, "[ip#1]\ntype = docker\ncontainer_rid = container#1\nnetwork = compute_default\naliases = web\ncreate = true"));
}

TEST_CASE("networks with subnets, addresses and names of their own") {
    const ComposeResult result = converted(
        "version: '2'\nservices:\n  web:\n    image: w\n    networks:\n      front: {ipv4_address: 10.1.0.5, aliases: [www]}\n      out:\n"
        "networks:\n  front:\n    driver: macvlan\n    driver_opts: {parent: eth0}\n    ipam: {config: [{subnet: 10.1.0.0/24, gateway: "
        "10.1.0.1}]}\n"
        "  out: {external: true}\n");
    CHECK(has(result,
              "network = compute_front\nipname = 10.1.0.5\naliases = web www\ncreate = true\ndriver = macvlan\nsubnet = 10.1.0.0/24\n"
              "gateway = 10.1.0.1\noptions = parent=eth0"));
    CHECK(has(result, "[ip#2]\ntype = docker\ncontainer_rid = container#1\nnetwork = out\naliases = web"));
}

TEST_CASE("dependencies are the order, and stay stated") {
    const ComposeResult result = converted(
        "version: '2.1'\nservices:\n  web: {image: w, depends_on: {db: {condition: service_healthy}, init: {condition: "
        "service_completed_successfully}}}\n  db: {image: d}\n  init: {image: i, depends_on: [db]}\n");
    CHECK(has(result, "name = compute.init\nimage = i\ndetach = false\nstart_requires = container#1"));
    CHECK(has(result, "name = compute.web\nimage = w\nstart_requires = container#1 container#2(up,n/a)"));
    CHECK(refusal("a: {image: x, depends_on: [b]}\nb: {image: y, depends_on: [a]}\n").find("a depends on itself") != std::string::npos);
    CHECK(refusal("a: {image: x, depends_on: [c]}\n").find("docker-compose.yml:1: a depends on c, which is no service") == 0);
}

TEST_CASE("words with blanks become options of docker run, quoted") {
    const ComposeResult result = converted(
        "a:\n  image: x\n  command: [sh, -c, \"echo 'it is' $$HOME\"]\n  environment: {A: 1, B: two words}\n  volumes: "
        "[\"./data:/data:ro\", \"vol:/v\", "
        "\"/anon\"]\n  ports: [8097:8097, \"127.0.0.1:53:53/udp\"]\n  labels: [net.role=config]\n  user: nova\n  working_dir: /srv\n"
        "  devices: [\"/dev/kvm:/dev/kvm\"]\n");
    CHECK(has(result, "command = sh -c 'echo '\\''it is'\\'' $HOME'"));
    CHECK(has(result, "environment = A=1"));
    CHECK(has(result, "volume_mounts = /root/compute/data:/data:ro compute_vol:/v /anon"));
    CHECK(has(result, "devices = /dev/kvm:/dev/kvm"));
    CHECK(has(result, "labels = net.role=config"));
    CHECK(has(result, "run_args = -e 'B=two words' -p 8097:8097 -p 127.0.0.1:53:53/udp -u nova -w /srv"));
}

TEST_CASE("health checks and restarts") {
    const ComposeResult result = converted(
        "a:\n  image: x\n  healthcheck: {test: [CMD, pg_isready], interval: 5s, retries: 3, start_period: 1m}\n  restart: "
        "on-failure:5\nb:\n  image: "
        "y\n  healthcheck: {disable: true}\n  restart: always\n");
    CHECK(has(result, "run_args = --health-cmd pg_isready --health-interval 5s --health-retries 3 --health-start-period 1m\nrestart = 5"));
    CHECK(has(result, "run_args = --no-healthcheck\nrestart = 3"));
    CHECK(losses(result).find("8 b.restart: 'always' is for ever") == 0);
}

TEST_CASE("what can't be carried is listed, in the order of the file, with its line") {
    const ComposeResult result = converted(
        "version: '3'\nservices:\n  web:\n    build: .\n    image: w\n    network_mode: host\n    ports: ['80:80']\n    deploy: {replicas: "
        "2}\n"
        "    environment:\n      TEXT: 'a {nodes} b'\n    volumes: ['~/x:/x']\nsecrets:\n  s: {file: x}\n");
    CHECK(losses(result) ==
          "3 web.ports: in the network of the node all of its ports are open\n"
          "3 web: `run_args` has {…} or $(…) in it, which an env file takes for a reference\n"
          "4 web.build: svcmgr builds nothing: build the image, and say its name in `image`\n"
          "8 web.deploy: an env file can't say it\n"
          "11 web.volumes: '~/x:/x' depends on who calls: write the path\n"
          "12 secrets: an env file can't say it\n");
}

TEST_CASE("variables: values, defaults, and all that nobody gives, with their lines") {
    CHECK(has(converted("a: {image: \"${IMAGE}:${TAG:-1}\"}\n", {{"IMAGE", "x"}}), "image = x:1"));
    CHECK(refusal("a:\n  image: $IMAGE\nb:\n  image: ${IMAGE}\n  user: ${WHO}\n")
              .find("docker-compose.yml: nobody says what these are: IMAGE (line 2, 4), WHO (line 5)") == 0);
    const auto ignore = [](const std::string&) {};
    CHECK(compose::with_variables("$$HOME ${A-x} ${B:-y} ${C:?no} $D1 5$ ${", {{"A", ""}, {"B", ""}, {"D1", "z"}}, ignore) ==
          "$HOME  y  z 5$ ${");
}

TEST_CASE("merged keys, and texts that are no compose file") {
    CHECK(has(converted("x-base: &base {image: x, user: nova}\na:\n  <<: *base\n  user: root\n"), "image = x\nrun_args = -u root"));
    CHECK(refusal("a: [1\nb: 2\n").find("docker-compose.yml:") == 0);
    CHECK(refusal("just words\n").find("it is no compose file") != std::string::npos);
    CHECK(refusal("version: '3'\n").find("it has no service") != std::string::npos);
    CHECK(refusal("a: 7\n").find("'a' is no service") != std::string::npos);
    CHECK(refusal("").find("it is no compose file") != std::string::npos);
}
