#pragma once

#include <exception>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "svcmgr/command/command.h"
#include "svcmgr/report/status.h"

namespace svcmgr {

/// A service that was looked at; the views of the report refer into it.
struct Looked {
    LoadedService loaded;
    Selection selection;
    Observation observation;
    const ServiceDrill* drill = nullptr;  ///< see ServiceView

    ServiceView view() const;
};

/// The services that a command line means.
struct LoadedAll {
    std::vector<std::string> names;
    std::vector<Looked> services;                        ///< those that could be loaded and of which a resource is selected
    std::map<std::string, std::exception_ptr> failures;  ///< why the others could not
};

/// Reads them in several threads; nobody has looked at them yet. With --heal, reservations are mended before. Throws Error `interrupted`.
LoadedAll load_all(Context& context, const std::vector<std::string>& names);

/// What `each` returns of those that could be loaded; the others' errors are printed. The highest exit code.
int for_each_of(Context& context, const LoadedAll& all, const std::function<int(const std::string& name)>& each);

/// Looks at all of them together, on this node.
void look_here(Context& context, std::vector<Looked>& all);

}  // namespace svcmgr
