#include "drivers/network/lazy_links.h"

#include "drivers/error.h"
#include "drivers/module.h"

namespace svcmgr {

void LazyLinks::load() {
    try {
        Module module(directory_ + "/svcmgr-network.so", "svcmgr");
        links_.reset(reinterpret_cast<MakeLinks>(module.symbol("svcmgr_make_links"))());
    } catch (const Error& error) {
        problem_ = error.what();
    }
}

Links* LazyLinks::loaded() {
    std::call_once(once_, [this] { load(); });
    return links_.get();
}

Links& LazyLinks::needed() {
    if (Links* links = loaded()) return *links;
    throw Error(Error::Code::failed, problem_);
}

AddressTable LazyLinks::addresses() {
    if (Links* links = loaded()) return links->addresses();
    AddressTable none;
    none.problem = problem_;
    return none;
}

ProbeAnswer LazyLinks::probe(const std::string& adapter, const std::string& address, Deadline deadline) {
    if (Links* links = loaded()) return links->probe(adapter, address, deadline);
    return {false, "", problem_};
}

void LazyLinks::add_address(const AdapterAddress& address) {
    needed().add_address(address);
}
void LazyLinks::remove_address(const AdapterAddress& address) {
    needed().remove_address(address);
}
void LazyLinks::announce(const std::string& adapter, const std::string& address) {
    needed().announce(adapter, address);
}

}  // namespace svcmgr
