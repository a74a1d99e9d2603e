// Figures drawn as SVG from numbers: gains of all sides, the frontier, gains along the scale of elasticities, draws.

import { _, language, listed } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 360, HEIGHT = 260, LEFT = 46, RIGHT = 14, TOP = 16, BOTTOM = 36;

/** An element of HTML with attributes, text and children. */
export function element(name, attributes = {}, ...inside) {
  const found = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") found.className = value;
    else if (value === true) found.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) found.setAttribute(key, value);
  }
  found.append(...inside.filter((one) => one !== null && one !== undefined));
  return found;
}

/** An element of SVG. */
export function svg(name, attributes, text) {
  const found = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) found.setAttribute(key, value);
  if (text !== undefined) found.textContent = text;
  return found;
}

/** Billions with a sign, as precise as they are large; a minus is a minus. */
export function billions(musd) {
  const x = musd / 1000, size = Math.abs(x);
  if (size < 0.0005) return _("about nil");
  const digits = size >= 10 ? 0 : size >= 1 ? 1 : size >= 0.1 ? 2 : 3;
  return (x > 0 ? "+" : "−") + size.toFixed(digits);
}

/** A number with digits that are true, and its sign. */
export function signed(x, digits = 2) {
  if (x === null || x === undefined) return _("not known");
  const text = Math.abs(x).toFixed(digits);
  if (Number(text) === 0) return _("about nil");
  return (x > 0 ? "+" : "−") + text;
}

/** A count that a model gives, with separators and two digits that are true; three from a million on. */
export function count(x) {
  return x === null || x === undefined ? _("not known") : Number(x.toPrecision(Math.abs(x) < 1e6 ? 2 : 3)).toLocaleString(language);
}

/** Round steps of an axis between two ends, about four of them. */
function ticks(low, high) {
  const raw = (high - low) / 4 || 1, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((k) => k * power).find((one) => one >= raw);
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high + 1e-9; at += step) found.push(Math.abs(at) < step / 1e6 ? 0 : at);
  return found;
}

/** Ends of an axis that hold all values and zero, with some room. */
function ends(values) {
  const low = Math.min(0, ...values), high = Math.max(0, ...values), room = Math.max(0.07 * (high - low), 0.001);
  return [low - room, high + room];
}

function plain(x) {
  return String(Number(x.toPrecision(6))).replace("-", "−");
}

