// The live table: controls on the left, what they do on the right. The address holds the whole state.

import { along, billions, count, element, fan, frontier, signed, sortable } from "./figures.js";

const at = (id) => document.getElementById(id);
const state = { case: document.body.dataset.case, asOf: "", options: {}, kept: [] };
let table = null, running = null, drawing = null, shown = 0, notice = "";

/** The answer to a request, or an error that says what is wrong. */
async function ask(path, settings = {}) {
  const answer = await fetch(path, settings);
  if (answer.ok) return answer.json();
  const found = await answer.json().catch(() => ({ detail: answer.statusText }));
  const more = (found.errors || []).map((one) => [one.field, one.message, one.hint].filter(Boolean).join(": "));
  throw new Error(more.length ? more.join("; ") : found.detail || found.title);
}

const written = (options) => table.issues.map((one) => `${one.id}:${options[one.id]}`).join(",");
const query = (options) => new URLSearchParams({ ...(state.asOf ? { as_of: state.asOf } : {}), options: written(options) });
const base = () => `/api/v1/tables/${encodeURIComponent(state.case)}`;
const name = (code) => table.names[code] || code;

/** What the address says: case, day, options, packages that are kept. */
function fromAddress() {
  const given = new URLSearchParams(location.search);
  state.case = given.get("case") || document.body.dataset.case;
  state.asOf = given.get("as_of") || "";
  state.options = Object.fromEntries((given.get("options") || "").split(",").filter(Boolean).map((one) => one.split(":")));
  state.kept = given.getAll("kept").slice(0, 3);
}

function toAddress(push) {
  const found = new URLSearchParams({ case: state.case, ...(state.asOf ? { as_of: state.asOf } : {}), options: written(state.options) });
  for (const one of state.kept) found.append("kept", one);
  const address = `/?${found}`.replaceAll("%3A", ":").replaceAll("%2C", ",") + location.hash;
  if (push) history.pushState({ deep: (history.state?.deep || 0) + 1 }, "", address);
  else history.replaceState(history.state, "", address);
  at("undo").disabled = !history.state?.deep;
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
      const found = await ask(`${base()}/progress${where}`);
      if (found.progress && !stop.done) at("waiting").textContent = `Opening the table … ${found.progress}`;
    } catch { return; }
    await new Promise((next) => setTimeout(next, 700));
  }
}

