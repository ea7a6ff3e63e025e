#pragma once

#include <functional>
#include <string>
#include <vector>

namespace svcmgr::sim {

/// The results of `work(0)` … `work(count - 1)`, done by as many processes as there are processors. Processes, not threads: what is global
/// in sqlite would let one world wait for another. A worker that dies leaves "died" in place of the result.
std::vector<std::string> in_processes(int count, const std::function<std::string(int)>& work);

}  // namespace svcmgr::sim
