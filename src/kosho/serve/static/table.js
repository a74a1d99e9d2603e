// The live table: controls on the left, what they do on the right. The address holds the whole state.

import { along, billions, count, element, fan, frontier, signed, sortable } from "./figures.js";
import * as map from "./map.js";
import * as measures from "./own.js";
import { choice, known, slid, titled } from "./rates.js";
import * as reading from "./reading.js";
import * as record from "./record.js";
import { _, ask, at, day, listed, spoken, told } from "./words.js";

const state = { case: document.body.dataset.case, asOf: "", options: {}, kept: [], own: [], by: "", lang: "" };
const glancing = { busy: false, next: null };
let table = null, running = null, drawing = null, shown = 0, opened = 0, notice = "";

const written = (options) => table.issues.map((one) => `${one.id}:${options[one.id]}`).join(",");
const query = (options) => new URLSearchParams({ ...(state.asOf ? { as_of: state.asOf } : {}), options: written(options) });
const base = () => `/api/v1/tables/${encodeURIComponent(state.case)}`;
const name = (code) => table.names[code] || code;
/** How much of all is done, of a progress that says `1,728 of 5,184, about 20 s left`; null of another. */
const steps = (text) => /(?<done>[\d,]*\d) of (?<all>[\d,]*\d)/.exec(text)?.groups ?? null;

/** What the address says: case, day, options, packages that are kept. */
function fromAddress() {
  const given = new URLSearchParams(location.search);
  state.case = given.get("case") || document.body.dataset.case;
  state.asOf = given.get("as_of") || "";
  state.options = Object.fromEntries((given.get("options") || "").split(",").filter(Boolean).map((one) => one.split(":")));
  state.kept = given.getAll("kept").slice(0, 3);
  state.own = given.getAll("own").slice(0, 10);
  state.by = given.get("by") || "";
  state.lang = given.get("lang") || "";
}

function toAddress(push) {
  const found = new URLSearchParams({ case: state.case, ...(state.asOf ? { as_of: state.asOf } : {}), options: written(state.options) });
  for (const one of state.kept) found.append("kept", one);
  for (const one of state.own) found.append("own", one);
  if (state.by) found.set("by", state.by);
  if (state.lang) found.set("lang", state.lang);
  const address = `/?${found}`.replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%40", "@") + location.hash;
  if (push) history.pushState({ deep: (history.state?.deep || 0) + 1 }, "", address);
  else history.replaceState(history.state, "", address);
  at("undo").disabled = !history.state?.deep;
  languages();
}

/** The same state in the other languages. */
function languages() {
  for (const one of document.querySelectorAll("[data-language]")) {
    const found = new URLSearchParams(location.search);
    found.set("lang", one.dataset.language);
    one.href = `/?${found}`.replaceAll("%3A", ":").replaceAll("%2C", ",") + location.hash;
  }
}

/** What went wrong, else what the address asked for in vain. */
function problem(error) {
  const text = error ? error.message : notice;
  at("problem").hidden = !text;
  at("problem").textContent = text;
}

/** Tell what is being done until the table is open. */
async function patience(stop) {
  const where = state.asOf ? `?as_of=${state.asOf}` : "";
  while (!stop.done) {
    try {
      const found = await told(`${base()}/progress${where}`);
      const parts = steps(found.progress);
      if (parts && !stop.done) at("waiting").textContent = _("Opening the table … {done} of {all} packages", parts);
    } catch { return; }
    await new Promise((next) => setTimeout(next, 700));
  }
}

