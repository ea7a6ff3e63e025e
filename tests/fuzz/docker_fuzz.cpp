// Any bytes as what docker answers: lists, inspections, progress of a pull, outputs of containers, files of variables. Nothing may crash or
// hang, and what is read keeps its shape: ids go into URLs, lines onto terminals.

#include <cstdint>
#include <string_view>

#include "drivers/hypervisor/docker/answers.h"
#include "drivers/hypervisor/docker/containers.h"
#include "drivers/hypervisor/docker/creation.h"
#include "drivers/hypervisor/docker/http.h"
#include "drivers/hypervisor/docker/registry.h"
#include "drivers/hypervisor/docker/streams.h"
#include "drivers/hypervisor/keywords/docker_run.h"
#include "tests/fuzz/support.h"

using namespace svcmgr;
using namespace svcmgr::docker;
using fuzz::require;

namespace {

void check_id(const std::string& id) {
    require(percent_encoded(id) == id && id.size() <= 64, "an id needs no quoting in a URL");
}

void check_line(const std::string& line) {
    for (const char c : line) require(c < 0 || c >= ' ' || c == '\t', "a line steers no terminal");
}

void check_answers(std::string_view text) {
    if (const auto containers = read_containers(text))
        for (const ListedContainer& container : *containers) {
            check_id(container.id);
            health_in(container.status);
            if (const auto code = exit_code_in(container.status)) require(*code >= 0 && *code <= 255, "an exit code");
        }
    else
        check_line(containers.error());
    if (const auto container = read_container(text)) {
        check_id(container->id);
        GuestState state;
        add_details(state, *container);
        require(state.vcpus >= 0, "processors are counted");
    }
    read_exec(text);
    read_info(text);
    read_id(text);
    read_version(text);
    check_line(read_message(text));
    require(query_time(text).find_first_not_of("0123456789.") == std::string::npos, "a time for a query is digits");
    boot_time(text);
    registry_auth(text, "localhost:5100/web");
}

void check_streams(std::string_view text) {
    for (const auto shape : {OutputFrames::Shape::frames, OutputFrames::Shape::plain}) {
        OutputFrames whole(shape, 1000), pieces(shape, 1000);
        const bool readable = whole.take(text);
        bool still = true;
        for (std::size_t at = 0; still && at < text.size(); at += 3) still = pieces.take(text.substr(at, 3));
        require(readable == still, "frames are the same wherever they are cut");
        if (readable) require(whole.out == pieces.out && whole.err == pieces.err && whole.all == pieces.all, "and what they hold");
        require(whole.out.size() <= 1000, "an output is bounded");
        for (const std::string& line : last_lines(whole.all, 5)) check_line(line);
    }
    PullProgress progress([](const std::string& line) { check_line(line); });
    progress.take(text);
    progress.end();
    check_line(progress.problem());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_answers(text);
    check_streams(text);
    if (const auto variables = read_variables(text))
        for (const std::string& one : *variables)
            require(one.find('=') != std::string::npos && one.front() != '=', "a variable has a name");
    if (const auto words = split_command(text)) {
        DockerRun run;
        read_docker_options(*words, run);
        for (const DockerRun::Mount& mount : run.mounts) require(mount.target.starts_with('/'), "a volume has a place in the container");
    }
    return 0;
}
