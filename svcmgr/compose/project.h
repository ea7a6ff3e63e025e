#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "svcmgr/compose/compose.h"

namespace svcmgr::compose {

/// A service's place in a network of its compose file.
struct Membership {
    std::string network;  ///< by the file's name of it
    std::string address, address6;
    std::vector<std::string> aliases;
};

struct Dependency {
    std::string service;
    bool on_its_end = false;  ///< it has to have done its work, rather than to run
};

/// A service of a compose file, with its variables replaced and its paths made absolute.
struct ComposeService {
    std::string name;
    int line = 0;
    std::string image, container_name, network_mode, user, working_dir, hostname, stop_grace_period;
    std::optional<std::vector<std::string>> command, entrypoint;
    std::vector<std::string> environment, env_files, cap_add, volumes, ports, devices, tmpfs;
    std::vector<std::pair<std::string, std::string>> labels;
    std::vector<Membership> networks;
    std::vector<Dependency> depends_on;
    std::vector<std::string> health;  ///< options of `docker run`
    int restarts = 0;                 ///< how often it is started again
    bool privileged = false, tty = false, stdin_open = false;
};

struct ComposeNetwork {
    std::string name;  ///< docker's
    bool external = false, internal = false;
    std::string driver;
    std::vector<std::string> subnets, gateways, options;
};

struct Project {
    bool has_networks = false;             ///< versions 2 and 3: who says nothing is in the network `default`
    std::vector<ComposeService> services;  ///< in the order of the file
    std::map<std::string, ComposeNetwork> networks;
    std::vector<ComposeLoss> losses;
};

/// Throws Error `invalid`.
Project read_project(const ComposeSource& source);

/// Each behind those that it depends on, else in the order of the file. Throws Error `invalid` for what depends on itself, or on nothing.
std::vector<ComposeService> in_order(std::vector<ComposeService> services, const Path& file);

/// As an env file.
std::string env_text(const Project& project, const ComposeSource& source, std::vector<ComposeLoss>& losses);

}  // namespace svcmgr::compose
