#include "svcmgr/report/html.h"

#include <cassert>

#include "svcmgr/report/text.h"

namespace svcmgr {

namespace {

/// Those behind which a line ends: the page can be read as text, and nothing else depends on it.
bool stands_alone(std::string_view element) {
    return element != "a" && element != "b" && element != "span" && element != "time" && element != "code";
}

}  // namespace

void HtmlWriter::begin(std::string_view element, Attributes attributes) {
    (text_ += '<') += element;
    for (const auto& [name, value] : attributes) {
        (text_ += ' ') += name;
        ((text_ += "=\"") += xml_escaped(value)) += '"';
    }
}

HtmlWriter& HtmlWriter::open(std::string_view element, Attributes attributes) {
    begin(element, attributes);
    text_ += '>';
    open_.emplace_back(element);
    return *this;
}

HtmlWriter& HtmlWriter::close() {
    assert(!open_.empty());
    ((text_ += "</") += open_.back()) += '>';
    if (stands_alone(open_.back())) text_ += '\n';
    open_.pop_back();
    return *this;
}

HtmlWriter& HtmlWriter::element(std::string_view name, std::string_view text, Attributes attributes) {
    return open(name, attributes).text(text).close();
}

HtmlWriter& HtmlWriter::text(std::string_view text) {
    text_ += xml_escaped(text);
    return *this;
}

HtmlWriter& HtmlWriter::empty(std::string_view element, Attributes attributes) {
    begin(element, attributes);
    text_ += "/>";
    if (stands_alone(element)) text_ += '\n';
    return *this;
}

HtmlWriter& HtmlWriter::markup(std::string_view markup) {
    text_ += markup;
    return *this;
}

std::string HtmlWriter::take() {
    assert(open_.empty());
    return std::move(text_);
}

}  // namespace svcmgr