/** A frame with axes; `x` and `y` turn numbers into places. */
function frame(xs, ys, label, names) {
  const [left, right] = xs, [low, high] = ys;
  const x = (value) => LEFT + (WIDTH - LEFT - RIGHT) * (value - left) / (right - left);
  const y = (value) => HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - low) / (high - low);
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label, class: "plot" });
  for (const at of ticks(low, high)) {
    picture.append(svg("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(at), y2: y(at), class: at === 0 ? "zero" : "grid" }));
    picture.append(svg("text", { x: LEFT - 5, y: y(at) + 4, "text-anchor": "end" }, plain(at)));
  }
  picture.append(svg("text", { x: LEFT, y: 11, class: "axis" }, names.y));
  picture.append(svg("text", { x: WIDTH - RIGHT, y: HEIGHT - 4, "text-anchor": "end", class: "axis" }, names.x));
  return { picture, x, y };
}

/** Where a package lies beside the frontier: gains of two sides over no deal, billions. */
export function frontier(points, here, named, parties, names) {
  const xs = [...points, here].map((one) => one[parties[0]] / 1000), ys = [...points, here].map((one) => one[parties[1]] / 1000);
  const gains = listed(parties.map((party, k) => `${names[k]} ${billions(here[party])}`));
  const told = _("{gains} billion dollars over no deal", { gains });
  const axes = { x: _("{name}, bn USD", { name: names[0] }), y: _("{name}, bn USD", { name: names[1] }) };
  const { picture, x, y } = frame(ends(xs), ends(ys), told, axes);
  for (const at of ticks(...ends(xs))) {
    picture.append(svg("line", { x1: x(at), x2: x(at), y1: TOP, y2: HEIGHT - BOTTOM, class: at === 0 ? "zero" : "grid" }));
    picture.append(svg("text", { x: x(at), y: HEIGHT - BOTTOM + 14, "text-anchor": "middle" }, plain(at)));
  }
  for (const one of points) picture.append(svg("circle", { cx: x(one[parties[0]] / 1000), cy: y(one[parties[1]] / 1000), r: 2.5, class: "dot" }));
  for (const one of named) {
    picture.append(svg("circle", { cx: x(one.gains[parties[0]] / 1000), cy: y(one.gains[parties[1]] / 1000), r: 4.5, class: "named" }));
  }
  const [hx, hy] = [x(here[parties[0]] / 1000), y(here[parties[1]] / 1000)];
  picture.append(svg("path", { d: `M${hx - 7} ${hy}H${hx + 7}M${hx} ${hy - 7}V${hy + 7}`, class: "here" }));
  picture.append(svg("text", { x: Math.min(hx + 9, WIDTH - 90), y: hy < TOP + 20 ? hy + 16 : hy - 8, class: "label" }, _("this package")));
  return picture;
}

const DASHES = ["", "7 4", "2 3", "9 3 2 3", "1 4"];

/** Gains along the common scale of elasticities, a line a side, estimates of the literature as bars. */
export function along(found, parties, names) {
  const values = parties.flatMap((party) => found.gains[party].filter((one) => one !== null).map((one) => one / 1000));
  const [low, high] = ends(values), scales = found.scales, log = Math.log;
  const told = parties.map((party, k) => {
    const turns = found.crossings[party].map((one) => one.toFixed(2));
    return turns.length ? _("{name}: the gain turns at {places}", { name: names[k], places: listed(turns) }) : _("{name}: the gain keeps its sign", { name: names[k] });
  }).join("; ");
  const { picture, x, y } = frame([log(scales[0]), log(scales.at(-1))], [low, high], told, { x: _("strength of trade, 1 is the centre"), y: _("bn USD") });
  for (const at of [0.2, 0.5, 1]) {
    if (at < scales[0] || at > scales.at(-1)) continue;
    picture.append(svg("line", { x1: x(log(at)), x2: x(log(at)), y1: TOP, y2: HEIGHT - BOTTOM, class: "grid" }));
    picture.append(svg("text", { x: x(log(at)), y: HEIGHT - BOTTOM + 14, "text-anchor": "middle" }, String(at)));
  }
  for (const one of found.estimates) {
    const from = Math.max(one.low, scales[0]), to = Math.min(one.high, scales.at(-1));
    if (from >= to) continue;
    const bar = svg("rect", { x: x(log(from)), width: x(log(to)) - x(log(from)), y: HEIGHT - BOTTOM - 5, height: 5, class: "study" });
    bar.append(svg("title", {}, one.title));
    picture.append(bar);
  }
  parties.forEach((party, k) => {
    const places = found.gains[party].map((one, n) => one === null ? null : `${x(log(scales[n])).toFixed(1)} ${y(one / 1000).toFixed(1)}`);
    picture.append(svg("polyline", { points: places.filter((one) => one).join(" "), class: `line line-${k}`, "stroke-dasharray": DASHES[k % DASHES.length] }));
    const last = found.gains[party].findLastIndex((one) => one !== null);
    picture.append(svg("text", { x: WIDTH - RIGHT - 2, y: y(found.gains[party][last] / 1000) - 5, "text-anchor": "end", class: "label" }, names[k]));
    for (const turn of found.crossings[party]) {
      picture.append(svg("circle", { cx: x(log(turn)), cy: y(0), r: 4, class: "turn" }));
      picture.append(svg("text", { x: x(log(turn)), y: y(0) + 16, "text-anchor": "middle", class: "label" }, turn.toFixed(2)));
    }
  });
  return picture;
}

/** Draws: a bar a side from the 5th to the 95th of a hundred, the median marked, billions. */
export function fan(found, parties, names) {
  const all = parties.flatMap((party) => [found.gains[party].p5, found.gains[party].p95]).map((one) => one / 1000);
  const [low, high] = ends(all), row = 34, height = row * parties.length + 26, left = 110;
  const x = (value) => left + (WIDTH - left - 12) * (value - low) / (high - low);
  const told = parties.map((party, k) => _("{name} {middle} ({low} to {high})", {
    name: names[k], middle: billions(found.gains[party].p50), low: billions(found.gains[party].p5), high: billions(found.gains[party].p95) })).join("; ");
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": told, class: "plot fan" });
  for (const at of ticks(low, high)) {
    picture.append(svg("line", { x1: x(at), x2: x(at), y1: 4, y2: height - 20, class: at === 0 ? "zero" : "grid" }));
    picture.append(svg("text", { x: x(at), y: height - 6, "text-anchor": "middle" }, plain(at)));
  }
  parties.forEach((party, k) => {
    const one = found.gains[party], middle = row * k + row / 2 + 2;
    picture.append(svg("text", { x: 0, y: middle + 4, class: "label" }, names[k]));
    picture.append(svg("rect", { x: x(one.p5 / 1000), width: Math.max(1, x(one.p95 / 1000) - x(one.p5 / 1000)), y: middle - 7, height: 14, class: "spread" }));
    picture.append(svg("line", { x1: x(one.p50 / 1000), x2: x(one.p50 / 1000), y1: middle - 10, y2: middle + 10, class: "median" }));
  });
  return picture;
}

/** A table that can be sorted by its heads; numbers are told by `data-value`. All columns but the first hold numbers, or those named. */
export function sortable(heads, rows, caption, numeric = heads.map((_head, k) => k).slice(1)) {
  const body = element("tbody");
  const sort = (column, button) => {
    const up = button.getAttribute("aria-sort") === "descending";
    for (const one of button.parentElement.children) one.removeAttribute("aria-sort");
    button.setAttribute("aria-sort", up ? "ascending" : "descending");
    const value = (row) => { const cell = row.children[column]; return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value); };
    const found = [...body.children].sort((a, b) => value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0);
    body.append(...(up ? found : found.reverse()));
  };
  const head = element("tr");
  heads.forEach((text, k) => {
    const press = element("button", { type: "button", class: "sort" }, text);
    const cell = element("th", { scope: "col", class: numeric.includes(k) ? "number" : "" }, press);
    press.addEventListener("click", () => sort(k, cell));
    head.append(cell);
  });
  for (const row of rows) {
    body.append(element("tr", {}, ...row.map((cell, k) => {
      const [text, value] = Array.isArray(cell) ? cell : [cell, undefined];
      return k ? element("td", { class: numeric.includes(k) ? "number" : "", "data-value": value }, text) : element("th", { scope: "row" }, text);
    })));
  }
  return element("table", {}, element("caption", {}, caption), element("thead", {}, head), body);
}
