// What every [container#n] may say (contract.md 2.6).

#include "drivers/hypervisor/keywords/guest_os.h"
#include "resources/keywords.h"

namespace svcmgr {

namespace {

using Type = Keyword::Type;
using Need = Keyword::Need;

constexpr Keyword table[] = {
    {.name = "type",
     .type = Type::word,
     .text = "The technology that runs the guest.",
     .need = Need::required,
     .example = "kvm",
     .since = "1.5"},
    {.name = "name",
     .type = Type::name,
     .text = "What the hypervisor calls the guest.",
     .default_value = "{svcname}",
     .example = "vm188",
     .since = "1.5"},
    {.name = "hostname",
     .type = Type::name,
     .text = "The name under which the guest is reached over the network. The default is its `name`.",
     .example = "vm188.example.com",
     .since = "1.8"},
    {.name = "guestos",
     .text = "The guest's operating system. Nothing is run over ssh in a `windows` guest. The names of systems are accepted as OpenSVC 1.4 "
             "had them and mean `unix`.",
     .candidates = guest_os_words,
     .example = "windows",
     .since = "1.5"},
    {.name = "start_timeout",
     .type = Type::duration,
     .text = "How long a start may take until the guest runs, answers ping and takes commands.",
     .default_value = "4m",
     .since = "2.1"},
    {.name = "stop_timeout",
     .type = Type::duration,
     .text = "How long the guest has to shut down before its power is taken away.",
     .default_value = "2m",
     .since = "2.1"},
    {.name = "osvc_root_path",
     .type = Type::word,
     .text = "Where OpenSVC's agent is installed in the guest. svcmgr needs no agent there and does nothing with it.",
     .example = "/opt/opensvc",
     .since = "1.5"},
};

}  // namespace

Keywords container_keywords() {
    return table;
}

}  // namespace svcmgr
