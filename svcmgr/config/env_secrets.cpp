#include "svcmgr/config/env_secrets.h"

#include "drivers/secret_names.h"

namespace svcmgr {

Secrets secrets_of(const Sections& sections) {
    Secrets secrets;
    for (const Sections::Free& free : sections.free())
        for (const auto& [keyword, value] : free.values)
            if (sounds_secret(keyword)) secrets.add(value.text);
    return secrets;
}

}  // namespace svcmgr
