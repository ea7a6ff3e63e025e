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
    CHECK(has(result, "volume_mounts = /root/compute/data:/data:ro vol:/v /anon"));
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
          "4 web.build: svcmgr builds nothing: build the image, and say its name in `image`\n"
          "8 web.deploy: an env file can't say it\n"
          "10 web.environment: TEXT has {…} or $(…) in it, which an env file takes for a reference\n"
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

TEST_CASE("variables in defaults, and values for what has one, as compose has them") {
    std::string missing;
    const auto note = [&](const std::string& name) { missing += name + " "; };
    const std::map<std::string, std::string> values = {{"A", "a"}, {"EMPTY", ""}};
    CHECK(compose::with_variables("${A:+x}|${B:+x}|${EMPTY:+x}|${EMPTY+x}|${B+x}", values, note) == "x|||x|");
    CHECK(compose::with_variables("${B:-${C:-x}}/${A:-${D}}/${B-$A}/${A:+<${A}>}", values, note) == "x/a/a/<a>");
    CHECK(missing == "");
    CHECK(compose::with_variables("${B:-${C}}", values, note).empty());
    CHECK(missing == "C ");
    std::string deep;
    for (int i = 0; i < 100000; ++i) deep += "${B:-";
    CHECK(compose::with_variables(deep, values, note) == deep);
    CHECK(compose::with_variables(deep + std::string(100000, '}'), values, note).size() > 0);
}

// A user's services would be in a network of svcmgr's making, and never meet the others of prod-net.
TEST_CASE("an external network has its own name, wherever its keys stand") {
    const std::string service = "services: {web: {image: w, networks: [front]}}\nnetworks: {front: ";
    for (const char* said : {"{name: prod-net, external: true}", "{external: true, name: prod-net}", "{external: {name: prod-net}}"}) {
        const ComposeResult result = converted(service + said + "}\n");
        CHECK(has(result, "network = prod-net\naliases = web"));
        CHECK(result.env_text.find("create =") == std::string::npos);
    }
    CHECK(has(converted(service + "{external: true}}\n"), "network = front\naliases = web"));
    CHECK(has(converted(service + "{external: false}}\n"), "network = compute_front\naliases = web\ncreate = true"));
    CHECK(has(converted(service + "{name: mine}}\n"), "network = mine\naliases = web\ncreate = true"));
}

// A database that was to be reached from its own node only would be open to all.
TEST_CASE("what a range of addresses, a dependency or a list has beyond what can be said is listed") {
    const ComposeResult result = converted(
        "services:\n  web:\n    image: w\n    depends_on:\n      db:\n        condition: service_started\n        restart: true\n"
        "    env_file:\n      - path: ./a.env\n        required: false\n    environment:\n      A: [1, 2]\n    cap_add: [NET_ADMIN, {x: "
        "y}]\n"
        "  db: {image: d}\nnetworks:\n  default:\n    ipam:\n      driver: default\n      options: {x: y}\n      config:\n"
        "        - subnet: 10.1.0.0/24\n          ip_range: 10.1.0.128/25\n          aux_addresses: {host1: 10.1.0.5}\n");
    CHECK(losses(result) ==
          "7 web.depends_on: 'restart' of a dependency can't be said\n"
          "9 web: a text is expected here, and this is none\n"
          "12 web: a text is expected here, and this is none\n"
          "13 web: a text is expected here, and this is none\n"
          "19 networks.default.options: docker's own address management is used, with its usual options\n"
          "22 networks.default.ip_range: of a range of addresses only subnet and gateway can be said\n"
          "23 networks.default.aux_addresses: of a range of addresses only subnet and gateway can be said\n");
    CHECK(has(result, "cap_add = NET_ADMIN"));
}

