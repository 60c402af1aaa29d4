// The text that a command prints, as an SVG.
//
//   landfall show routes | node tools/pictures/terminal.mjs "landfall show routes" FILE
import { readFileSync, writeFileSync } from "node:fs";

const [command, file] = process.argv.slice(2);
const CHARACTER = 8.43;
const LINE = 20;
const MARGIN = 18;
const escape = (text) => text.replace(/[&<>]/g, (each) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[each]);

const lines = ["$ " + command, ...readFileSync(0, "utf8").trimEnd().split("\n")];
const width = Math.ceil(Math.max(...lines.map((line) => line.length)) * CHARACTER + 2 * MARGIN);
const height = lines.length * LINE + 2 * MARGIN - 6;
const rows = lines.map((line, index) => `<text x="${MARGIN}" y="${MARGIN + 12 + index * LINE}"${index === 0 ? ' class="c"' : ""}>${escape(line)}</text>`);
writeFileSync(
  file,
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(command)}">
<style>
rect { fill: #fff; stroke: #d5dce2; }
text { font: 14px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #15202a; white-space: pre; }
.c { fill: #00588f; font-weight: 600; }
@media (prefers-color-scheme: dark) { rect { fill: #151c23; stroke: #2a3641; } text { fill: #e3e9ef; } .c { fill: #74baf0; } }
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="4"/>
${rows.join("\n")}
</svg>
`,
);
