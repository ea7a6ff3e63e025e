#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "svcmgr/report/diagram.h"
#include "svcmgr/report/text.h"

namespace svcmgr {

namespace {

// In pixels.
constexpr std::size_t letter = 8, padding = 10, box_height = 44, between_rows = 34, between_boxes = 18, margin = 4;

/// As they are drawn: what could steer a terminal is written out.
std::size_t letters_of(const std::string& text) {
    return columns(shown(text, {.letters = Style::Letters::utf8}));
}

struct Place {
    std::size_t x = 0, y = 0, width = 0;
    std::size_t middle() const { return x + width / 2; }
};

/// Boxes in rows: each below all that go before it, each row in the middle.
class Figure {
public:
    explicit Figure(const Diagram& diagram) : diagram_(diagram), depth_(depths_of(diagram)), places_(diagram.boxes.size()) {
        const std::size_t rows = depth_.empty() ? 0 : *std::ranges::max_element(depth_) + 1;
        for (std::size_t row = 0; row < rows; ++row) width_ = std::max(width_, place_row(row));
        for (std::size_t row = 0; row < rows; ++row) centre_row(row);
        width_ += 2 * margin;
        height_ = 2 * margin + rows * (box_height + between_rows) - (rows > 0 ? between_rows : 0);
    }

    std::string draw() const {
        std::string text = fmt::format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"graph\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\" "
            "aria-label=\"{2}\">\n",
            width_, height_, xml_escaped(in_words()));
        for (const Diagram::Arrow& arrow : diagram_.arrows) text += arrow_svg(arrow);
        for (std::size_t box = 0; box < diagram_.boxes.size(); ++box) text += box_svg(diagram_.boxes[box], places_[box]);
        return text + "</svg>\n";
    }

private:
    /// Returns its width.
    std::size_t place_row(std::size_t row) {
        std::size_t x = 0;
        for (std::size_t box = 0; box < places_.size(); ++box) {
            if (depth_[box] != row) continue;
            const std::size_t letters = std::max(letters_of(diagram_.boxes[box].name), letters_of(diagram_.boxes[box].detail));
            places_[box] = {x + (x > 0 ? between_boxes : 0), margin + row * (box_height + between_rows), letters * letter + 2 * padding};
            x = places_[box].x + places_[box].width;
        }
        row_widths_.push_back(x);
        return x;
    }

    void centre_row(std::size_t row) {
        for (std::size_t box = 0; box < places_.size(); ++box)
            if (depth_[box] == row) places_[box].x += margin + (width_ - row_widths_[row]) / 2;
    }

    std::string arrow_svg(const Diagram::Arrow& arrow) const {
        const Place &from = places_[arrow.from], &to = places_[arrow.to];
        // In a circle one goes up.
        const auto begin = static_cast<int>(from.y + box_height), end = static_cast<int>(to.y) - 2,
                   half = static_cast<int>(between_rows / 2);
        std::string text = fmt::format("<path class=\"arrow{}\" d=\"M{} {}C{} {} {} {} {} {}\"/>\n", arrow.reason.empty() ? "" : " because",
                                       from.middle(), begin, from.middle(), begin + half, to.middle(), end - half, to.middle(), end);
        if (!arrow.reason.empty())
            text += fmt::format("<text class=\"small\" x=\"{}\" y=\"{}\">{}</text>\n", from.middle() + 8, begin + half,
                                xml_escaped(arrow.reason));
        return text;
    }

    static std::string box_svg(const Diagram::Box& box, const Place& place) {
        std::string text = fmt::format(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\"/>\n<text class=\"name\" x=\"{}\" y=\"{}\">{}</text>\n", place.x,
            place.y, place.width, box_height, place.x + padding, place.y + (box.detail.empty() ? 27 : 18), xml_escaped(box.name));
        if (!box.detail.empty())
            text += fmt::format("<text class=\"small\" x=\"{}\" y=\"{}\">{}</text>\n", place.x + padding, place.y + 35,
                                xml_escaped(box.detail));
        return text;
    }

    /// What a screen reader reads in the picture's place: "ip#1, then container#1 after ip#1".
    std::string in_words() const {
        std::string text;
        for (std::size_t box = 0; box < diagram_.boxes.size(); ++box) {
            std::vector<std::string> before;
            for (const Diagram::Arrow& arrow : diagram_.arrows)
                if (arrow.to == box) before.push_back(diagram_.boxes[arrow.from].name);
            text += (box == 0 ? "" : ", then ") + diagram_.boxes[box].name;
            if (!before.empty()) text += fmt::format(" after {}", fmt::join(before, " and "));
        }
        return text;
    }

    const Diagram& diagram_;
    std::vector<std::size_t> depth_;
    std::vector<Place> places_;
    std::vector<std::size_t> row_widths_;
    std::size_t width_ = 0;
    std::size_t height_ = 0;
};

}  // namespace

std::string diagram_figure(const Diagram& diagram) {
    return Figure(diagram).draw();
}

}  // namespace svcmgr
