#pragma once

#include <string>
#include <string_view>

namespace svcmgr::lxc {

/// Why a start failed, from what lxc-start wrote into its log and on stderr: the first thing that went wrong, without time and place in
/// LXC's source. Empty when neither says anything.
///
///     lxc-start vm188 20261120192722.465 ERROR    network - ../src/lxc/network.c:netdev:711 - No such file or directory - Failed to …
///     lxc-start: vm188: ../src/lxc/parse.c: lxc_file_for_each_line_mmap: 129 Failed to parse config file …
std::string reason_of_failure(std::string_view log, std::string_view err);

}  // namespace svcmgr::lxc