// `volumes: {data: /data}` ended svcmgr, and `ports: 80` was passed over.
TEST_CASE("what stands where a list or a mapping belongs is listed, and nothing at all may stand there") {
    const ComposeResult result = converted(
        "services:\n  web:\n    image: w\n    volumes: {data: /data}\n    ports: 80\n    env_file: {a: b}\n    environment: A=1\n"
        "    healthcheck: yes\n    depends_on:\n      db: later\n    networks:\n      front: 10.1.0.2\n    cap_add: {x: y}\n"
        "  db:\n    image: d\n    volumes: [[a, b]]\n    ports:\n    environment:\n    healthcheck:\n"
        "networks:\n  front:\n    ipam:\n      config: {subnet: 10.1.0.0/24}\n  back: yes\nvolumes:\n  data: yes\n  logs:\n");
    CHECK(losses(result) ==
          "4 web.volumes: a list is expected here, and this is none\n"
          "5 web.ports: a list is expected here, and this is none\n"
          "6 web.env_file: a text or a list is expected here, and this is none\n"
          "7 web.environment: a list or a mapping is expected here, and this is none\n"
          "8 web.healthcheck: a mapping is expected here, and this is none\n"
          "10 web.db: a mapping is expected here, and this is none\n"
          "12 web.front: a mapping is expected here, and this is none\n"
          "13 web.cap_add: a text or a list is expected here, and this is none\n"
          "16 db: a text is expected here, and this is none\n"
          "23 networks.front.config: a list is expected here, and this is none\n"
          "24 networks.back: a mapping is expected here, and this is none\n"
          "26 volumes.data: a mapping is expected here, and this is none\n");
}

// The container that somebody else had made was taken for a service that the file lacks, and the file refused.
TEST_CASE("a network that is another container's: of a service, by its name or its container's, or of one made elsewhere") {
    const ComposeResult result = converted(
        "services:\n  a: {image: a, network_mode: 'container:front'}\n  b: {image: b, container_name: front, network_mode: none}\n"
        "  c: {image: c, network_mode: 'service:b'}\n  d: {image: d, network_mode: 'container:vpn'}\n");
    CHECK(has(result, "name = front\nimage = b\nnetns = none"));
    CHECK(has(result, "name = compute.a\nimage = a\nnetns = container#1\nstart_requires = container#1"));
    CHECK(has(result, "name = compute.c\nimage = c\nnetns = container#1\nstart_requires = container#1"));
    CHECK(has(result, "name = compute.d\nimage = d\nnetns = container:vpn"));
    CHECK(result.env_text.find("[ip#") == std::string::npos);
    CHECK(losses(result) == "");
    CHECK(refusal("services: {a: {image: a, network_mode: 'service:x'}}\n").find("a depends on x, which is no service") !=
          std::string::npos);
}

TEST_CASE("ports in the long form keep the node's address") {
    const ComposeResult result = converted(
        "a:\n  image: x\n  ports:\n  - {target: 5432, published: 5432, host_ip: 127.0.0.1}\n  - {target: 53, host_ip: '::1', protocol: "
        "udp}\n  - {target: 80, published: 8080, mode: ingress}\n");
    CHECK(has(result, "run_args = -p 127.0.0.1:5432:5432 -p '[::1]::53/udp' -p 8080:80"));
    CHECK(losses(result) == "6 a.ports: 'mode' of a port can't be said\n");
}

TEST_CASE("a health check's words stay the words that they are") {
    const auto health = [](const std::string& test) { return converted("a:\n  image: x\n  healthcheck: {test: " + test + "}\n"); };
    CHECK(has(health("[CMD, sh, -c, \"pg_isready -U app\"]"), "run_args = --health-cmd 'sh -c '\\''pg_isready -U app'\\'''"));
    CHECK(has(health("[CMD-SHELL, \"pg_isready -U app || exit 1\"]"), "run_args = --health-cmd 'pg_isready -U app || exit 1'"));
    CHECK(has(health("curl -f localhost"), "run_args = --health-cmd 'curl -f localhost'"));
    CHECK(has(health("[NONE]"), "run_args = --no-healthcheck"));
    CHECK(losses(health("[curl, -f]")) ==
          "3 a.test: a check is one text, or a list of NONE, of CMD and words, or of CMD-SHELL and one text\n");
}

