#pragma once

#include <string_view>

namespace svcmgr {

/// Of the page: the fonts that the reader's machine has, and two sets of colours whose texts have a contrast of at least 4.5 to 1
/// (WCAG 2.1, 1.4.3). Nothing but the boxes of wide tables and pictures scrolls sideways.
inline constexpr std::string_view page_style = R"(
:root { color-scheme: light dark; --page: #ffffff; --panel: #f4f6f8; --line: #6e7781; --faint: #d0d7de; --text: #1b1f24; --soft: #57606a;
  --good: #116329; --bad: #a40e26; --doubt: #7a4a00; --calm: #0a4e9b; --good-fill: #2f7d4f; --bad-fill: #f3c6c1; --doubt-fill: #f5e6b3 }
@media (prefers-color-scheme: dark) {
:root { --page: #0f1319; --panel: #1a2029; --line: #8b949e; --faint: #323a45; --text: #e6edf3; --soft: #a3adb8;
  --good: #56c271; --bad: #ff8f88; --doubt: #e3b341; --calm: #7fb8ff; --good-fill: #2f7d4f; --bad-fill: #4a1d1b; --doubt-fill: #40330c }
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 76rem; padding: 0 1rem 2rem; background: var(--page); color: var(--text);
  font: 1rem/1.45 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { font-size: 1.5rem; margin: 1rem 0 .25rem }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem }
h3 { font-size: 1.1rem; margin: 0 0 .5rem }
p, ul { margin: .4rem 0 }
a { color: var(--calm) }
:focus-visible { outline: 3px solid var(--calm); outline-offset: 2px }
.skip { position: absolute; left: -99rem }
.skip:focus { position: static }
.soft { color: var(--soft) }
.small { font-size: .85rem }
.definitions { position: absolute }
.wide { overflow-x: auto; max-width: 100% }
table { border-collapse: collapse; text-align: left }
caption { text-align: left; color: var(--soft); padding-bottom: .25rem }
th, td { padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--faint); vertical-align: top }
thead th { color: var(--soft); font-weight: normal; white-space: nowrap }
tbody th { font-weight: 600 }
.matrix th, .matrix td { overflow-wrap: normal; white-space: nowrap; padding-right: 1.2rem }
.parts { width: 100% }
.parts th:first-child { width: 14rem }
.parts td:nth-child(2) { width: 7rem; white-space: nowrap }
.parts th[colspan] { color: var(--soft); font-weight: normal; padding-top: .8rem }
.parts th span { display: block; font-weight: normal }
.status { font-weight: 600; white-space: nowrap }
.status::before { content: ""; display: inline-block; width: .7em; height: .7em; margin-right: .4em; border: 2px solid; border-radius: 50% }
.good { color: var(--good) }
.good::before { background: currentColor }
.bad { color: var(--bad) }
.bad::before { border-radius: 0 }
.idle, .passive .bad { color: var(--soft) }
.doubt { color: var(--doubt) }
.doubt::before { border-radius: 0; transform: rotate(45deg) scale(.85) }
.calm { color: var(--calm) }
.log { list-style: none; padding: 0 }
td .log { margin: 0 }
.log b { margin-right: .3em }
.log b::before { display: none }
article { border: 1px solid var(--faint); border-radius: 6px; padding: 1rem; margin: 1rem 0; content-visibility: auto; contain-intrinsic-size: auto 40rem }
h3 .status { margin-left: .6rem; font-size: 1rem }
figure { margin: 1.2rem 0 0 }
figcaption { color: var(--soft); margin-bottom: .3rem }
svg { display: block; font: 13px system-ui, sans-serif }
svg text { fill: var(--text) }
.graph rect { fill: var(--panel); stroke: var(--line) }
.graph .name { font-weight: 600 }
.graph text { font-family: ui-monospace, monospace }
.graph .small { font-size: 12px; fill: var(--soft) }
.arrow { fill: none; stroke: var(--line); stroke-width: 1.5; marker-end: url(#head) }
.because { stroke-dasharray: 5 3 }
#head path { fill: var(--line) }
.timeline .scale { font-size: 11px; fill: var(--soft) }
.timeline .grid { stroke: var(--faint) }
.bar { stroke-width: 1.5 }
.bar.done { fill: var(--good-fill); stroke: var(--good) }
.bar.failed { fill: url(#stripes); stroke: var(--bad) }
.bar.unfinished { fill: none; stroke: var(--line); stroke-dasharray: 4 3 }
.bar.undone { fill: url(#dots); stroke: var(--doubt) }
.bar.undo_failed { fill: url(#stripes); stroke: var(--bad); stroke-width: 3 }
.mark { stroke: var(--doubt); stroke-width: 2 }
#stripes .ground { fill: var(--bad-fill) }
#stripes .ink { fill: var(--bad) }
#dots .ground { fill: var(--doubt-fill) }
#dots .ink { fill: var(--doubt) }
@media (max-width: 40rem) {
article { padding: .7rem }
.parts { font-size: .9rem }
.parts th:first-child { width: 7.3rem }
.parts td:nth-child(2) { width: 5rem }
.parts td:nth-child(2) .status { white-space: normal }
th, td { padding-right: .5rem }
}
@media print {
article { content-visibility: visible; break-inside: avoid }
.skip { display: none }
}
)";

/// What its pictures refer to.
inline constexpr std::string_view page_definitions =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"definitions\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>\n"
    "<marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 "
    "4L0 8z\"/></marker>\n"
    "<pattern id=\"stripes\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
    "<rect class=\"ground\" width=\"6\" height=\"6\"/><rect class=\"ink\" width=\"2\" height=\"6\"/></pattern>\n"
    "<pattern id=\"dots\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
    "<rect class=\"ground\" width=\"6\" height=\"6\"/><circle class=\"ink\" cx=\"3\" cy=\"3\" r=\"1.3\"/></pattern>\n"
    "</defs></svg>\n";

}  // namespace svcmgr