async function open() {
  at("desk").hidden = true;
  at("waiting").hidden = false;
  at("case").value = state.case;
  at("as-of").value = state.asOf;
  const stop = { done: false };
  patience(stop);
  try {
    table = await ask(base() + (state.asOf ? `?as_of=${state.asOf}` : ""));
    problem(null);
  } catch (error) {
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
  const known = Object.fromEntries(table.issues.map((one) => [one.id, one.options.map((option) => option.id)]));
  const wanted = Object.entries(state.options).filter(([issue, option]) => !(known[issue] || []).includes(option));
  const vain = wanted.map((one) => one.join(" = ")).join(", ");
  notice = vain ? `Not on this table: ${vain}. The fallback stands in its place.` : "";
  const fallback = Object.fromEntries(table.issues.map((one) => [one.id, one.fallback]));
  const given = Object.fromEntries(Object.entries(state.options).filter(([issue, option]) => (known[issue] || []).includes(option)));
  state.options = { ...fallback, ...given };
  controls();
  at("by").replaceChildren(...table.parties.map((party) => element("option", { value: party }, name(party))));
  log().catch(problem);
  toAddress(false);
  await show();
}

/** A statement with its source, as the record has it. */
function said(id) {
  const one = table.statements[id];
  if (!one) return null;
  const source = table.sources[one.source] || { title: one.source, publisher: "", date: "" };
  const told = `${one.by.join(", ")}: ${source.title}, ${source.publisher}, ${source.date}`;
  const link = source.url ? element("a", { href: source.url, rel: "noreferrer" }, told) : told;
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
    const choices = issue.options.map((option) => {
      const box = element("input", { type: "radio", name: issue.id, value: option.id });
      box.addEventListener("change", () => move({ ...state.options, [issue.id]: option.id }));
      const alone = table.not_priced.find((one) => one.issue === issue.id && one.option === option.id);
      return element("label", { class: "choice" }, box, " ", option.title, alone ? element("small", {}, ` not priced: ${alone.why}`) : null);
    });
    const words = [...new Set(issue.options.flatMap((one) => one.statements))].map(said).filter(Boolean);
    const fold = words.length ? element("details", {}, element("summary", {}, `What was said (${words.length})`), element("ul", { class: "said" }, ...words)) : null;
    return element("fieldset", { "data-issue": issue.id }, element("legend", {}, issue.title), ...choices, fold);
  }));
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
    for (const box of at("issues").elements[issue.id]?.length ? at("issues").elements[issue.id] : []) box.checked = box.value === state.options[issue.id];
  }
  for (const button of at("positions").children) {
    const one = table.positions.find((found) => found.id === button.dataset.position);
    button.setAttribute("aria-pressed", String(written({ ...state.options, ...one.options }) === written(state.options)));
  }
  const links = ["xlsx", "docx", "pdf", "csv", "yaml", "json"].map((kind) => element("a", { href: `${base()}/export/${kind}?${query(state.options)}`, download: true }, kind));
  at("exports").replaceChildren("Take away: ", ...links.flatMap((one, k) => k ? [" ", one] : [one]));
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
    const found = await ask(`${base()}/package?${query(state.options)}`, { signal });
    if (mine !== shown) return;
    problem(null);
    worth(found);
    document.body.dataset.shown = written(state.options);
    at("results").setAttribute("aria-busy", "false");
    await own(mine, signal);
    const effects = await ask(`${base()}/package/effects?${query(state.options)}`, { signal });
    if (mine !== shown) return;
    follows(effects);
    const curve = await ask(`${base()}/package/along?${query(state.options)}`, { signal });
    if (mine !== shown) return;
    const names = table.parties.map(name);
    at("along-head").textContent = turns(curve);
    at("along").replaceChildren(along(curve, table.parties, names));
    at("full").textContent = "On the full table: being computed …";
    const whole = await ask(`${base()}/package/full?${query(state.options)}`, { signal });
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
  const found = table.parties.filter((party) => curve.crossings[party].length).map((party) => `${name(party)} turns at ${curve.crossings[party].map((one) => one.toFixed(2)).join(", ")}`);
  return "By how strongly trade answers: " + (found.length ? found.join("; ") : "no side's gain turns its sign");
}

function full(whole) {
  const gains = table.parties.map((party) => `${name(party)} ${billions(whole.gains[party])}`).join(", ");
  const differ = whole.same_sign ? `at most ${billions(whole.apart_musd).replace("+", "")} billion apart` : "and there a side's sign differs: trust the full table";
  at("full").textContent = `On the full table: ${gains} billion dollars over no deal, ${differ}.`;
}