async function open() {
  const mine = ++opened;
  at("desk").hidden = true;
  at("waiting").hidden = false;
  at("waiting").textContent = _("Opening the table …");
  at("case").value = state.case;
  at("as-of").value = state.asOf;
  const stop = { done: false };
  patience(stop);
  try {
    const found = await told(base() + (state.asOf ? `?as_of=${state.asOf}` : ""));
    if (mine !== opened) return;
    table = found;
    problem(null);
  } catch (error) {
    if (mine !== opened) return;
    problem(error);
    at("waiting").hidden = true;
    return;
  } finally {
    stop.done = true;
  }
  at("waiting").hidden = true;
  at("desk").hidden = false;
  at("title").textContent = table.title;
  at("as-of").value = table.as_of;
  document.title = `${table.title} · Kosho`;
  const there = ([issue, option]) => known(table.issues.find((one) => one.id === issue), option);
  const wanted = Object.entries(state.options).filter((one) => !there(one));
  const vain = wanted.map((one) => one.join(" = ")).join(", ");
  notice = vain ? _("Not on this table: {names}. The fallback stands in its place.", { names: vain }) : "";
  const fallback = Object.fromEntries(table.issues.map((one) => [one.id, one.fallback]));
  const given = Object.fromEntries(Object.entries(state.options).filter(there));
  state.options = { ...fallback, ...given };
  controls();
  at("by").replaceChildren(...table.parties.map((party) => element("option", { value: party }, name(party))));
  at("own-by").replaceChildren(element("option", { value: "" }, _("as the line says")), ...table.parties.map((party) => element("option", { value: party }, name(party))));
  measures.restore(state.own, state.by, base());
  log().catch(problem);
  told(base() + "/record" + (state.asOf ? `?as_of=${state.asOf}` : "")).then((found) => { if (mine === opened) record.show(found, asKnown, name); }, problem);
  toAddress(false);
  await show();
}

/** A statement with its source, as the record has it. */
function said(id) {
  const one = table.statements[id];
  if (!one) return null;
  const source = table.sources[one.source] || { title: one.source, publisher: "", date: "" };
  const words = `${one.by.join(", ")}: ${source.title}, ${source.publisher}, ${source.date}`;
  const link = source.url ? element("a", { href: source.url, rel: "noreferrer" }, words) : words;
  return element("li", {}, element("q", {}, one.quote), " ", element("small", {}, link));
}

function controls() {
  const positions = at("positions");
  positions.replaceChildren(...table.positions.map((one) => {
    const button = element("button", { type: "button", title: one.meaning, "data-position": one.id }, one.title);
    button.addEventListener("click", () => move(one.options));
    return button;
  }));
  const form = at("issues");
  form.replaceChildren(...table.issues.map((issue) => {
    const rates = new Set(issue.ranges.flatMap((one) => one.options));
    const choices = issue.options.filter((option) => !rates.has(option.id)).map((option) => {
      const box = element("input", { type: "radio", name: issue.id, value: option.id });
      box.addEventListener("change", () => move({ ...state.options, [issue.id]: option.id }));
      const alone = table.not_priced.find((one) => one.issue === issue.id && one.option === option.id);
      return element("label", { class: "choice" }, box, " ", option.title, alone ? element("small", {}, " " + _("not priced: {why}", { why: alone.why })) : null);
    });
    const words = [...new Set(issue.options.flatMap((one) => one.statements))].map(said).filter(Boolean);
    const fold = words.length ? element("details", {}, element("summary", {}, _("What was said ({count})", { count: words.length })), element("ul", { class: "said" }, ...words)) : null;
    const sliders = issue.ranges.map((range) => choice(issue, range, glance, (name) => move({ ...state.options, [issue.id]: name })));
    return element("fieldset", { "data-issue": issue.id }, element("legend", {}, issue.title), ...choices, ...sliders, fold);
  }));
}

/** While a slider is dragged: what the package is worth alone, one question at a time, the latest rate next. */
async function glance(issue, option) {
  state.options = { ...state.options, [issue]: option };
  glancing.next = written(state.options);
  if (glancing.busy) return;
  glancing.busy = true;
  running?.abort();
  const mine = ++shown;
  while (glancing.next && mine === shown) {
    const asked = query(state.options);
    glancing.next = null;
    try {
      const found = await told(`${base()}/package?${asked}`);
      if (mine === shown) worth(found);
    } catch (error) {
      if (mine === shown) problem(error);
    }
  }
  glancing.busy = false;
}

/** Take a position: the address changes, and so can be gone back on. */
function move(options) {
  notice = "";
  state.options = { ...state.options, ...options };
  toAddress(true);
  show();
}

function ticked() {
  for (const issue of table.issues) {
    for (const box of at("issues").querySelectorAll(`input[type="radio"][name="${CSS.escape(issue.id)}"]`)) box.checked = box.value === state.options[issue.id];
    slid(at("issues"), issue, state.options[issue.id]);
  }
  for (const button of at("positions").children) {
    const one = table.positions.find((found) => found.id === button.dataset.position);
    button.setAttribute("aria-pressed", String(written({ ...state.options, ...one.options }) === written(state.options)));
  }
  const links = ["xlsx", "docx", "pdf", "csv", "yaml", "json"].map((kind) => element("a", { href: spoken(`${base()}/export/${kind}?${query(state.options)}`), download: true }, kind));
  at("exports").replaceChildren(_("Take away: "), ...links.flatMap((one, k) => k ? [" ", one] : [one]));
}

