// A rate within a range: a slider, the same as a figure to type, and the names that options have at a rate.

import { element } from "./figures.js";
import { _ } from "./words.js";

const STEPS = 100;
const named = (range, rate) => `${range.id}@${Number(rate.toFixed(4))}%`;

/** The range and the rate that an option stands for; null for a plain one. */
function parted(issue, option) {
  const given = /^(?:(?<of>.+)@)?(?<rate>\d+(?:\.\d+)?)%$/.exec(option || "");
  if (!given) return null;
  const rate = Number(given.groups.rate);
  const held = issue.ranges.filter((one) => (!given.groups.of || one.id === given.groups.of) && rate >= one.from && rate <= one.to);
  return held.length === 1 ? { range: held[0], rate } : null;
}

/** Whether an issue has an option, be it a rate within a range. */
export function known(issue, option) {
  return Boolean(issue) && (issue.options.some((one) => one.id === option) || parted(issue, option) !== null);
}

/** The title of an option. */
export function titled(issue, option) {
  const plain = issue.options.find((one) => one.id === option), found = parted(issue, option);
  return plain ? plain.title : found ? `${found.range.title}: ${found.rate} %` : option;
}

/** Rates that a slider stops at: round ones, about a hundred. */
function round(range, rate) {
  const unit = 10 ** Math.floor(Math.log10((range.to - range.from) / STEPS) + 1e-9);
  const near = Math.round(rate / unit) * unit;
  return Math.min(Math.max(near, range.from), range.to);
}

/** The control of a range: `look(issue, option)` while it is dragged, `take(option)` when it is let go. */
export function choice(issue, range, look, take) {
  const middle = (range.from + range.to) / 2;
  const of = `${issue.title}: ${range.title}`, words = { of };
  const box = element("input", { type: "radio", name: issue.id, value: "", "data-range": range.id });
  const slider = element("input", { type: "range", min: range.from, max: range.to, step: "any", value: middle, "data-slider": range.id, "aria-label": _("{of}, percent", words) });
  const figure = element("input", { type: "number", min: range.from, max: range.to, step: "any", value: middle, "data-rate": range.id, "aria-label": _("{of}, percent, as a figure", words) });
  const rate = () => round(range, Number(slider.value));
  const say = () => { box.checked = true; figure.value = rate(); slider.setAttribute("aria-valuetext", `${figure.value} %`); };
  slider.addEventListener("input", () => { say(); look(issue.id, named(range, rate())); });
  slider.addEventListener("change", () => { say(); take(named(range, rate())); });
  figure.addEventListener("change", () => { if (figure.reportValidity() && figure.value !== "") take(named(range, Number(figure.value))); });
  box.addEventListener("change", () => take(named(range, Number(figure.value))));
  return element("div", { class: "range" }, element("label", { class: "choice" }, box, " ", range.title), element("div", { class: "slide" }, slider, figure, " %"),
    element("small", { class: "ends" }, _("from {low} to {high} %", { low: range.from, high: range.to })));
}

/** Set the controls of an issue's ranges to an option. */
export function slid(form, issue, option) {
  const found = parted(issue, option);
  for (const range of issue.ranges) {
    const of = (part) => form.querySelector(`fieldset[data-issue="${CSS.escape(issue.id)}"] [data-${part}="${CSS.escape(range.id)}"]`);
    const mine = found?.range === range;
    of("range").checked = mine;
    if (!mine) continue;
    of("slider").value = found.rate;
    of("rate").value = found.rate;
    of("slider").setAttribute("aria-valuetext", `${found.rate} %`);
  }
}