/** What the package is worth to each side, and why. */
function worth(found) {
  const told = found.explained;
  at("against").textContent = `Billion dollars a year in the long run (year ten), in the economy of ${table.base_year ?? "a year the table does not tell"}; as known on ${found.as_of}.`;
  const crossed = told.crosses.map((id) => table.red_lines.find((one) => one.id === id)).filter(Boolean);
  const broken = told.possible ? [] : [element("p", { class: "crossed" }, "It takes apart what only goes together.")];
  at("crossed").replaceChildren(...broken, ...crossed.map((one) => {
    const words = one.statements.map(said).filter(Boolean);
    return element("div", { class: "crossed" }, element("p", {}, `Crosses a red line of ${name(one.party)}: ${one.title} (${one.status})`), words.length ? element("ul", { class: "said" }, ...words) : null);
  }));
  at("gains").replaceChildren(...table.parties.map((party) => element("div", { class: "gain " + (told.gains[party] < 0 ? "loss" : "") },
    element("h3", {}, name(party)),
    element("p", { class: "big", "data-gain": party }, billions(told.gains[party])), element("p", { class: "note" }, "over no deal"),
    element("p", { "data-today": party }, billions(told.over_status_quo[party])), element("p", { class: "note" }, "over today"))));
  const names = table.parties.map(name);
  const named = table.positions.map((one) => ({ ...one, gains: table.frontier.find((point) => written(point.options) === written({ ...state.options, ...one.options }))?.gains })).filter((one) => one.gains);
  at("frontier-head").textContent = told.better_for_all ? "Every side gains over no deal" : "Not every side gains over no deal";
  at("frontier").replaceChildren(table.parties.length > 1 ? frontier(table.frontier.map((one) => one.gains), told.gains, named, table.parties.slice(0, 2), names) : "");
  const shares = table.issues.map((one) => [one.title, ...table.parties.map((party) => told.issues[one.id] === null ? "not priced" : [billions(told.issues[one.id][party]), told.issues[one.id][party]])]);
  at("shares").replaceChildren(sortable(["Issue", ...names], shares, "Gains over no deal by issue, billion USD a year (Shapley value)"));
  at("rests").textContent = `World ${found.world}, run ${found.rerun}.`;
}

/** What it does to jobs, prices, trades, sectors and everybody else. */
function follows(does) {
  at("labour").replaceChildren(sortable(["Side", "Jobs, %", "Prices over wages, %"], table.parties.map((party) => [name(party), [signed(does.labour[party].employment, 3), does.labour[party].employment], [signed(does.labour[party].prices_over_wages, 3), does.labour[party].prices_over_wages]]),
    `Against no deal, where hours answer to real wages with an elasticity of ${does.labour_supply} (assumption)`));
  at("flows").replaceChildren(sortable(["Trade", "No deal, bn USD", "This package", "Units"], does.flows.map((one) => [one.title, one.before_musd === null ? "not told apart" : [(one.before_musd / 1000).toFixed(1), one.before_musd], one.after_musd === null ? "not told apart" : [(one.after_musd / 1000).toFixed(1), one.after_musd], one.unit ? [`${count(one.before_units)} to ${count(one.after_units)} ${one.unit}`, one.after_units] : "not counted"]), "A year, before the duty"));
  at("sectors").replaceChildren(...table.parties.map((party) => {
    const rows = [...does.sectors[party].win, ...does.sectors[party].lose].map((one) => [one.name, [billions(one.musd), one.musd]]);
    return sortable(["Sector", "bn USD"], rows, `${name(party)}: real value added against no deal`);
  }));
  const others = does.countries.map((one) => [one.name, [billions(one.musd), one.musd], [signed(one.percent, 3), one.percent]]);
  at("others").replaceChildren(sortable(["Economy", "bn USD a year", "% of income"], others, "Gain over no deal, every economy of the table"));
}

/** What the side whose key is in the address counts, which the other side's page never has. */
async function own(mine, signal) {
  const given = new URLSearchParams(location.hash.slice(1)), party = given.get("side"), key = given.get("key");
  at("own").hidden = !party;
  if (!party) return;
  const found = await ask(`${base()}/sides/${encodeURIComponent(party)}/package?${query(state.options)}`, { signal, headers: { "X-Kosho-Side": key || "" } });
  if (mine !== shown) return;
  at("own-told").textContent = `${name(party)}, with its own weights: ${billions(found.gain)} billion dollars over no deal, ${billions(found.over_status_quo)} over today.`;
  at("own-crossed").replaceChildren(...found.crosses.map((one) => element("li", {}, `Crosses your own red line: ${one}`)));
}

/** What was proposed at this table, the latest first. */
async function log() {
  const found = (await ask(`${base()}/proposals${state.asOf ? `?as_of=${state.asOf}` : ""}`)).proposals;
  at("log").replaceChildren(...found.reverse().map((one) => {
    const changed = table.issues.filter((issue) => one.options[issue.id] !== issue.fallback).map((issue) => issue.options.find((option) => option.id === one.options[issue.id]).title);
    const press = element("button", { type: "button" }, "Show");
    press.addEventListener("click", () => move(one.options));
    return element("li", {}, `${one.at.slice(0, 16).replace("T", " ")} UTC, ${name(one.by)}: ${changed.join("; ") || "nothing changes"}${one.note ? ` (${one.note})` : ""} `, press);
  }));
  at("log-away").hidden = !found.length;
  at("log-away").href = `${base()}/proposals/export`;
}