/** Everything about the package: payoffs and effects first; the full table and the curve follow by themselves. */
async function show() {
  ticked();
  running?.abort();
  stopDrawing();
  running = new AbortController();
  const mine = ++shown, signal = running.signal;
  at("results").setAttribute("aria-busy", "true");
  try {
    const found = await told(`${base()}/package?${query(state.options)}`, { signal });
    if (mine !== shown) return;
    problem(null);
    worth(found);
    document.body.dataset.shown = written(state.options);
    at("results").setAttribute("aria-busy", "false");
    await own(mine, signal);
    const effects = await told(`${base()}/package/effects?${query(state.options)}`, { signal });
    if (mine !== shown) return;
    follows(effects);
    const curve = await told(`${base()}/package/along?${query(state.options)}`, { signal });
    if (mine !== shown) return;
    const names = table.parties.map(name);
    at("along-head").textContent = turns(curve);
    at("along").replaceChildren(along(curve, table.parties, names));
    at("full").textContent = _("On the full table: being computed …");
    const whole = await told(`${base()}/package/full?${query(state.options)}`, { signal });
    if (mine === shown) full(whole);
    await side(mine);
  } catch (error) {
    if (error.name !== "AbortError" && mine === shown) {
      problem(error);
      at("results").setAttribute("aria-busy", "false");
    }
  }
}

function turns(curve) {
  const found = table.parties.filter((party) => curve.crossings[party].length).map((party) => _("{name} turns at {places}", { name: name(party), places: listed(curve.crossings[party].map((one) => one.toFixed(2))) }));
  return found.length ? _("By how strongly trade answers: {turns}", { turns: found.join("; ") }) : _("By how strongly trade answers: no side's gain turns its sign");
}

function full(whole) {
  const gains = listed(table.parties.map((party) => `${name(party)} ${billions(whole.gains[party])}`));
  const apart = billions(whole.apart_musd).replace("+", "");
  at("full").textContent = whole.same_sign ? _("On the full table, billion dollars over no deal: {gains}; at most {apart} apart.", { gains, apart })
    : _("On the full table, billion dollars over no deal: {gains}; a side's sign differs there: trust the full table.", { gains });
}

/** What the package is worth to each side, and why. */
function worth(found) {
  const worked = found.explained, year = table.base_year ?? _("a year the table does not tell");
  at("against").textContent = _("Billion dollars a year in the long run (year ten), in the economy of {year}; as known on {day}.", { year, day: day(found.as_of) });
  const crossed = worked.crosses.map((id) => table.red_lines.find((one) => one.id === id)).filter(Boolean);
  const broken = worked.possible ? [] : [element("p", { class: "crossed" }, _("It takes apart what only goes together."))];
  at("crossed").replaceChildren(...broken, ...crossed.map((one) => {
    const words = one.statements.map(said).filter(Boolean);
    return element("div", { class: "crossed" }, element("p", {}, _("Crosses a red line of {name}: {title} ({status})", { name: name(one.party), title: one.title, status: one.status })), words.length ? element("ul", { class: "said" }, ...words) : null);
  }));
  at("gains").replaceChildren(...table.parties.map((party) => element("div", { class: "gain " + (worked.gains[party] < -0.5 ? "loss" : "") },
    element("h3", {}, name(party)),
    element("p", { class: "big", "data-gain": party }, billions(worked.gains[party])), element("p", { class: "note" }, _("over no deal")),
    element("p", { "data-today": party }, billions(worked.over_status_quo[party])), element("p", { class: "note" }, _("over today")))));
  const names = table.parties.map(name);
  const named = table.positions.map((one) => ({ ...one, gains: table.frontier.find((point) => written(point.options) === written({ ...state.options, ...one.options }))?.gains })).filter((one) => one.gains);
  at("frontier-head").textContent = worked.better_for_all ? _("Every side gains over no deal") : _("Not every side gains over no deal");
  at("frontier").replaceChildren(table.parties.length > 1 ? frontier(table.frontier.map((one) => one.gains), worked.gains, named, table.parties.slice(0, 2), names) : "");
  const shares = table.issues.map((one) => [one.title, ...table.parties.map((party) => worked.issues[one.id] === null ? _("not priced") : [billions(worked.issues[one.id][party]), worked.issues[one.id][party]])]);
  at("shares").replaceChildren(sortable([_("Issue"), ...names], shares, _("Gains over no deal by issue, billion USD a year (Shapley value)")));
  at("rests").textContent = _("World {world}, run {run}.", { world: found.world, run: found.rerun });
}

