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

/// A value of a list, and the line that says it.
struct Said {
    std::string text;
    int line = 0;
};

/// A service of a compose file, with its variables replaced and its paths made absolute.
struct ComposeService {
    std::string name;
    int line = 0;
    std::string image, container_name, network_mode, user, working_dir, hostname, stop_grace_period;
    std::optional<std::vector<std::string>> command, entrypoint;
    std::vector<Said> environment, labels, volumes;  ///< NAME=value, NAME=value, source:target
    std::vector<std::string> env_files, cap_add, ports, devices, tmpfs;
    std::vector<Membership> networks;
    std::vector<Dependency> depends_on;
    std::vector<std::pair<std::string, std::string>> health;  ///< options of `docker run`, each with its value
    int restarts = 0;                                         ///< how often it is started again
    bool privileged = false, tty = false, stdin_open = false;
};

struct ComposeNetwork {
    std::string name;  ///< docker's
    bool external = false, internal = false;
    std::string driver;
    std::vector<std::string> subnets, gateways, options;
};

/// Version 1 has its services at the top, and no networks and volumes of its own.
enum class Version { first, later };

struct Project {
    Version version = Version::later;
    std::vector<ComposeService> services;  ///< in the order of the file
    std::map<std::string, ComposeNetwork> networks;
    std::vector<ComposeLoss> losses;
};

/// Throws Error `invalid`.
Project read_project(const ComposeSource& source);

/// Each behind those that it depends on, else in the order of the file. Throws Error `invalid` for what depends on itself, or on nothing.
std::vector<ComposeService> in_order(std::vector<ComposeService> services, const Path& file);

/// Words as one text that a shell, and svcmgr, take apart into the same words.
std::string command_line(const std::vector<std::string>& words);

/// As an env file.
std::string env_text(const Project& project, const ComposeSource& source, std::vector<ComposeLoss>& losses);

}  // namespace svcmgr::compose
