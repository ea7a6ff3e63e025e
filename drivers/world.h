#pragma once

namespace svcmgr {

class Clock;
class Files;
class Host;
class Hypervisors;
class Network;
class Processes;
class Reservations;
class Signals;
class Ssh;
class Tasks;

/// Everything outside the process, and the only way to it. Production (`drivers/real_world.h`) and simulation
/// (`tests/scenario/sim_world.h`) differ in the World that they hand out and in nothing else.
/// The owner keeps the parts alive; a World is copied freely.
struct World {
    Clock& clock;
    Signals& signals;
    Tasks& tasks;
    Host& host;
    Files& files;
    Processes& processes;
    Network& network;
    Ssh& ssh;
    Hypervisors& hypervisors;
    Reservations& reservations;
};

}  // namespace svcmgr
