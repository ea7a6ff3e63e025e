#pragma once

#include <string_view>

namespace svcmgr {

/// The values of `guestos`. The names of systems are those of `guest_os` in OpenSVC 1.4; all but windows mean "unix" today.
inline constexpr std::string_view guest_os_words[] = {"unix", "windows", "Linux", "HP-UX", "SunOS", "AIX", "FreeBSD", "OSF1", "Darwin"};

}  // namespace svcmgr
