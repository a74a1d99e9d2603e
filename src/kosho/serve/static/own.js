// Measures of one's own, typed in: what they were understood as and reach at once, then what they do.

import { billions, element, signed, sortable } from "./figures.js";
import { _, at, day, spoken, told } from "./words.js";

let turn = 0, waiting = null;

/** Listen to what is typed; `base`, `query` and `kept` are of the table. */
export function begin(base, remember) {
  at("own-form").addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(waiting); work(base(), true); remember(state()); });
  at("own-lines").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(() => work(base(), false), 350); });
  at("own-by").addEventListener("change", () => work(base(), false));
}

/** What is typed, as the address keeps it. */
export function state() {
  return { lines: at("own-lines").value.split("\n").map((one) => one.trim()).filter(Boolean), by: at("own-by").value };
}

/** Put in what the address kept, and work it out. */
export function restore(lines, by, base) {
  at("own-lines").value = lines.join("\n");
  at("own-by").value = by;
  if (lines.length) work(base, true);
}

function query(as_of) {
  const { lines, by } = state(), found = new URLSearchParams();
  if (as_of) found.set("as_of", as_of);
  if (by) found.set("importer", by);
  for (const one of lines) found.append("line", one);
  return found;
}

async function work(base, whole) {
  const mine = ++turn, asked = query(at("as-of").value);
  at("own-problem").hidden = true;
  at("own-effects").replaceChildren();
  at("own-away").hidden = true;
  if (!asked.has("line")) { at("own-reach").replaceChildren(); return; }
  try {
    const found = await told(`${base}/own?${asked}`);
    if (mine !== turn) return;
    at("own-reach").replaceChildren(...found.lines.map((one) => reach(one, found)));
    at("own-away").href = spoken(`${base}/own/folder?${asked}`);
    at("own-away").hidden = false;
    if (!whole) return;
    at("own-status").textContent = _("Working it out …");
    const does = await told(`${base}/own/effects?${asked}`);
    if (mine !== turn) return;
    at("own-status").textContent = "";
    at("own-effects").replaceChildren(...effects(does));
  } catch (error) {
    if (mine !== turn) return;
    at("own-status").textContent = "";
    at("own-reach").replaceChildren();
    at("own-problem").hidden = false;
    at("own-problem").textContent = error.message;
  }
}

function reach(one, found) {
  const size = { billions: one.trade_musd === null ? "" : billions(one.trade_musd).replace("+", ""), year: found.base_year ?? "" };
  const trade = one.trade_musd === null ? _("the table has no such trade")
    : one.at_most ? _("it lies on at most {billions} billion dollars of imports a year ({year})", size)
      : _("it lies on {billions} billion dollars of imports a year ({year})", size);
  const more = [...one.heard, ...(one.others.length ? [_("it could also mean: {codes}", { codes: one.others.join(", ") })] : [])];
  return element("li", {}, element("strong", {}, one.title), one.since ? " " + _("beginning {day}", { day: day(one.since) }) : "", `: ${trade}. `,
    element("code", {}, one.line), ...more.map((line) => element("p", { class: "note" }, line)),
    one.in_all ? element("p", { class: "note" }, _("The rate is all that is paid; say “an additional 25%” for one on top.")) : null);
}

function effects(does) {
  const rows = Object.entries(does.countries).filter(([, one]) => one.ev_musd !== null).sort((a, b) => Math.abs(b[1].ev_musd) - Math.abs(a[1].ev_musd))
    .map(([code, one]) => [does.names[code], [billions(one.ev_musd), one.ev_musd], [signed(100 * one.welfare, 3), one.welfare], [signed(100 * one.real_wage, 3), one.real_wage]]);
  const idle = Object.values(does.idle).map((why) => element("p", { class: "crossed" }, _("It changes nothing: {why}", { why })));
  const sellers = does.added.flatMap((line) => line.sellers.filter((one) => Math.abs(one.after_musd - one.before_musd) > 0.5).slice(0, 6)
    .map((one) => [does.names[one.exporter], line.title, [(one.before_musd / 1000).toFixed(2), one.before_musd], [(one.after_musd / 1000).toFixed(2), one.after_musd]]));
  return [...idle,
    sortable([_("Economy"), _("bn USD a year"), _("% of income"), _("Real wage, %")], rows.slice(0, 20), _("Against {against}, in the long run; central numbers", { against: does.against })),
    sellers.length ? sortable([_("Seller"), _("Measure"), _("Before, bn USD"), _("After, bn USD")], sellers, _("Who sells these sectors to the importer"), [2, 3]) : null,
    element("details", {}, element("summary", {}, _("Assumed ({count})", { count: does.assumptions.length })), element("ul", { class: "said" }, ...does.assumptions.map((one) => element("li", {}, one))))].filter(Boolean);
}
