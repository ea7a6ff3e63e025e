#include "svcmgr/config/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "svcmgr/config/reader.h"

namespace svcmgr {

std::span<const std::uint32_t> Section::said_like(std::size_t first) const {
    const std::string& keyword = entries[by_keyword[first]].keyword;
    std::size_t end = first + 1;
    while (end < by_keyword.size() && entries[by_keyword[end]].keyword == keyword) ++end;
    return std::span(by_keyword).subspan(first, end - first);
}

std::span<const std::uint32_t> Section::said(std::string_view keyword) const {
    constexpr std::size_t few = 16;
    const auto keyword_of = [this](std::uint32_t index) -> std::string_view { return entries[index].keyword; };
    // Of few, nearly all differ in their length: comparing each is quicker than a search.
    const auto first = by_keyword.size() <= few ? std::ranges::find(by_keyword, keyword, keyword_of)
                                                : std::ranges::lower_bound(by_keyword, keyword, {}, keyword_of);
    if (first == by_keyword.end() || keyword_of(*first) != keyword) return {};
    return said_like(static_cast<std::size_t>(first - by_keyword.begin()));
}

Document Document::parse(std::string text, std::string file_name) {
    Document document;
    document.file_ = std::move(file_name);
    document.lines_ = Lines(std::move(text));
    if (document.text().size() > largest_file) {
        Finding finding;
        finding.place = {document.file_, 1, 1};
        finding.message = fmt::format("the file has {} bytes; more than {} are not read", document.text().size(), largest_file);
        document.findings_.push_back(std::move(finding));
        return document;
    }
    Reading reading = read_sections(document.lines_, document.file_);
    document.sections_ = std::move(reading.sections);
    document.findings_ = std::move(reading.findings);

    const std::vector<Section>& sections = document.sections_;
    document.by_name_.resize(sections.size());
    std::iota(document.by_name_.begin(), document.by_name_.end(), 0U);
    std::sort(document.by_name_.begin(), document.by_name_.end(),
              [&](std::uint32_t a, std::uint32_t b) { return sections[a].name < sections[b].name; });
    return document;
}

const Section* Document::find(std::string_view section) const {
    const std::string_view name = same_word(section, "default") ? "DEFAULT" : section;
    const auto found = std::lower_bound(by_name_.begin(), by_name_.end(), name,
                                        [&](std::uint32_t a, std::string_view b) { return sections_[a].name < b; });
    return found != by_name_.end() && sections_[*found].name == name ? &sections_[*found] : nullptr;
}

const Entry* Document::find(std::string_view section, std::string_view keyword) const {
    const Section* in = find(section);
    if (!in) return nullptr;
    const std::string name = lower_case(keyword);
    const auto found = std::find_if(in->entries.rbegin(), in->entries.rend(), [&](const Entry& entry) { return entry.name() == name; });
    return found == in->entries.rend() ? nullptr : &*found;
}

std::string_view Document::line(int number) const {
    return number < 1 ? std::string_view() : lines_.line(static_cast<std::size_t>(number) - 1);
}

Place Document::place_in_value(const Entry& entry, std::size_t offset) const {
    const std::string_view before = std::string_view(entry.value).substr(0, offset);
    const std::size_t line_start = before.rfind('\n');
    if (line_start == std::string_view::npos) {
        Place place = entry.value_place;
        place.column += static_cast<int>(before.size());
        return place;
    }
    int number = entry.value_place.line;
    for (auto breaks = std::count(before.begin(), before.end(), '\n'); breaks > 0; --breaks) {
        ++number;
        while (is_comment(line(number))) ++number;
    }
    const std::size_t indentation = line(number).find_first_not_of(" \t");
    return {file_, number, static_cast<int>(indentation + (before.size() - line_start - 1)) + 1};
}

}  // namespace svcmgr
