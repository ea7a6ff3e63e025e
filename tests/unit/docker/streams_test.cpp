// What comes in pieces: outputs of containers, and the progress of a pull.

#include "drivers/hypervisor/docker/streams.h"

#include <doctest/doctest.h>

#include "drivers/hypervisor/docker/answers.h"
#include "drivers/hypervisor/docker/http.h"
#include "drivers/hypervisor/docker/registry.h"

namespace svcmgr::docker {

namespace {

std::string frame(char stream, const std::string& text) {
    std::string header(8, '\0');
    header[0] = stream;
    header[6] = static_cast<char>(text.size() >> 8);
    header[7] = static_cast<char>(text.size());
    return header + text;
}

}  // namespace

TEST_CASE("frames are the same wherever they are cut") {
    const std::string wire = frame(1, "one\n") + frame(2, "bad\n") + frame(1, "") + frame(1, std::string(300, 'x') + "\n");
    for (std::size_t piece = 1; piece <= wire.size(); ++piece) {
        OutputFrames frames(OutputFrames::Shape::frames, 1 << 20);
        for (std::size_t at = 0; at < wire.size(); at += piece) REQUIRE(frames.take(std::string_view(wire).substr(at, piece)));
        CHECK(frames.out == "one\n" + std::string(300, 'x') + "\n");
        CHECK(frames.err == "bad\n");
        CHECK(frames.all == "one\nbad\n" + std::string(300, 'x') + "\n");
        CHECK(frames.complete());
    }
}

TEST_CASE("what is no stream of frames is refused, and a long one is bounded") {
    OutputFrames wrong(OutputFrames::Shape::frames, 100);
    CHECK_FALSE(wrong.take("plain text"));
    OutputFrames half(OutputFrames::Shape::frames, 100);
    CHECK(half.take(frame(1, "abc").substr(0, 9)));
    CHECK_FALSE(half.complete());
    OutputFrames much(OutputFrames::Shape::frames, 100);
    for (int i = 0; i < 10; ++i) CHECK(much.take(frame(1, std::string(50, 'x'))));
    CHECK(much.out.size() == 100);
    CHECK(much.truncated);
    OutputFrames terminal(OutputFrames::Shape::plain, 100);
    CHECK(terminal.take("plain text"));
    CHECK(terminal.all == "plain text");
}

TEST_CASE("last lines steer no terminal") {
    CHECK(last_lines("a\nb\r\n\x1b[31mred\x07\n\n", 2) == std::vector<std::string>{"b", "?[31mred?"});
    CHECK(last_lines("", 5).empty());
    CHECK(last_lines("a", 5) == std::vector<std::string>{"a"});
    CHECK(last_lines(std::string(5000, 'x'), 5).front().size() < 1100);
}

// Recorded: docker 20.10, POST /images/create of a small image with three layers, shortened to one event of each kind.
constexpr const char* recorded =
    "{\"status\":\"Pulling from library/web\",\"id\":\"1.25\"}\r\n"
    "{\"status\":\"Pulling fs layer\",\"progressDetail\":{},\"id\":\"af107e978371\"}\r\n"
    "{\"status\":\"Pulling fs layer\",\"progressDetail\":{},\"id\":\"336ba1f05c3e\"}\r\n"
    "{\"status\":\"Waiting\",\"progressDetail\":{},\"id\":\"336ba1f05c3e\"}\r\n"
    "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":291200,\"total\":29126484},\"progress\":\"[>    ]  "
    "291.2kB/29.13MB\",\"id\":"
    "\"af107e978371\"}\r\n"
    "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":14563242,\"total\":29126484},\"progress\":\"[=>   ]  "
    "14.5MB/29.13MB\",\"id\":"
    "\"af107e978371\"}\r\n"
    "{\"status\":\"Verifying Checksum\",\"progressDetail\":{},\"id\":\"af107e978371\"}\r\n"
    "{\"status\":\"Download complete\",\"progressDetail\":{},\"id\":\"af107e978371\"}\r\n"
    "{\"status\":\"Extracting\",\"progressDetail\":{\"current\":294912,\"total\":29126484},\"progress\":\"[>  ]  294.9kB/29.13MB\",\"id\":"
    "\"af107e978371\"}\r\n"
    "{\"status\":\"Pull complete\",\"progressDetail\":{},\"id\":\"af107e978371\"}\r\n"
    "{\"status\":\"Already exists\",\"progressDetail\":{},\"id\":\"336ba1f05c3e\"}\r\n"
    "{\"status\":\"Digest: sha256:2bdc49f2f8ae8d8dc50ed00f2ee56d00385c6f8bc8a8b320d0a294d9e3b49026\"}\r\n"
    "{\"status\":\"Status: Downloaded newer image for web:1.25\"}\r\n";

TEST_CASE("a pull is told in a few lines, wherever its stream is cut") {
    for (const std::size_t piece : {1, 7, 4096}) {
        std::vector<std::string> told;
        PullProgress progress([&](const std::string& line) { told.push_back(line); });
        const std::string_view stream = recorded;
        for (std::size_t at = 0; at < stream.size(); at += piece) progress.take(stream.substr(at, piece));
        progress.end();
        CHECK(progress.problem().empty());
        CHECK(told == std::vector<std::string>{"1.25: Pulling from library/web", "0% of 29.1 MB, 0 of 2 layers are there",
                                               "50% of 29.1 MB, 0 of 2 layers are there", "100% of 29.1 MB, 0 of 2 layers are there",
                                               "Digest: sha256:2bdc49f2f8ae8d8dc50ed00f2ee56d00385c6f8bc8a8b320d0a294d9e3b49026",
                                               "Status: Downloaded newer image for web:1.25"});
    }
}

TEST_CASE("a pull's events that make no sense are no crash") {
    for (const char* line :
         {"[]", "1", "{\"status\":1}", "{\"status\":\"x\",\"id\":\"a\",\"progressDetail\":7}",
          "{\"status\":\"Downloading\",\"id\":\"a\",\"progressDetail\":{\"current\":-5,\"total\":1e300}}", "{\"error\":\"no\"}"}) {
        PullProgress progress([](const std::string&) {});
        progress.take(std::string(line) + "\n");
        progress.end();
    }
}

TEST_CASE("times, codes and sets of processors") {
    CHECK(query_time("2026-11-20T10:00:00.123456789Z") == "1795168800.123456789");
    CHECK(query_time("2026-11-20T10:00:00Z") == "1795168800.0");
    for (const char* wrong : {"", "x", "0001-01-01T00:00:00Z", "2026-13-20T10:00:00Z", "2026-11-20T25:00:00Z", "2026-11-20T10:00:00.Z",
                              "2026-11-20T10:00:00.1&all=1Z", "2026-11-20 10:00:00Z"}) {
        CAPTURE(wrong);
        CHECK(query_time(wrong).empty());
    }
    CHECK(exit_code_in("Exited (137) 2 minutes ago") == 137);
    CHECK_FALSE(exit_code_in("Exited (x)"));
    CHECK_FALSE(exit_code_in("Up 3 minutes"));
    CHECK(count_processors("0-2,5") == 4);
    for (const char* wrong : {"", "x", "2-1", "0-99999999", "1-2-3", "-1"}) CHECK_FALSE(count_processors(wrong));
}

TEST_CASE("what users wrote goes into no URL as it is") {
    CHECK(percent_encoded("lab:1/x?all=1&b#\n") == "lab%3A1%2Fx%3Fall%3D1%26b%23%0A");
}

TEST_CASE("registries and what they ask for") {
    CHECK(registry_of("nginx:1.25") == "https://index.docker.io/v1/");
    CHECK(registry_of("library/nginx") == "https://index.docker.io/v1/");
    CHECK(registry_of("docker.io/library/nginx") == "https://index.docker.io/v1/");
    CHECK(registry_of("localhost:5100/nova") == "localhost:5100");
    CHECK(registry_of("reg.example.com/a/b") == "reg.example.com");
    for (const char* text : {"", "a", "ab", "abc", "abcd", "\xff\x00\x7f"}) CHECK(from_base64(base64(text)) == text);
    CHECK(base64("ab") == "YWI=");
    CHECK(from_base64("!").empty());
    CHECK(registry_auth("nonsense", "nginx").empty());
    CHECK(registry_auth(R"({"auths":{"localhost:5100":{"auth":"bm9jb2xvbg=="}}})", "localhost:5100/x").empty());
    CHECK(registry_auth(R"({"auths":{"other":{"auth":"YW5uYTpzZXNhbWU="}}})", "localhost:5100/x").empty());
    // The Engine reads the alphabet of URLs.
    const std::string config = R"({"auths":{"reg.lab:1":{"auth":")" + base64("anna:>>~~>>~~?a?") + R"("}}})";
    CHECK(registry_auth(config, "reg.lab:1/x").find_first_of("+/") == std::string::npos);
    CHECK(registry_auth(config, "reg.lab:1/x").find_first_of("-_") != std::string::npos);
    CHECK_FALSE(registry_auth(R"({"auths":{"https://localhost:5100":{"auth":"YW5uYTpzZXNhbWU="}}})", "localhost:5100/x").empty());
}

}  // namespace svcmgr::docker
