// How a report looks on a screen, light and dark, and on paper.
export const STYLES = `
:root { color-scheme: light dark; --ground: #fff; --card: #fff; --ink: #16191d; --soft: #50565f; --rule: #c9ced6; --accent: #0b5cad;
  --bar: #24456b; --pale: #9fb0c6; --negative: #8f3205; --neutral: #b9bec7; --positive: #1f6f66; --unknown: #e3e6ea; --on: #fff; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171b; --card: #1b1f25; --ink: #eceff3; --soft: #b3bac4; --rule: #3a414b; --accent: #8cc0ff;
  --bar: #8db4e2; --pale: #4f6480; --negative: #f0a172; --neutral: #7b838f; --positive: #7fd0c4; --unknown: #333a44; --on: #14171b; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1.25rem 3rem; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem; } h2 { font-size: 1.25rem; margin: 2.25rem 0 .75rem; border-bottom: 2px solid var(--ink); padding-bottom: .25rem; }
h3 { font-size: 1.0625rem; margin: 0; line-height: 1.3; } p { margin: 0 0 .5rem; } a { color: var(--accent); }
.soft { color: var(--soft); } .lead { font-size: 1.125rem; margin-top: 1rem; max-width: 48rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; margin: 1rem 0 0; padding: 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .75rem; margin: 1.25rem 0; }
.figures div { border: 1px solid var(--rule); border-radius: 6px; padding: .625rem .75rem; background: var(--card); display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.figures dt { color: var(--soft); font-size: .875rem; } .figures dd { margin: 0; font-size: 1.375rem; font-weight: 650; font-variant-numeric: tabular-nums; }
article { border: 1px solid var(--rule); border-radius: 6px; background: var(--card); padding: 1rem; margin: 0 0 1rem; }
.body { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 21rem); gap: 1rem 1.5rem; margin-top: .5rem; }
.facts { margin: .5rem 0; display: grid; grid-template-columns: max-content 1fr; gap: .125rem .75rem; } .facts dt { color: var(--soft); } .facts dd { margin: 0; }
.pictures { display: flex; flex-wrap: wrap; gap: .75rem; margin: .75rem 0 0; padding: 0; list-style: none; }
.pictures li { width: 9.5rem; } figure { margin: 0; } figure img { display: block; width: 100%; height: 7.5rem; object-fit: cover; border-radius: 4px; background: var(--unknown); }
figcaption { font-size: .8125rem; line-height: 1.35; margin-top: .25rem; } .gone { display: grid; place-items: center; text-align: center; height: 7.5rem; border: 1px dashed var(--rule); border-radius: 4px; color: var(--soft); font-size: .8125rem; }
.posts { margin: .75rem 0 0; padding: 0; list-style: none; } .posts li { border-top: 1px solid var(--rule); padding: .375rem 0; font-size: .875rem; }
.tag { display: inline-block; border: 1px solid var(--rule); border-radius: 3px; padding: 0 .375rem; margin: 0 .25rem .25rem 0; font-size: .8125rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .875rem; }
caption { text-align: left; color: var(--soft); padding-bottom: .25rem; } th, td { text-align: right; padding: .25rem .5rem; border-bottom: 1px solid var(--rule); vertical-align: top; } th:first-child, td:first-child { text-align: left; padding-left: 0; }
code { font: .8125rem/1.4 ui-monospace, monospace; } svg { display: block; max-width: 100%; height: auto; } svg text { fill: var(--soft); font-family: inherit; } svg text.light { fill: var(--on); }
.rule { stroke: var(--soft); stroke-width: .75; } .tone-ink { fill: var(--bar); } .tone-pale { fill: var(--pale); } .tone-negative { fill: var(--negative); } .tone-neutral { fill: var(--neutral); } .tone-positive { fill: var(--positive); } .tone-unknown { fill: var(--unknown); }
svg text:not(.light) { fill: var(--ink); } .key { display: flex; flex-wrap: wrap; gap: .125rem .75rem; font-size: .8125rem; margin: .25rem 0 0; padding: 0; list-style: none; } .key svg { display: inline-block; margin-right: .25rem; }
footer { margin-top: 2.5rem; border-top: 1px solid var(--rule); padding-top: .75rem; font-size: .875rem; color: var(--soft); }
@media (max-width: 40rem) { .body { grid-template-columns: minmax(0, 1fr); } .facts { grid-template-columns: 1fr; } .facts dd { margin-bottom: .375rem; } }
@media print { @page { size: A4; margin: 16mm; } :root { --ground: #fff; --card: #fff; --ink: #000; --soft: #3b3f45; --rule: #9aa0a8; --accent: #000;
  --bar: #333; --pale: #a9a9a9; --negative: #3d3d3d; --neutral: #bdbdbd; --positive: #6a6a6a; --unknown: #ececec; --on: #fff; }
  body { max-width: none; padding: 0; font-size: 10pt; } nav { display: none; } article, tr, li, figure { break-inside: avoid; } h2, h3 { break-after: avoid; } * { print-color-adjust: exact; } }
`;
