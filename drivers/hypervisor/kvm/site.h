#pragma once

#include <string>
#include <string_view>

namespace svcmgr::kvm {

/// How a guest of libvirt knows that it boots at the disaster recovery site: an OEM string of its SMBIOS (type 11), which any system shows
/// (`dmidecode -t 11`, WMI), and systemd takes as the credential `svcmgr.drp`.
inline constexpr std::string_view drp_string = "io.systemd.credential:svcmgr.drp=1";

enum class Site { production, disaster_recovery };

/// A domain's definition with the string at the disaster recovery site, and without it elsewhere; the text itself when nothing is to be
/// changed. One whose SMBIOS is its host's (`<smbios mode='host'/>`) can't carry it, and stays as it is; so does what is no definition.
std::string told_site(std::string_view xml, Site site);

}  // namespace svcmgr::kvm