// A database would start with an empty volume beside its own.
TEST_CASE("volumes that the file names have the name that docker knows") {
    const ComposeResult result = converted(
        "services:\n  db: {image: d, volumes: ['data:/x', 'own:/y', 'named:/z:ro', 'plain:/p']}\nvolumes:\n  data: {external: true, name: "
        "prod_db}\n  own: {external: true}\n  named: {name: other}\n  plain:\n    driver: nfs\n    driver_opts: {o: addr=10.0.0.1}\n");
    CHECK(has(result, "volume_mounts = prod_db:/x own:/y other:/z:ro compute_plain:/p"));
    CHECK(losses(result) ==
          "8 volumes.plain.driver: docker makes a volume that is missing in its usual way: make this one by `docker volume create`\n"
          "9 volumes.plain.driver_opts: docker makes a volume that is missing in its usual way: make this one by `docker volume create`\n");
    CHECK(has(converted("db:\n  image: d\n  volumes: ['data:/x']\n"), "volume_mounts = data:/x"));
}

TEST_CASE("one value that can't be said takes no other with it, and is not told") {
    const ComposeResult result = converted(
        "a:\n  image: x\n  environment:\n    A: 1\n    DB_PASSWORD: 'hunter{nodes}'\n    B: 'two words'\n  user: nova\n"
        "  healthcheck: {test: 'echo {nodes}'}\n  labels: {bad: '{nodes}', good: y}\n");
    CHECK(has(result, "environment = A=1"));
    CHECK(has(result, "labels = good=y"));
    CHECK(has(result, "run_args = -e 'B=two words' -u nova"));
    const std::string why = " has {…} or $(…) in it, which an env file takes for a reference\n";
    CHECK(losses(result) == "1 a: `--health-cmd`" + why + "5 a.environment: DB_PASSWORD" + why + "9 a.labels: bad" + why);
}

TEST_CASE("what would be read back as something else is lost by itself") {
    const ComposeResult result =
        converted("a:\n  image: x\n  user: \" nova\"\n  container_name: \"\\\"\\\"\"\n  entrypoint: \"\\e[31m\"\n  working_dir: ';x'\n");
    const std::string why = " would be read back from an env file as something else\n";
    CHECK(losses(result).find("1 a: `name`" + why) == 0);
    CHECK(result.env_text.find('\033') == std::string::npos);
    CHECK(has(result, "image = x\nrun_args = -u ' nova' -w ';x'"));
}

TEST_CASE("paths with blanks are options of docker run") {
    const ComposeResult result = converted("a: {image: x, env_file: ['b.env', 'my vars.env'], devices: ['/dev/a b:/dev/c']}\n");
    CHECK(has(result, "run_args = --env-file /root/compute/b.env --env-file '/root/compute/my vars.env' --device '/dev/a b:/dev/c'"));
}

TEST_CASE("merged keys, and texts that are no compose file") {
    CHECK(has(converted("x-base: &base {image: x, user: nova}\na:\n  <<: *base\n  user: root\n"), "image = x\nrun_args = -u root"));
    CHECK(refusal("a: &a {image: x, <<: *a}\n").find("docker-compose.yml:1:") == 0);
    CHECK(refusal("a: [1\nb: 2\n").find("docker-compose.yml:") == 0);
    CHECK(refusal("just words\n").find("it is no compose file") != std::string::npos);
    CHECK(refusal("version: '3'\n").find("it has no service") != std::string::npos);
    CHECK(refusal("a: 7\n").find("'a' is no service") != std::string::npos);
    CHECK(refusal("").find("it is no compose file") != std::string::npos);
}