async function propose(event) {
  event.preventDefault();
  try {
    const body = JSON.stringify({ by: at("by").value, options: state.options, note: at("note").value });
    await ask(`${base()}/proposals${state.asOf ? `?as_of=${state.asOf}` : ""}`, { method: "POST", headers: { "content-type": "application/json" }, body });
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
  const found = await Promise.all(all.map((one) => ask(`${base()}/package?${new URLSearchParams({ ...(state.asOf ? { as_of: state.asOf } : {}), options: one })}`)));
  if (mine !== shown) return;
  const heads = ["Issue", ...all.map((_, k) => k ? `Kept ${k}` : "This")];
  const rows = table.issues.map((issue) => [issue.title, ...found.map((one) => issue.options.find((option) => option.id === one.options[issue.id]).title)]);
  for (const party of table.parties) rows.push([`${name(party)}, over no deal`, ...found.map((one) => billions(one.explained.gains[party]))]);
  at("kept-table").replaceChildren(sortable(heads, rows, "Packages side by side, billion USD a year"));
}

function stopDrawing() {
  if (drawing) fetch(`/api/v1/draws/${drawing}`, { method: "DELETE" });
  drawing = null;
  at("drawing").hidden = true;
  at("drawn").textContent = "";
  at("fan").replaceChildren();
}

async function draw() {
  stopDrawing();
  const mine = shown;
  try {
    let found = await ask(`${base()}/draws?${query(state.options)}&draws=100`, { method: "POST" });
    drawing = found.id;
    at("drawing").hidden = false;
    while (found.state === "running") {
      const parts = /(\d[\d,]*) of (\d[\d,]*)/.exec(found.progress);
      at("drawing").value = parts ? Number(parts[1]) / Number(parts[2]) : 0;
      at("drawn").textContent = found.progress;
      await new Promise((next) => setTimeout(next, 400));
      if (mine !== shown) return;
      found = await ask(`/api/v1/draws/${found.id}`);
    }
    if (mine !== shown) return;
    at("drawing").hidden = true;
    if (found.state !== "done") throw new Error(found.detail || "The draws were stopped.");
    drawing = null;
    const share = Math.round(100 * found.result.all_gain);
    at("drawn").textContent = `Every side gains in ${share} of 100 draws of all that is uncertain. Bars: the middle 90 of 100; the line is their median.`;
    at("fan").replaceChildren(fan(found.result, table.parties, table.parties.map(name)));
  } catch (error) {
    if (mine === shown) problem(error);
  }
}

at("where").addEventListener("submit", (event) => {
  event.preventDefault();
  const day = at("as-of").value, other = at("case").value;
  location.assign(`/?${new URLSearchParams({ case: other, ...(day && (other === state.case) ? { as_of: day } : {}) })}`);
});
at("case").addEventListener("change", () => location.assign(`/?${new URLSearchParams({ case: at("case").value })}`));
at("undo").addEventListener("click", () => history.back());
at("keep").addEventListener("click", () => {
  const mine = written(state.options);
  if (!state.kept.includes(mine)) state.kept = [mine, ...state.kept].slice(0, 3);
  toAddress(true);
  side(shown);
});
at("draw").addEventListener("click", draw);
at("propose").addEventListener("submit", propose);
at("issues").addEventListener("submit", (event) => event.preventDefault());
addEventListener("popstate", () => {
  const before = [state.case, state.asOf].join();
  fromAddress();
  if (before !== [state.case, state.asOf].join()) { open(); return; }
  at("undo").disabled = !history.state?.deep;
  state.options = { ...Object.fromEntries(table.issues.map((one) => [one.id, one.fallback])), ...state.options };
  show();
});

fromAddress();
open();