/** What it does to jobs, prices, trades, sectors and everybody else. */
function follows(does) {
  at("labour").replaceChildren(sortable([_("Side"), _("Jobs, %"), _("Prices over wages, %")], table.parties.map((party) => [name(party), [signed(does.labour[party].employment, 3), does.labour[party].employment], [signed(does.labour[party].prices_over_wages, 3), does.labour[party].prices_over_wages]]),
    _("Against no deal, where hours answer to real wages with an elasticity of {elasticity} (assumption)", { elasticity: does.labour_supply })));
  at("flows").replaceChildren(sortable([_("Trade"), _("No deal, bn USD"), _("This package"), _("Units")], does.flows.map((one) => [one.title, one.before_musd === null ? _("not told apart") : [(one.before_musd / 1000).toFixed(1), one.before_musd], one.after_musd === null ? _("not told apart") : [(one.after_musd / 1000).toFixed(1), one.after_musd], one.unit ? [_("{before} to {after} {unit}", { before: count(one.before_units), after: count(one.after_units), unit: one.unit }), one.after_units] : _("not counted")]), _("A year, before the duty")));
  at("sectors").replaceChildren(...table.parties.map((party) => {
    const rows = [...does.sectors[party].win, ...does.sectors[party].lose].map((one) => [one.name, [billions(one.musd), one.musd]]);
    if (!rows.length) return element("p", { class: "note" }, _("{name}: no sector's real value added changes", { name: name(party) }));
    return sortable([_("Sector"), _("bn USD")], rows, _("{name}: real value added against no deal", { name: name(party) }));
  }));
  const others = does.countries.map((one) => [one.name, [billions(one.musd), one.musd], [signed(one.percent, 3), one.percent]]);
  at("others").replaceChildren(sortable([_("Economy"), _("bn USD a year"), _("% of income")], others, _("Gain over no deal, every economy of the table")));
  map.show(does.countries);
}

/** What the side whose key is in the address counts, which the other side's page never has. */
async function own(mine, signal) {
  const given = new URLSearchParams(location.hash.slice(1)), party = given.get("side"), key = given.get("key");
  at("own").hidden = !party;
  if (!party) return;
  const found = await told(`${base()}/sides/${encodeURIComponent(party)}/package?${query(state.options)}`, { signal, headers: { "X-Kosho-Side": key || "" } });
  if (mine !== shown) return;
  at("own-told").textContent = _("{name}, with its own weights: {gain} billion dollars over no deal, {today} over today.", { name: name(party), gain: billions(found.gain), today: billions(found.over_status_quo) });
  at("own-crossed").replaceChildren(...found.crosses.map((one) => element("li", {}, _("Crosses your own red line: {title}", { title: one }))));
}

/** What was proposed at this table, the latest first. */
async function log() {
  const found = (await told(`${base()}/proposals${state.asOf ? `?as_of=${state.asOf}` : ""}`)).proposals;
  at("log").replaceChildren(...found.reverse().map((one) => {
    const changed = table.issues.filter((issue) => one.options[issue.id] !== issue.fallback).map((issue) => titled(issue, one.options[issue.id]));
    const press = element("button", { type: "button" }, _("Show"));
    press.addEventListener("click", () => move(one.options));
    return element("li", {}, `${one.at.slice(0, 16).replace("T", " ")} UTC, ${name(one.by)}: `, changed.join("; ") || _("nothing changes"), one.note ? ` (${one.note}) ` : " ", press);
  }));
  at("log-away").hidden = !found.length;
  at("log-away").href = spoken(`${base()}/proposals/export${state.asOf ? `?as_of=${state.asOf}` : ""}`);
}

async function propose(event) {
  event.preventDefault();
  try {
    const body = JSON.stringify({ by: at("by").value, options: state.options, note: at("note").value });
    await told(`${base()}/proposals${state.asOf ? `?as_of=${state.asOf}` : ""}`, { method: "POST", headers: { "content-type": "application/json" }, body });
    at("note").value = "";
    await log();
  } catch (error) {
    problem(error);
  }
}

