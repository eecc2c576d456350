#pragma once

namespace mini_bert {

// The style sheet of report.html. The SVG fixes the sizes of charts; a narrow page shows the narrow variant. Colours
// have a contrast of 4.5 to their background, in light and dark mode.
inline constexpr const char* report_style = R"css(
:root {
  color-scheme: light dark;
  --page: #f7f7f5; --card: #ffffff; --text: #1c2027; --quiet: #5b6370; --rule: #dfe1e5; --grid: #eceded;
  --training: #2368a8; --validation: #b4500f; --other: #2368a8; --best: #1c2027;
  --bar: #8fb4d6; --track: #eef0f3; --before: #c3c8d0;
  --changed: #2368a8; --changed-ground: #e6eef6; --changed-bar: #6f9fca;
  --learned: #0b6e5f; --learned-ground: #e3f3ef; --learned-bar: #4fae9d;
  --forgotten: #b3261e; --forgotten-ground: #fbe9e7; --forgotten-bar: #d9827b;
  --waiting: #8a5300; --waiting-ground: #fbf0dc; --waiting-bar: #d3a04e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --card: #1c2026; --text: #e6e8ea; --quiet: #a3abb6; --rule: #343a43; --grid: #2a2f37;
    --training: #79b4ec; --validation: #f0a25e; --other: #79b4ec; --best: #e6e8ea;
    --bar: #47709a; --track: #2a2f37; --before: #525b67;
    --changed: #79b4ec; --changed-ground: #1b2d3f; --changed-bar: #47709a;
    --learned: #6fd3c0; --learned-ground: #17332e; --learned-bar: #2f8474;
    --forgotten: #f2a29b; --forgotten-ground: #40201e; --forgotten-bar: #a3534c;
    --waiting: #e6b565; --waiting-ground: #3a2d14; --waiting-bar: #8c6a2c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.55 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "PingFang SC", "Hiragino Sans GB",
    "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Micro Hei", sans-serif;
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
}
main { max-width: 54rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
h1, h2, h3, h4, p, dl, ol, figure { margin: 0; }
h1 { font-size: 1.5rem; line-height: 1.3; font-weight: 650; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; font-weight: 650; }
h3 { font-size: 1.1rem; font-weight: 500; overflow-wrap: anywhere; }
h4 { font-size: .8125rem; font-weight: 500; color: var(--quiet); }
section { margin-top: 2.75rem; }
section > p { margin-top: .2rem; max-width: 44rem; color: var(--quiet); font-size: .9375rem; }
.kicker { display: flex; flex-wrap: wrap; gap: .25rem .75rem; margin-bottom: .4rem; color: var(--quiet);
  font-size: .875rem; }
#language { margin-left: auto; padding: .1rem .7rem; border: 1px solid var(--rule); border-radius: 1em;
  background: var(--card); color: var(--text); font: inherit; cursor: pointer; }
#language[hidden] { display: none; }
#language:focus-visible { outline: 2px solid var(--training); outline-offset: 2px; }
.verdict { margin-top: .9rem; max-width: 46rem; font-size: 1.125rem; line-height: 1.6; }
.warnings { margin-top: 1.5rem; padding: .9rem 1.25rem; background: var(--waiting-ground);
  border-left: 4px solid var(--waiting); border-radius: 10px; }
.warnings h2 { color: var(--waiting); font-size: 1rem; }
.warnings ul { margin: .3rem 0 0; padding-left: 1.2rem; }
.warnings li { overflow-wrap: anywhere; }
.note { color: var(--quiet); font-size: .875rem; }
.badge { display: inline-block; padding: 0 .55em; border-radius: 1em; background: var(--changed-ground);
  color: var(--changed); font-size: .8125rem; font-weight: 600; }
.card, .probe { margin-top: .9rem; padding: 1.1rem 1.25rem; background: var(--card); border: 1px solid var(--rule);
  border-radius: 10px; break-inside: avoid; }

/* Green: the right answer is known. Red: it was known. Amber: it is not known yet. Blue: nobody said what is right. */
.probe.changed, .probe.learned, .probe.kept, .probe.forgotten, .probe.not-yet { border-left: 4px solid var(--changed); }
.probe.learned, .probe.kept { --changed: var(--learned); --changed-ground: var(--learned-ground);
  --changed-bar: var(--learned-bar); }
.probe.forgotten { --changed: var(--forgotten); --changed-ground: var(--forgotten-ground);
  --changed-bar: var(--forgotten-bar); }
.probe.not-yet { --changed: var(--waiting); --changed-ground: var(--waiting-ground); --changed-bar: var(--waiting-bar); }
.answers li.right .token { color: var(--learned); font-weight: 650; }
.answers li.right .bar span { background: var(--learned-bar); }
.learned .columns .same, .kept .columns .same, .forgotten .columns .same, .not-yet .columns .same {
  fill: var(--learned-bar); }
.blank { margin: 0 .2em; padding: .05em .4em; border-radius: 4px; background: var(--track); color: var(--quiet);
  font-size: .8em; letter-spacing: .03em; }
.change { margin-top: .2rem; overflow-wrap: anywhere; }
.change b { color: var(--changed); }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem 2.5rem; margin-top: .7rem; }
.answers, .course { min-width: 0; }
.answers ol, .course ol { padding: 0; list-style: none; }
.answers ol { margin-top: .25rem; }
.answers li { display: grid; grid-template-columns: var(--token) 1fr 4rem; gap: .75rem; align-items: center; }
.token { overflow-wrap: anywhere; line-height: 1.35; }
.answers li:first-child .token { font-weight: 650; }
.bar { height: .6rem; border-radius: 3px; background: var(--track); overflow: hidden; }
.bar span { display: block; height: 100%; background: var(--bar); }
.number { text-align: right; white-space: nowrap; font-size: .9375rem; }
.changed .answers + .answers li:first-child .token { color: var(--changed); }
.changed .answers + .answers li:first-child .bar span { background: var(--changed-bar); }
.course { margin-top: .9rem; padding-top: .7rem; border-top: 1px solid var(--grid); }
.course ol { display: flex; flex-wrap: wrap; gap: 0 .5rem; font-size: .9375rem; }
.course li { overflow-wrap: anywhere; }
.course li + li::before { content: "→ "; color: var(--quiet); }
.columns { display: block; max-width: 100%; height: auto; margin: .4rem 0; background: var(--track); }
.columns .same { fill: var(--bar); }
.columns .other { fill: var(--before); }
.changed .columns .same { fill: var(--changed-bar); }

