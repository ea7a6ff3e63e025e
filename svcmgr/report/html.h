#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace svcmgr {

/// Writes elements of HTML that are XML as well. Texts and values of attributes are escaped, whatever bytes they have; names of elements
/// and attributes are the program's own. What is opened is closed by the caller (asserted).
class HtmlWriter {
public:
    using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    HtmlWriter& open(std::string_view element, Attributes attributes = {});
    HtmlWriter& close();
    /// An element with a text.
    HtmlWriter& element(std::string_view name, std::string_view text, Attributes attributes = {});
    HtmlWriter& text(std::string_view text);
    /// One without content.
    HtmlWriter& empty(std::string_view element, Attributes attributes = {});
    /// Markup that somebody else has written, and escaped.
    HtmlWriter& markup(std::string_view markup);

    /// Everything, once all is closed.
    std::string take();

private:
    void begin(std::string_view element, Attributes attributes);

    std::string text_;
    std::vector<std::string> open_;
};

}  // namespace svcmgr