/** Up to four packages beside one another: this one and three that are kept. */
async function side(mine) {
  const all = [written(state.options), ...state.kept];
  at("kept").hidden = all.length < 2;
  if (all.length < 2) return;
  const found = await Promise.all(all.map((one) => told(`${base()}/package?${new URLSearchParams({ ...(state.asOf ? { as_of: state.asOf } : {}), options: one })}`)));
  if (mine !== shown) return;
  const heads = [_("Issue"), ...all.map((_one, k) => k ? _("Kept {number}", { number: k }) : _("This"))];
  const rows = table.issues.map((issue) => [issue.title, ...found.map((one) => titled(issue, one.options[issue.id]))]);
  for (const party of table.parties) rows.push([_("{name}, over no deal", { name: name(party) }), ...found.map((one) => billions(one.explained.gains[party]))]);
  at("kept-table").replaceChildren(sortable(heads, rows, _("Packages side by side, billion USD a year")));
}

function stopDrawing() {
  if (drawing) ask(`/api/v1/draws/${drawing}`, { method: "DELETE" });
  drawing = null;
  at("drawing").hidden = true;
  at("drawn").textContent = "";
  at("fan").replaceChildren();
}

async function draw() {
  stopDrawing();
  const mine = shown;
  try {
    let found = await told(`${base()}/draws?${query(state.options)}&draws=100`, { method: "POST" });
    drawing = found.id;
    at("drawing").hidden = false;
    while (found.state === "running") {
      const parts = steps(found.progress);
      at("drawing").value = parts ? Number(parts.done.replaceAll(",", "")) / Number(parts.all.replaceAll(",", "")) : 0;
      at("drawn").textContent = parts ? _("{done} of {all}", parts) : "";
      await new Promise((next) => setTimeout(next, 400));
      if (mine !== shown) return;
      found = await told(`/api/v1/draws/${found.id}`);
    }
    if (mine !== shown) return;
    at("drawing").hidden = true;
    if (found.state !== "done") throw new Error(found.detail || _("The draws were stopped."));
    drawing = null;
    const share = Math.round(100 * found.result.all_gain);
    at("drawn").textContent = _("Every side gains in {share} of 100 draws of all that is uncertain. Bars: the middle 90 of 100; the line is their median.", { share });
    at("fan").replaceChildren(fan(found.result, table.parties, table.parties.map(name)));
  } catch (error) {
    if (mine === shown) problem(error);
  }
}

/** The whole page as known on another day: options, positions, law and record. */
function asKnown(when) {
  if (!when || when === (state.asOf || table?.as_of)) return;
  state.asOf = when;
  if (!table) { location.assign(`/?${new URLSearchParams({ case: state.case, as_of: when, ...(state.lang ? { lang: state.lang } : {}) })}`); return; }
  toAddress(true);
  open();
}

at("where").addEventListener("submit", (event) => {
  event.preventDefault();
  if (at("case").value === state.case) asKnown(at("as-of").value);
});
at("as-of").addEventListener("change", () => asKnown(at("as-of").value));
at("case").addEventListener("change", () => location.assign(`/?${new URLSearchParams({ case: at("case").value, ...(state.lang ? { lang: state.lang } : {}) })}`));
at("undo").addEventListener("click", () => history.back());
at("keep").addEventListener("click", () => {
  const mine = written(state.options);
  if (!state.kept.includes(mine)) state.kept = [mine, ...state.kept].slice(0, 3);
  toAddress(true);
  side(shown);
});
at("draw").addEventListener("click", draw);
reading.begin(base);
measures.begin(base, (typed) => { state.own = typed.lines; state.by = typed.by; toAddress(true); });
at("propose").addEventListener("submit", propose);
at("issues").addEventListener("submit", (event) => event.preventDefault());
addEventListener("popstate", () => {
  const before = [state.case, state.asOf].join(), typed = [...state.own, state.by].join();
  fromAddress();
  languages();
  if (before !== [state.case, state.asOf].join()) { open(); return; }
  if (typed !== [...state.own, state.by].join()) measures.restore(state.own, state.by, base());
  at("undo").disabled = !history.state?.deep;
  state.options = { ...Object.fromEntries(table.issues.map((one) => [one.id, one.fallback])), ...state.options };
  show();
});

fromAddress();
open();
