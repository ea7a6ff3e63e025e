#include "svcmgr/report/diagram.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>

#include "svcmgr/report/text.h"

namespace svcmgr {

namespace {

/// Whether one box comes after another by arrows, other than the one between them.
bool implied(const Diagram& diagram, const Diagram::Arrow& arrow) {
    std::vector<std::size_t> reached;
    for (const Diagram::Arrow& other : diagram.arrows)
        if (other.from == arrow.from && other.to != arrow.to) reached.push_back(other.to);
    for (std::size_t i = 0; i < reached.size(); ++i) {
        if (reached[i] == arrow.to) return true;
        for (const Diagram::Arrow& other : diagram.arrows)
            if (other.from == reached[i] && std::ranges::find(reached, other.to) == reached.end()) reached.push_back(other.to);
    }
    return false;
}

void leave_out_implied(Diagram& diagram) {
    std::vector<Diagram::Arrow> kept;
    std::ranges::copy_if(diagram.arrows, std::back_inserter(kept), [&](const Diagram::Arrow& arrow) { return !implied(diagram, arrow); });
    diagram.arrows = std::move(kept);
}

std::string_view reason_of(Precedence::Because because) {
    return because == Precedence::Because::requirement ? "requires" : "";
}

/// Text in a string of the dot language.
std::string in_dot(std::string_view text) {
    std::string result;
    for (const char c : shown(text, {.letters = Style::Letters::utf8})) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result;
}

// Of the picture, in pixels.
constexpr std::size_t letter = 8, box_height = 44, gap = 84, row_gap = 20, margin = 20, title_height = 40;

struct Place {
    std::size_t x = 0, y = 0, width = 0;
    std::size_t middle() const { return y + box_height / 2; }
};

struct Picture {
    std::vector<Place> places;
    std::size_t width = 0, height = 0;
};

Picture lay_out(const Diagram& diagram) {
    const std::vector<std::size_t> column = depths_of(diagram);
    std::map<std::size_t, std::size_t> widest;
    for (std::size_t box = 0; box < diagram.boxes.size(); ++box) {
        const std::size_t letters = std::max(columns(diagram.boxes[box].name), columns(diagram.boxes[box].detail));
        widest[column[box]] = std::max(widest[column[box]], letters * letter + 2 * letter);
    }
    Picture picture{{}, margin, title_height + margin};
    std::map<std::size_t, std::size_t> left, rows;
    for (const auto& [number, width] : widest) {
        left[number] = picture.width;
        picture.width += width + gap;
    }
    for (std::size_t box = 0; box < diagram.boxes.size(); ++box) {
        const std::size_t row = rows[column[box]]++;
        const Place place{left[column[box]], title_height + row * (box_height + row_gap), widest[column[box]]};
        picture.height = std::max(picture.height, place.y + box_height + margin);
        picture.places.push_back(place);
    }
    if (!widest.empty()) picture.width += margin - gap;
    picture.width = std::max(picture.width, columns(diagram.title) * letter + 2 * margin);
    return picture;
}

std::string box_svg(const Diagram::Box& box, const Place& place) {
    std::string text = fmt::format(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\" fill=\"#f4f6f8\" stroke=\"#34495e\"/>\n"
        "<text x=\"{}\" y=\"{}\" font-weight=\"bold\">{}</text>\n",
        place.x, place.y, place.width, box_height, place.x + letter, place.y + (box.detail.empty() ? 27 : 18), xml_escaped(box.name));
    if (!box.detail.empty())
        text +=
            fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"12\">{}</text>\n", place.x + letter, place.y + 36, xml_escaped(box.detail));
    return text;
}

std::string arrow_svg(const Diagram::Arrow& arrow, const Picture& picture) {
    const Place& from = picture.places[arrow.from];
    const Place& to = picture.places[arrow.to];
    std::string text = fmt::format("<path d=\"M{} {} C{} {} {} {} {} {}\" fill=\"none\" stroke=\"#34495e\" marker-end=\"url(#head)\"{}/>\n",
                                   from.x + from.width, from.middle(), from.x + from.width + gap / 2, from.middle(), to.x - gap / 2,
                                   to.middle(), to.x - 2, to.middle(), arrow.reason.empty() ? "" : " stroke-dasharray=\"5 3\"");
    if (!arrow.reason.empty())
        text += fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"11\">{}</text>\n", from.x + from.width + 6, from.middle() - 6,
                            xml_escaped(arrow.reason));
    return text;
}

/// The boxes whose last predecessor is `parent`; those without any when it is none.
std::vector<std::size_t> children_of(const Diagram& diagram, std::optional<std::size_t> parent) {
    std::vector<std::size_t> children;
    for (std::size_t box = 0; box < diagram.boxes.size(); ++box) {
        std::optional<std::size_t> last;
        for (const Diagram::Arrow& arrow : diagram.arrows)
            if (arrow.to == box && arrow.from < box) last = std::max(last.value_or(0), arrow.from);
        if (last == parent) children.push_back(box);
    }
    return children;
}

class TreeText {
public:
    TreeText(const Diagram& diagram, const Style& style) : diagram_(diagram), style_(style) {}

