// Who else is hit, on a map: shapes of Natural Earth, five shades a side, losses hatched so that grey print tells them apart.

import { element, signed, svg } from "./figures.js";
import { _, at, percent } from "./words.js";

const LEAST = 0.01; // percent of income: below a hundredth of it nothing is told apart
let world = null;

/** Draw the gains of all economies, percent of their income. */
export async function show(countries) {
  world ||= await (await fetch("/static/world.json")).json();
  const byCode = new Map(countries.flatMap((one) => one.members.map((code) => [code, one])));
  const largest = Math.max(...countries.map((one) => Math.abs(one.percent)), LEAST);
  const steps = [0.01, 0.1, 0.3].map((part) => part * largest);
  const shade = (percent) => steps.filter((one) => Math.abs(percent) >= one).length;
  const classOf = (one) => !one ? "unknown" : shade(one.percent) === 0 ? "nil" : `${one.percent > 0 ? "gains" : "loses"}-${shade(one.percent)}`;
  const worst = [...countries].sort((a, b) => a.percent - b.percent).slice(0, 3).map((one) => `${one.name} ${percent(signed(one.percent, 3))}`);
  const label = _("Map: gain over no deal in percent of income. Largest losses: {names}. The table below has all.", { names: worst.join(", ") });
  const picture = svg("svg", { viewBox: `0 0 ${world.width} ${world.height}`, role: "img", "aria-label": label, class: "map" });
  const lines = svg("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  lines.append(svg("line", { x1: 0, x2: 0, y1: 0, y2: 6, class: "hatch" }));
  const kept = svg("defs", {});
  kept.append(lines);
  picture.append(kept);
  for (const [code, path] of Object.entries(world.shapes)) {
    const one = byCode.get(code), kind = classOf(one);
    const shape = svg("path", { d: path, class: `land ${kind}`, "data-code": code });
    shape.append(svg("title", {}, one ? `${one.name}: ${percent(signed(one.percent, 3))}` : code + ": " + _("not in the table")));
    picture.append(shape);
    if (kind.startsWith("loses")) picture.append(svg("path", { d: path, class: "hatched" }));
  }
  at("map").replaceChildren(picture, legend(steps, largest), element("p", { class: "note" }, _("Countries of a region share its colour. Shapes: {source}.", { source: world.source })));
}

function legend(steps, largest) {
  const ends = [...steps, largest].map((one) => Number(one.toPrecision(2)));
  const words = (k) => percent(`${ends[k - 1]}–${ends[k]}`);
  const item = (kind, text) => element("li", {}, element("span", { class: `swatch ${kind}`, "aria-hidden": "true" }), text);
  return element("ul", { class: "legend" },
    ...[3, 2, 1].map((k) => item(`loses-${k}`, _("loses {range}", { range: words(k) }))), item("nil", _("less than {end}", { end: percent(ends[0]) })),
    ...[1, 2, 3].map((k) => item(`gains-${k}`, _("gains {range}", { range: words(k) }))), item("unknown", _("not in the table")));
}
