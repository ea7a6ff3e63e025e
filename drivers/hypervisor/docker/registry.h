#pragma once

#include <string>
#include <string_view>

namespace svcmgr::docker {

/// The registry that an image comes from, as `docker login` names it: "localhost:5100", "https://index.docker.io/v1/".
std::string registry_of(std::string_view image);

/// The header X-Registry-Auth for the image's registry, from the text of docker's config.json; empty when that knows nothing of it.
std::string registry_auth(std::string_view config_json, std::string_view image);

std::string base64(std::string_view bytes);
/// Empty for what is no base64.
std::string from_base64(std::string_view text);

}  // namespace svcmgr::docker
