#include "svcmgr/command/looked.h"

#include <optional>
#include <utility>

#include "drivers/error.h"
#include "drivers/tasks.h"
#include "svcmgr/command/actions.h"

namespace svcmgr {

namespace {

/// What was read of an env file, or why it can't be used.
using Read = tl::expected<LoadedService, std::exception_ptr>;

Read read_one(Context& context, const std::string& name) {
    try {
        LoadedService loaded = load_service(context.world().files, context.paths(), context.node(), name);
        loaded.document = {};  // of thousands, nobody reads it again
        return loaded;
    } catch (const Error&) {
        return tl::unexpected(std::current_exception());
    }
}

/// In the order of `names`.
std::vector<std::optional<Read>> read_together(Context& context, const std::vector<std::string>& names) {
    constexpr std::size_t few = 16;
    constexpr std::size_t parts = 4;
    std::vector<std::optional<Read>> read(names.size());
    context.node();  // once, before several threads ask for it
    const auto read_range = [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) read[i] = read_one(context, names[i]);
    };
    std::vector<std::function<void()>> work;
    const std::size_t shares = names.size() > few ? parts : 1;
    for (std::size_t share = 0; share < shares; ++share)
        work.emplace_back([&, share] { read_range(share * names.size() / shares, (share + 1) * names.size() / shares); });
    run_together(context.world().tasks, work);
    return read;
}

LoadedService accept(Context& context, const std::string& name, Read read) {
    if (context.line().has("heal")) heal_reservations(context, name);
    if (!read) std::rethrow_exception(read.error());
    return context.accept(*std::move(read));
}

}  // namespace

ServiceView Looked::view() const {
    return {*loaded.service, observation, loaded.service->summarize(observation), drill};
}

LoadedAll load_all(Context& context, const std::vector<std::string>& names) {
    LoadedAll all;
    all.names = names;
    all.services.reserve(names.size());
    std::vector<std::optional<Read>> read = read_together(context, names);
    for (std::size_t i = 0; i < names.size(); ++i) {
        try {
            LoadedService loaded = accept(context, names[i], *std::exchange(read[i], std::nullopt));
            if (std::optional<Selection> selection = context.selection(*loaded.service))
                all.services.push_back({std::move(loaded), *std::move(selection), {}});
        } catch (const Error& error) {
            if (error.code() == Error::Code::interrupted) throw;
            all.failures[names[i]] = std::current_exception();
        }
    }
    return all;
}

int for_each_of(Context& context, const LoadedAll& all, const std::function<int(const std::string& name)>& each) {
    return context.for_each(all.names, [&](const std::string& name) {
        if (const auto failed = all.failures.find(name); failed != all.failures.end()) std::rethrow_exception(failed->second);
        return each(name);
    });
}

void look_here(Context& context, std::vector<Looked>& all) {
    std::vector<Sight> sights;
    sights.reserve(all.size());
    for (const Looked& looked : all) sights.push_back({looked.loaded.service.get(), looked.selection});
    std::vector<Observation> observations = look_together(context.world(), context.paths(), context.node(), sights);
    for (std::size_t i = 0; i < all.size(); ++i) all[i].observation = std::move(observations[i]);
}

}  // namespace svcmgr
