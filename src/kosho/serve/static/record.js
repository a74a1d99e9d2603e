// The record beside the table: what is open and due on the day, what was said and signed, which law holds.

import { element, sortable } from "./figures.js";
import { _, at, day, listed, percent } from "./words.js";

/** Draw what is recorded by the day; `open` is told the day that somebody wants to see, `name` names economies. */
export function show(found, open, name) {
  const record = found.record;
  at("record-none").hidden = record !== null;
  at("record-there").hidden = record === null;
  at("record-head").textContent = _("The record by {day}", { day: day(found.as_of) });
  at("law").replaceChildren(laws(found, name));
  if (!record) return;
  const days = record.days.filter((one) => one < found.as_of && (!found.begins || one >= found.begins));
  const earlier = days.slice(-8).map((one) => dayButton(one, open));
  at("record-days").replaceChildren(...(earlier.length ? [_("As it stood on an earlier day: "), ...earlier] : []));
  at("deadlines").replaceChildren(...record.deadlines.map((one) => due(one, record)));
  at("contentions").replaceChildren(table(record.contentions.map((one) => [
    one.title, listed(one.parties.map((code) => record.names[code] || code)), record.statuses[one.status],
    String(one.history.at(-1)?.to_round || "")]), [_("Point"), _("Between"), _("Status"), _("Carried to round")], _("Points of contention")));
  at("commitments").replaceChildren(table(record.commitments.map((one) => [
    one.deliverable, listed(one.by.map((code) => record.names[code] || code)), day(one.due), record.statuses[one.status]]),
  [_("What"), _("By"), _("Due"), _("Status")], _("Commitments")));
  at("timeline").replaceChildren(...latestFirst(record.timeline).map((one) => entry(one, record)));
  at("conflicts").replaceChildren(...record.conflicts.map((one) => element("li", {}, one.about, element("ul", { class: "said" },
    ...one.statements.map((said) => quoted(said, record))))));
  at("conflicts-head").hidden = !record.conflicts.length;
}

/** Entries with a day, the latest first; then those without. */
function latestFirst(entries) {
  return [...entries.filter((one) => one.date).reverse(), ...entries.filter((one) => !one.date)];
}

function dayButton(one, open) {
  const press = element("button", { type: "button", "data-day": one }, day(one));
  press.addEventListener("click", () => open(one));
  return press;
}

function due(one, record) {
  const left = one.days_left > 0 ? _("{days} days left", { days: one.days_left }) : one.days_left === 0 ? _("today") : _("{days} days past", { days: -one.days_left });
  const what = one.consequence ? _("{what}. {consequence}", one) : one.what;
  return element("li", { class: one.days_left < 0 ? "past" : "ahead" }, element("strong", {}, left), " · ",
    _("{day}: {what}", { day: day(one.due), what }), element("ul", { class: "said" }, quoted(one, record)));
}

function quoted(one, record) {
  const source = record.sources[one.source] || { title: one.source, publisher: "", date: "" };
  const words = [source.title, source.publisher, day(source.date)].filter(Boolean).join(", ");
  return element("li", {}, element("q", {}, one.quote), " ", element("small", {}, source.url ? element("a", { href: source.url, rel: "noreferrer" }, words) : words));
}

function entry(one, record) {
  const who = one.parties || one.by || [];
  const names = listed(who.map((code) => record.names[code] || code));
  return element("li", {}, element("strong", {}, one.date ? day(one.date) : _("not dated")), " ", names ? _("{what} ({who})", { what: record.labels[one.id] || one.type, who: names }) : record.labels[one.id] || one.type,
    element("ul", { class: "said" }, quoted(one, record)));
}

function table(rows, heads, caption) {
  return rows.length ? sortable(heads, rows, caption, []) : element("p", { class: "note" }, _("{caption}: none by this day", { caption }));
}

function laws(found, name) {
  const rate = (one) => one.rate === null ? "" : [one.unit === "percent" ? percent(one.rate) : `${one.rate} ${one.unit}`, one.rate];
  const rows = found.duties.map((one) => [one.title, `${name(one.importer)} ← ${name(one.exporter)}`, one.kind, rate(one), [day(one.since), Number(one.since.replaceAll("-", ""))], one.law]);
  const heads = [_("Duty"), _("Importer ← exporter"), _("Kind"), _("Rate"), _("Since"), _("Law")];
  return rows.length ? sortable(heads, rows, _("Duties between the parties in force on {day}, besides the ordinary ones", { day: day(found.as_of) }), [3])
    : element("p", { class: "note" }, _("No duties between the parties are held for this day, besides the ordinary ones."));
}
