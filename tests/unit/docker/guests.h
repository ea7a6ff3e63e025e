#pragma once

#include <map>
#include <memory>
#include <string>

#include "drivers/hypervisor/hypervisor.h"
#include "drivers/hypervisor/keywords/docker.h"

namespace svcmgr::docker {

/// The container#1 of the service web, whose section says `image = lab:1` and what the test says.
inline Guest guest_with(const std::map<std::string, std::string>& said, const std::string& name = "web.container.1") {
    Guest guest{name, "web"};
    guest.labels = {{"svcmgr.service", "web"}, {"svcmgr.rid", "container#1"}};
    auto section = std::make_shared<Options>("container#1", Place{"web.env", 7, 1}, KeywordSet(docker_keywords()));
    section->set("image", {"lab:1", {"web.env", 9, 1}});
    for (const auto& [keyword, value] : said) section->set(keyword, {value, {"web.env", 10, 3}});
    guest.section = section;
    return guest;
}

}  // namespace svcmgr::docker