    std::string draw() {
        text_ = shown(diagram_.title, style_) + "\n";
        draw_below({}, "");
        return std::move(text_);
    }

private:
    /// A single one goes on below without being indented: a chain stays a column.
    void draw_below(std::optional<std::size_t> parent, const std::string& before) {
        const std::vector<std::size_t> children = children_of(diagram_, parent);
        for (std::size_t i = 0; i < children.size(); ++i) {
            const bool last = i + 1 == children.size();
            const bool branches = children.size() > 1 || !parent;
            text_ += before + (branches ? (last ? "'- " : "|- ") : "   ") + line_of(children[i]) + "\n";
            draw_below(children[i], before + (branches ? (last ? "   " : "|  ") : ""));
        }
    }

    std::string line_of(std::size_t box) const {
        const Diagram::Box& one = diagram_.boxes[box];
        std::vector<std::string> others;
        for (const Diagram::Arrow& arrow : diagram_.arrows)
            if (arrow.to == box) others.push_back(diagram_.boxes[arrow.from].name);
        std::string line = shown(one.name, style_);
        if (!one.detail.empty()) line += "  " + coloured(shown(one.detail, style_), Ink::calm, style_);
        if (others.size() > 1) line += shown(fmt::format("  (after {})", fmt::join(others, ", ")), style_);
        return line;
    }

    const Diagram& diagram_;
    const Style& style_;
    std::string text_;
};

}  // namespace

Diagram diagram_of(const Service& service, const Order& order, const std::string& title) {
    Diagram diagram;
    diagram.title = fmt::format("{}: {}", service.name(), title);
    std::map<const Resource*, std::size_t> index;
    for (const Resource* resource : order.sequence()) {
        index[resource] = diagram.boxes.size();
        diagram.boxes.push_back({resource->rid().text(), fmt::format("{} {}", resource->type(), resource->label())});
    }
    for (const Resource* resource : order.sequence())
        for (const Precedence& one : order.before(*resource))
            diagram.arrows.push_back({index.at(one.before), index.at(resource), std::string(reason_of(one.because))});
    leave_out_implied(diagram);
    return diagram;
}

Diagram diagram_of(const Plan& plan) {
    Diagram diagram;
    diagram.title = fmt::format("{} {}", plan.service, plan.action);
    std::map<int, std::size_t> index;
    for (const Step& step : plan.steps) {
        if (step.guard()) continue;
        index[step.id] = diagram.boxes.size();
        diagram.boxes.push_back(
            {step.name(), step.expected ? fmt::format("{}, usually {}", step.reason, to_text(*step.expected)) : step.reason});
    }
    for (const Step& step : plan.steps)
        for (const int id : step.after)
            if (index.contains(id) && index.contains(step.id)) diagram.arrows.push_back({index.at(id), index.at(step.id), ""});
    return diagram;
}

std::vector<std::size_t> depths_of(const Diagram& diagram) {
    std::vector<std::size_t> depth(diagram.boxes.size(), 0);
    for (std::size_t box = 0; box < diagram.boxes.size(); ++box)
        for (const Diagram::Arrow& arrow : diagram.arrows)
            if (arrow.to == box && arrow.from < box) depth[box] = std::max(depth[box], depth[arrow.from] + 1);
    return depth;
}

std::string diagram_dot(const Diagram& diagram) {
    std::string text = fmt::format("digraph \"{}\" {{\n  rankdir=LR;\n  node [shape=box];\n", in_dot(diagram.title));
    for (std::size_t box = 0; box < diagram.boxes.size(); ++box) {
        const Diagram::Box& one = diagram.boxes[box];
        text += fmt::format("  {} [label=\"{}{}{}\"];\n", box, in_dot(one.name), one.detail.empty() ? "" : "\\n", in_dot(one.detail));
    }
    for (const Diagram::Arrow& arrow : diagram.arrows) {
        const std::string look = arrow.reason.empty() ? "" : fmt::format(" [label=\"{}\", style=dashed]", in_dot(arrow.reason));
        text += fmt::format("  {} -> {}{};\n", arrow.from, arrow.to, look);
    }
    return text + "}\n";
}

std::string diagram_svg(const Diagram& diagram) {
    const Picture picture = lay_out(diagram);
    std::string order;
    for (const Diagram::Box& box : diagram.boxes) order += (order.empty() ? "" : ", then ") + xml_escaped(box.name);
    std::string text = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\" "
        "aria-labelledby=\"title description\" font-family=\"monospace\" font-size=\"13\">\n"
        "<title id=\"title\">{2}</title>\n<desc id=\"description\">{3}</desc>\n"
        "<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">"
        "<path d=\"M0 0L8 4L0 8z\" fill=\"#34495e\"/></marker></defs>\n"
        "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n<text x=\"{4}\" y=\"26\" font-size=\"15\">{2}</text>\n",
        picture.width, picture.height, xml_escaped(diagram.title), order, margin);
    for (const Diagram::Arrow& arrow : diagram.arrows) text += arrow_svg(arrow, picture);
    for (std::size_t box = 0; box < diagram.boxes.size(); ++box) text += box_svg(diagram.boxes[box], picture.places[box]);
    return text + "</svg>\n";
}

std::string diagram_tree(const Diagram& diagram, const Style& style) {
    return TreeText(diagram, style).draw();
}

}  // namespace svcmgr
