#include <fmt/format.h>

#include <algorithm>

#include "svcmgr/report/text.h"
#include "svcmgr/report/timeline.h"

namespace svcmgr {

namespace {

// In the units of the picture's own coordinates, which a browser takes for pixels.
constexpr int row_height = 28;
constexpr int bar_height = 16;
constexpr int ticks = 4;

struct Measures {
    int margin = 0;
    int head_height = 0;
    int name_width = 0;
    int axis_width = 0;
    int text_width = 0;

    int width() const { return margin + name_width + axis_width + text_width + margin; }
    int axis_begin() const { return margin + name_width; }
};
constexpr Measures of_file{.margin = 16, .head_height = 64, .name_width = 220, .axis_width = 560, .text_width = 260};
/// Without a title, which the page has.
constexpr Measures of_figure{.margin = 4, .head_height = 30, .name_width = 215, .axis_width = 380, .text_width = 200};

std::string_view class_of(Timeline::Look look) {
    switch (look) {
        case Timeline::Look::done: return "done";
        case Timeline::Look::failed: return "failed";
        case Timeline::Look::unfinished: return "unfinished";
        case Timeline::Look::undone: return "undone";
        case Timeline::Look::undo_failed: return "undo_failed";
    }
    return "";
}

class Picture {
public:
    Picture(const Timeline& timeline, const Measures& measures)
        : timeline_(timeline),
          measures_(measures),
          height_(measures_.head_height + row_height * static_cast<int>(timeline_.bars.size()) + measures_.margin) {}

    std::string file() {
        file_head();
        return body() + "</svg>\n";
    }

    std::string figure() {
        text_ = fmt::format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"timeline\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
            "role=\"img\" "
            "aria-label=\"{2}\">\n",
            measures_.width(), height_, xml_escaped(in_words()));
        return body() + "</svg>\n";
    }

private:
    std::string body() {
        axis();
        for (std::size_t i = 0; i < timeline_.bars.size(); ++i)
            row(timeline_.bars[i], measures_.head_height + row_height * static_cast<int>(i));
        return std::move(text_);
    }

    double place(Duration time) const {
        const double part = std::min(1.0, seconds(time) / seconds(timeline_.length));
        return measures_.axis_begin() + part * measures_.axis_width;
    }

    void file_head() {
        text_ = fmt::format(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" role=\"img\" "
            "aria-labelledby=\"title desc\">\n"
            "<title id=\"title\">{2}</title>\n"
            "<desc id=\"desc\">{3}</desc>\n",
            measures_.width(), height_, xml_escaped(timeline_.title), xml_escaped(in_words()));
        text_ +=
            "<style>\n"
            "text { font: 13px sans-serif; fill: #1a1a1a }\n"
            ".title { font-size: 15px; font-weight: bold }\n"
            ".scale { font-size: 11px; fill: #555555 }\n"
            ".grid { stroke: #cccccc }\n"
            ".bar { stroke-width: 1.5 }\n"
            ".done { fill: #2f7d4f; stroke: #1d5233 }\n"
            ".failed { fill: url(#stripes); stroke: #a3281e }\n"
            ".unfinished { fill: #ffffff; stroke: #555555; stroke-dasharray: 4 3 }\n"
            ".undone { fill: url(#dots); stroke: #8a6a00 }\n"
            ".undo_failed { fill: url(#stripes); stroke: #a3281e; stroke-width: 3 }\n"
            ".mark { stroke: #8a6a00; stroke-width: 2 }\n"
            "</style>\n"
            "<defs>\n"
            "<pattern id=\"stripes\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
            "<rect width=\"6\" height=\"6\" fill=\"#f3c6c1\"/><rect width=\"2\" height=\"6\" fill=\"#a3281e\"/></pattern>\n"
            "<pattern id=\"dots\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
            "<rect width=\"6\" height=\"6\" fill=\"#f5e6b3\"/><circle cx=\"3\" cy=\"3\" r=\"1.3\" fill=\"#8a6a00\"/></pattern>\n"
            "</defs>\n";
        text_ += fmt::format("<rect width=\"{}\" height=\"{}\" fill=\"#ffffff\"/>\n", measures_.width(), height_);
        text_ += fmt::format("<text class=\"title\" x=\"{}\" y=\"26\">{}</text>\n", measures_.margin, xml_escaped(timeline_.title));
    }

    /// What a screen reader reads in the picture's place.
    std::string in_words() const {
        std::string text = fmt::format("{} steps on an axis of {}.", timeline_.bars.size(), to_text(timeline_.length));
        for (const Timeline::Bar& bar : timeline_.bars)
            text += fmt::format(" {}: begun at {}, {}.", bar.name, to_text(bar.begin), bar.text);
        for (const std::string& name : timeline_.without_bar) text += fmt::format(" {}: not begun.", name);
        return text;
    }

    void axis() {
        for (int tick = 0; tick <= ticks; ++tick) {
            const Duration time = timeline_.length * tick / ticks;
            text_ += fmt::format("<line class=\"grid\" x1=\"{0:.1f}\" y1=\"{1}\" x2=\"{0:.1f}\" y2=\"{2}\"/>\n", place(time),
                                 measures_.head_height - 8, height_ - measures_.margin);
            text_ += fmt::format("<text class=\"scale\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", place(time),
                                 measures_.head_height - 14, tick == 0 ? "0 s" : to_text(time));
        }
    }

    void row(const Timeline::Bar& bar, int top) {
        constexpr double narrowest = 2;
        const double begin = place(bar.begin), end = std::max(place(bar.end), begin + narrowest);
        const int middle = top + row_height / 2, baseline = middle + 5;
        text_ += fmt::format("<g><title>{}: begun at {}, {}</title>\n", xml_escaped(bar.name), to_text(bar.begin), xml_escaped(bar.text));
        text_ += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n", measures_.margin, baseline,
                             xml_escaped(shortened(bar.name, 30, {.letters = Style::Letters::utf8})));
        text_ += fmt::format("<rect class=\"bar {}\" x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\"/>\n", class_of(bar.look), begin,
                             middle - bar_height / 2, end - begin, bar_height);
        if (bar.undone)
            text_ += fmt::format("<line class=\"mark\" x1=\"{0:.1f}\" y1=\"{1}\" x2=\"{0:.1f}\" y2=\"{2}\"/>\n", place(*bar.undone),
                                 middle - bar_height / 2 - 2, middle + bar_height / 2 + 2);
        text_ += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n</g>\n", measures_.axis_begin() + measures_.axis_width + 12, baseline,
                             xml_escaped(bar.text));
    }

    const Timeline& timeline_;
    const Measures& measures_;
    int height_;
    std::string text_;
};

}  // namespace

std::string timeline_svg(const Timeline& timeline) {
    return Picture(timeline, of_file).file();
}

std::string timeline_figure(const Timeline& timeline) {
    return Picture(timeline, of_figure).figure();
}

}  // namespace svcmgr