.chart { display: block; max-width: 100%; height: auto; }
.chart text { font-size: 12px; fill: var(--quiet); }
.chart .mark { fill: var(--best); font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 4px;
  stroke-linejoin: round; }
.grid { stroke: var(--grid); }
.axis { stroke: var(--quiet); }
.line { fill: none; stroke-width: 1.75; stroke-linejoin: round; stroke-linecap: round; }
.line.training { stroke: var(--training); }
.line.validation { stroke: var(--validation); stroke-width: 2.25; }
.line.other { stroke: var(--other); }
.line.faint { stroke-width: 1; opacity: .35; }
.dot { stroke: var(--card); stroke-width: 1; }
.dot.training { fill: var(--training); }
.dot.validation { fill: var(--validation); }
.dot.other { fill: var(--other); }
.ring { fill: none; stroke: var(--best); stroke-width: 1.75; }
.narrow { display: none; }
.small { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1rem; }
figure h3 { margin-bottom: .6rem; font-size: .9375rem; font-weight: 600; }
figcaption { margin-top: .6rem; color: var(--quiet); font-size: .875rem; }

.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; }
caption { text-align: left; }
th { font-weight: 500; text-align: left; vertical-align: bottom; color: var(--quiet); line-height: 1.3; }
td, th { padding: .3rem .75rem; border-bottom: 1px solid var(--grid); }
td:first-child, th:first-child { padding-left: 0; }
td:last-child, th:last-child { padding-right: 0; }
tr:last-child > * { border-bottom: 0; }
thead th { border-bottom: 1px solid var(--rule); }
.numbers td, .numbers th { text-align: right; white-space: nowrap; }
.numbers thead th { white-space: normal; }
.numbers.texts th:first-child { width: 45%; text-align: left; white-space: normal; overflow-wrap: anywhere; }
.lost { border-left: 4px solid var(--forgotten); }
.gained { border-left: 4px solid var(--learned); }
tbody th { vertical-align: baseline; line-height: inherit; }
.numbers th:first-child { width: 5rem; }
.best > * { background: var(--changed-ground); }
.names th { width: 15rem; overflow-wrap: anywhere; }
.names td { overflow-wrap: anywhere; }
.code th, .code td { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono",
    "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", monospace; font-size: .8125rem; }
summary { cursor: pointer; color: var(--quiet); }
summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--training); outline-offset: 3px; }
details[open] summary { margin-bottom: .6rem; }

@media (max-width: 40rem) {
  main { padding: 1.5rem 1rem 3rem; }
  h1 { font-size: 1.25rem; }
  .verdict { font-size: 1rem; }
  .card, .probe { padding: .9rem; }
  .wide { display: none; }
  .narrow { display: block; }
  .small, .pair { grid-template-columns: minmax(0, 1fr); }
  .small { gap: .9rem; }
  table { font-size: .8125rem; }
  td, th { padding: .3rem .35rem; }
  .numbers:not(.texts) th:first-child { width: auto; }
  .names th { width: 42%; }
}
@media print {
  #language { display: none; }
  :root { --page: #fff; }
  body { font-size: 11pt; }
  main { max-width: none; padding: 0; }
  .bar span, .bar, .badge, .blank, .best > * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
)css";

}  // namespace mini_bert
