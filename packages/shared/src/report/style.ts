/** The report's style: light and dark, on paper, on a phone. */
export const reportStyle = `
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1f2328; --muted: #59636e; --line: #d1d9e0; --grid: #e4e8ec; --box: #f6f8fa;
  --blue: #2563eb; --green: #15803d; --passed: #6b7280; --failed: #dc2626; --good: #15803d; --bad: #b42318; --warning: #9a6700; --neutral: #59636e;
  --band: rgba(100, 116, 139, 0.05); --band-other: rgba(100, 116, 139, 0.11); --band-failed: rgba(220, 38, 38, 0.13); }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e6edf3; --muted: #9198a1; --line: #3d444d; --grid: #262c36; --box: #151b23;
  --blue: #60a5fa; --green: #4ade80; --passed: #9ca3af; --failed: #f87171; --good: #4ade80; --bad: #ff7b72; --warning: #e3b341; --neutral: #9198a1;
  --band: rgba(148, 163, 184, 0.05); --band-other: rgba(148, 163, 184, 0.12); --band-failed: rgba(248, 113, 113, 0.18); } }
@media print { :root { color-scheme: light; --paper: #ffffff; --ink: #000000; --muted: #444444; --line: #999999; --grid: #dddddd; --box: #ffffff;
  --blue: #2563eb; --green: #15803d; --passed: #6b7280; --failed: #dc2626; --good: #15803d; --bad: #b42318; --warning: #9a6700; --neutral: #59636e;
  --band: rgba(100, 116, 139, 0.05); --band-other: rgba(100, 116, 139, 0.11); --band-failed: rgba(220, 38, 38, 0.13); } }
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
body { max-width: 62rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; overflow-wrap: anywhere; }
header { border-left: 0.4rem solid var(--neutral); padding: 0.25rem 0 0.25rem 1rem; margin-bottom: 1.25rem; }
header.good { border-color: var(--good); } header.bad { border-color: var(--bad); } header.warning { border-color: var(--warning); }
h1 { font-size: 1.55rem; line-height: 1.25; margin: 0 0 0.4rem; } h2 { font-size: 1.2rem; margin: 2rem 0 0.6rem; border-bottom: 1px solid var(--line); padding-bottom: 0.25rem; }
h3 { font-size: 0.95rem; margin: 1rem 0 0.2rem; } .verdict { font-size: 1.1rem; margin: 0; }
.good .outcome { color: var(--good); } .bad .outcome { color: var(--bad); } .warning .outcome { color: var(--warning); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 0.6rem; margin: 0; }
.figures > div { background: var(--box); border: 1px solid var(--line); border-radius: 6px; padding: 0.5rem 0.75rem; } .figures .wide { grid-column: 1 / -1; }
dt { color: var(--muted); font-size: 0.8rem; } dd { margin: 0; font-weight: 600; }
pre, code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 0.85rem; }
pre { background: var(--box); border: 1px solid var(--line); border-radius: 6px; padding: 0.75rem; overflow-x: auto; white-space: pre; overflow-wrap: normal; }
code { background: var(--box); border-radius: 4px; padding: 0.1em 0.3em; } pre code { background: none; padding: 0; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: 0.88rem; overflow-wrap: normal; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.6rem; border-bottom: 1px solid var(--line); } th { color: var(--muted); font-weight: 600; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } tr.failed td { color: var(--bad); }
details { margin: 0.75rem 0; } summary { cursor: pointer; } a { color: var(--blue); } footer { margin-top: 2.5rem; color: var(--muted); font-size: 0.8rem; }
.plot { width: 100%; } .uplot { max-width: 100%; } .u-legend { font-size: 12px; text-align: left; margin: 0; width: auto; } .u-legend th, .u-legend td { border: 0; } .u-legend .u-marker { border-radius: 2px; }
@media (max-width: 36rem) { html { font-size: 14px; } body { padding: 0.75rem 0.75rem 2rem; } th, td { padding: 0.3rem 0.4rem; } }
@media print { body { max-width: none; padding: 0; } pre { white-space: pre-wrap; overflow-wrap: anywhere; } h2, h3 { break-after: avoid; } .plot, tr, pre { break-inside: avoid; } details > summary { list-style: none; } }
`.trim();
