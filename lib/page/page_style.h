// The style sheet of a page's HTML: on a screen, on a phone (tables and figures scroll sideways, the page does not),
// and on paper.
#pragma once

namespace rotor {

inline constexpr const char* kPageStyle = R"(
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; color: #1c1e21; background: #fff; max-width: 68rem;
  margin: 2rem auto; padding: 0 1.25rem; overflow-wrap: break-word; -webkit-text-size-adjust: 100%; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; padding-bottom: .2rem; border-bottom: 1px solid #d0d4d9; }
p { max-width: 48rem; }
.wide { overflow-x: auto; margin: 0 0 1.2rem; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
p.caption { color: #4a5058; font-size: .9rem; margin: 1.2rem 0 .4rem; max-width: 54rem; }
th, td { padding: .3rem .7rem; text-align: left; vertical-align: top; border-bottom: 1px solid #e4e7eb; }
thead th { border-bottom: 2px solid #9aa1a9; vertical-align: bottom; font-weight: 600; }
tbody th { font-weight: 500; white-space: nowrap; }
.wide th:first-child { position: sticky; left: 0; background: #fff; }
td.n, th.n { text-align: right; }
td.n { white-space: nowrap; }
tbody tr:hover > * { background: #f4f6f9; }
figure { margin: 1rem 0; }
figure svg { max-width: 100%; height: auto; }
figcaption { color: #4a5058; font-size: .9rem; max-width: 48rem; }
details { margin: 1rem 0; }
summary { cursor: pointer; }
table.marked { margin: 0 0 1.2rem; table-layout: fixed; width: 100%; }
table.marked th { width: 11rem; font-weight: 500; color: #4a5058; overflow-wrap: anywhere; white-space: pre-line; }
table.marked td { overflow-wrap: break-word; }
mark { background: #ffe3a8; color: inherit; border-radius: 2px; }
pre { font-size: .85rem; background: #f4f6f9; padding: .8rem 1rem; overflow-x: auto; }
@media screen and (max-width: 48rem) {
  body { margin: 1rem auto; padding: 0 .9rem; }
  h1 { font-size: 1.4rem; }
  th, td { padding: .3rem .5rem; }
  .wide tbody th { white-space: normal; min-width: 6rem; }
  figure svg { max-width: none; width: 46rem; }
  table.marked, table.marked tbody, table.marked tr, table.marked th, table.marked td { display: block; width: 100%; }
  table.marked th { border-bottom: 0; padding-bottom: 0; white-space: normal; }
}
@page { size: A4; margin: 16mm 14mm; }
@media print {
  body { font-size: 10pt; max-width: none; margin: 0; padding: 0; }
  p, p.caption, figcaption { max-width: none; }
  p.caption, figcaption { font-size: 9pt; }
  h1 { font-size: 16pt; }
  h2 { font-size: 12.5pt; margin-top: 1.4rem; break-after: avoid; }
  .wide, pre { overflow: visible; }
  table { font-size: 8pt; width: 100%; }
  th, td { padding: .15rem .3rem; }
  .wide th:first-child { position: static; }
  tbody th { white-space: normal; }
  thead { display: table-header-group; }
  tr, figure, table.marked { break-inside: avoid; }
  p.caption { break-after: avoid; }
  pre { background: none; border: 1px solid #d0d4d9; white-space: pre-wrap; font-size: 7.5pt; columns: 2; }
  details::details-content { content-visibility: visible; display: block; }
  summary { list-style: none; }
  mark, thead th { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
)";

}  // namespace rotor
