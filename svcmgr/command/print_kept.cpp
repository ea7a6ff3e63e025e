#include "svcmgr/command/print_kept.h"

#include <fmt/ostream.h>

#include <list>
#include <memory>
#include <ostream>
#include <utility>

#include "drivers/tasks.h"
#include "svcmgr/cluster/kept_looks.h"
#include "svcmgr/command/looked.h"

namespace svcmgr {

namespace {

/// What was kept.
struct Kept {
    KeptLooks& looks;
    const KeptDrill* drills;  ///< null when nobody asks for them
};

/// Nothing for a service of which no resource is selected. Env files are read only where what was kept is not enough.
std::optional<Looked> recall(Context& context, Kept& kept, const std::string& name) {
    RecalledService recalled = kept.looks.recall(name);
    LoadedService loaded = recalled.service ? LoadedService{std::move(recalled.service), {}, {}} : context.load(name);
    std::optional<Selection> selection = context.selection(*loaded.service);
    if (!selection) return {};
    Observation observation = kept.looks.observe(*loaded.service, *selection, std::move(recalled));
    return Looked{std::move(loaded), *std::move(selection), std::move(observation),
                  kept.drills == nullptr ? nullptr : &kept.drills->of(name)};
}

/// Trees, drawn by other threads while the next services are recalled, and printed in order. No more than a few services are in memory at a
/// time.
class Trees {
public:
    explicit Trees(Context& context) : context_(context), style_(context.style()), now_(context.world().clock.wall()) {}

    void add(Looked recalled) {
        batch_.push_back(std::move(recalled));
        if (batch_.size() == size) draw_beside();
    }

    void print() {
        drawing_.reset();
        std::ostream& out = context_.terminal().out;
        for (const std::string& text : texts_) out << text;
        for (const Looked& recalled : batch_) out << status_tree(recalled.view(), style_, now_);
        out.flush();
    }

private:
    static constexpr std::size_t size = 128;
    using Batch = std::vector<Looked>;

    void draw_beside() {
        if (!drawing_) drawing_ = context_.world().tasks.group();
        auto batch = std::make_shared<Batch>(std::exchange(batch_, {}));
        drawing_->spawn([this, batch, &text = texts_.emplace_back()] {
            for (const Looked& recalled : *batch) text += status_tree(recalled.view(), style_, now_);
            batch->clear();
        });
    }

    Context& context_;
    Style style_;
    WallTime now_;
    Batch batch_;
    std::list<std::string> texts_;
    std::unique_ptr<TaskGroup> drawing_;  ///< ends before what it refers to
};

int print_trees(Context& context, Kept& kept, const std::vector<std::string>& names) {
    Trees trees(context);
    const int code = context.for_each(names, [&](const std::string& name) {
        if (std::optional<Looked> recalled = recall(context, kept, name)) trees.add(*std::move(recalled));
        return 0;
    });
    trees.print();
    return code;
}

int print_json(Context& context, Kept& kept, const std::vector<std::string>& names) {
    std::list<Looked> all;
    std::vector<ServiceView> views;
    const int code = context.for_each(names, [&](const std::string& name) {
        if (std::optional<Looked> recalled = recall(context, kept, name)) views.push_back(all.emplace_back(*std::move(recalled)).view());
        return 0;
    });
    context.terminal().out << status_json(views, context.node().name(), context.world().clock.wall()) << '\n';
    context.terminal().out.flush();
    return code;
}

}  // namespace

KeptDrill recall_drill_for(Context& context) {
    if (!context.line().has("drill")) return {};
    KeptDrill drills = recall_drill(context.world().files, context.paths());
    if (!drills.problem.empty())
        fmt::print(context.terminal().err, "svcmgr: what the last drill found can't be read: {}\n", drills.problem);
    return drills;
}

int print_kept_status(Context& context) {
    const std::vector<std::string> names = context.chosen_services();
    KeptLooks looks(context.world(), context.paths(), context.node());
    const KeptDrill drills = recall_drill_for(context);
    Kept kept{looks, context.line().has("drill") ? &drills : nullptr};
    const int code = context.json() ? print_json(context, kept, names) : print_trees(context, kept, names);
    context.check_signals();
    return code;
}

}  // namespace svcmgr
