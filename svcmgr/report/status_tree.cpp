#include <fmt/format.h>

#include <algorithm>

#include "svcmgr/report/drill.h"
#include "svcmgr/report/instances.h"
#include "svcmgr/report/status.h"
#include "svcmgr/report/status_parts.h"
#include "svcmgr/report/text.h"

namespace svcmgr {

namespace {

// The columns of contract.md 3.5: whatever the depth, names end and flags begin at the same place.
constexpr std::size_t name_end = 20;
constexpr std::size_t flags_width = 4;
constexpr std::size_t status_width = 10;
constexpr std::size_t label_begin = name_end + 1 + flags_width + 1 + status_width + 1;
constexpr std::size_t narrowest_log = 20;

Ink ink_of(LogLine::Level level) {
    switch (level) {
        case LogLine::Level::info: return Ink::calm;
        case LogLine::Level::warn: return Ink::doubtful;
        case LogLine::Level::error: return Ink::bad;
    }
    return Ink::plain;
}

std::string flags_of(const Resource& resource) {
    std::string flags = "....";
    if (resource.monitored()) flags[0] = 'M';
    if (resource.disabled()) flags[1] = 'D';
    if (resource.optional()) flags[2] = 'O';
    if (resource.carrier() != nullptr && !resource.made_from_outside()) flags[3] = 'E';
    return flags;
}

class Tree {
public:
    Tree(const ServiceView& view, const Style& style, WallTime now) : view_(view), style_(style), now_(now) {}

    std::string draw() {
        const std::vector<const Resource*> main = looked_at(view_, Part::main), rest = looked_at(view_, Part::accessory);
        text_ = shown(view_.service.name(), style_) + "\n";
        row("", "overall", "", view_.summary.overall, frozen_word(view_.observation));
        for (const LogLine& remark : remarks_of(view_)) log("|", remark);
        const bool peers = !view_.observation.peers.empty(), drill = view_.drill != nullptr;
        const bool behind_rest = peers || drill, behind_main = behind_rest || !rest.empty();
        row(behind_main ? "|- " : "'- ", "avail", "", view_.summary.avail, "");
        resources(behind_main ? "|  " : "   ", main);
        if (!rest.empty()) {
            text_ += behind_rest ? "|- accessory\n" : "'- accessory\n";
            resources(behind_rest ? "|  " : "   ", rest);
        }
        if (peers) instances(drill ? "|- " : "'- ", drill ? "|  " : "   ");
        if (drill) takeover();
        return std::move(text_);
    }

private:
    void resources(const std::string& stem, const std::vector<const Resource*>& resources) {
        for (const Resource* resource : resources) {
            const bool last = resource == resources.back();
            const ResourceObservation& seen = view_.observation.resources.at(resource->rid());
            row(stem + (last ? "'- " : "|- "), shown(resource->rid().text(), style_), flags_of(*resource), seen.status,
                shown(label_of(*resource, seen), style_));
            for (const LogLine& line : seen.log) log(stem + (last ? "   " : "|  "), line);
        }
    }

    /// Of the peers: this node's own is the rest of the tree.
    void instances(const std::string& branch, const std::string& stem) {
        text_ += branch + "instances\n";
        for (const auto& [node, instance] : view_.observation.peers) {
            const bool last = node == view_.observation.peers.rbegin()->first;
            const bool given = instance.answer == PeerInstance::Answer::given;
            row(stem + (last ? "'- " : "|- "), shown(node, style_), "", given ? instance.avail : Status::undef,
                instance.frozen ? "frozen" : "");
            for (const LogLine& remark : remarks_of(instance)) log(stem + (last ? "   " : "|  "), remark);
        }
    }

    /// Which nodes could start it, as its last drill has it.
    void takeover() {
        text_ += "'- takeover\n";
        const auto& nodes = view_.drill->nodes;
        if (nodes.empty()) log("   ", {LogLine::Level::warn, "nobody knows: svcmgr drill looks"});
        const std::string age = fmt::format("{} ago", to_text(age_of(*view_.drill, now_)));
        for (const auto& [node, drill] : nodes) {
            const bool last = node == nodes.rbegin()->first;
            add_padded(fmt::format("   {}{}", last ? "'- " : "|- ", shown(node, style_)), {}, name_end + 1);
            add_padded({}, {}, flags_width + 1);
            const std::string_view word = cell_of(drill);
            text_ += coloured(word, ink_of(drill.answer()), style_);
            text_.append(status_width - word.size() + 1, ' ') += age + "\n";
            for (const LogLine& remark : remarks_of(drill)) log(last ? "      " : "   |  ", remark);
        }
    }

    void row(const std::string& branch, const std::string& name, const std::string& flags, Status status, const std::string& label) {
        const std::string_view word = to_string(status);
        add_padded(branch, name, name_end + 1);
        add_padded(flags, {}, flags_width + 1);
        text_ += coloured(word, ink_of(status), style_);
        if (!label.empty()) text_.append(status_width - word.size() + 1, ' ') += label;
        text_ += '\n';
    }

    /// What is longer gets one blank, too.
    void add_padded(std::string_view first, std::string_view second, std::size_t width) {
        (text_ += first) += second;
        const std::size_t taken = columns(first) + columns(second);
        text_.append(taken < width ? width - taken : 1, ' ');
    }

    void log(const std::string& stem, const LogLine& line) {
        const std::size_t width = std::max(static_cast<std::size_t>(std::max(style_.width, 0)), label_begin + narrowest_log) - label_begin;
        const std::string level(to_string(line.level));
        std::vector<std::string> lines = wrapped(level + ": " + shown(line.message, style_), width);
        lines.front().replace(0, level.size(), coloured(level, ink_of(line.level), style_));
        for (const std::string& part : lines) {
            add_padded(stem, {}, label_begin);
            (text_ += part) += '\n';
        }
    }

    const ServiceView& view_;
    const Style& style_;
    WallTime now_;
    std::string text_;
};

}  // namespace

std::string status_tree(const ServiceView& view, const Style& style, WallTime observed) {
    return Tree(view, style, observed).draw();
}

}  // namespace svcmgr
