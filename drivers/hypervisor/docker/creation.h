#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "drivers/error.h"
#include "drivers/files/files.h"
#include "drivers/hypervisor/hypervisor.h"
#include "drivers/hypervisor/keywords/docker_run.h"
#include "drivers/secrets.h"

namespace svcmgr::docker {

/// The label that tells from which configuration a container was made.
inline constexpr const char* configuration_label = "svcmgr.config";

/// A container as docker is to make it.
struct Creation {
    DockerRun run;
    std::string name;
    std::string image;
    nlohmann::json body;            ///< of POST /containers/create; namespaces of other containers still by rid: "container:container#0"
    std::vector<std::string> rids;  ///< of the containers whose namespaces it shares
    std::string configuration;      ///< the value of `configuration_label`: the same for the same body
    Secrets secrets;
};

/// What a guest's section says, files of variables and secrets read. Nothing is asked of docker. Throws Error `invalid`, with the place.
Creation creation_of(const Guest& guest, const Files& files);

/// Why its paths on the node keep it from being started: one that is missing, and not below one of the guest's mount points.
std::optional<Error> missing_paths(const Creation& creation, const Guest& guest, const Files& files, std::span<const Path> may_come);

/// Variables of a file as `docker run --env-file` reads it. Nothing of its values is in the problem.
tl::expected<std::vector<std::string>, std::string> read_variables(std::string_view text);

}  // namespace svcmgr::docker
