// A document dropped on the page: its drafts marked in place, accepted or rejected, taken away as files.

import { element } from "./figures.js";
import { _, ask, at, keep, told } from "./words.js";

const state = { found: null, decisions: {}, steps: [], base: "", editing: null };
const LARGEST = 20_000_000;

/** Listen to what is dropped; `base` gives the address of the table. */
export function begin(base) {
  const spot = at("drop"), choose = at("document");
  for (const name of ["dragover", "dragleave", "drop"]) {
    spot.addEventListener(name, (event) => {
      event.preventDefault();
      spot.classList.toggle("over", name === "dragover");
      if (name === "drop" && event.dataTransfer.files.length) read(base(), event.dataTransfer.files[0]);
    });
  }
  choose.addEventListener("change", () => { if (choose.files.length) read(base(), choose.files[0]); });
  at("unread").addEventListener("click", undo);
  for (const made of ["drafts", "record"]) at(`take-${made}`).addEventListener("click", () => take(made));
}

async function read(base, file) {
  state.base = base;
  problem("");
  if (file.size > LARGEST) { problem(_("The document is larger than {size} MB.", { size: LARGEST / 1e6 })); return; }
  at("reading").textContent = _("Reading {name} …", { name: file.name });
  try {
    const name = encodeURIComponent(file.name);
    state.found = await told(`${base}/read?name=${name}`, { method: "POST", body: file, headers: { "content-type": "application/octet-stream" } });
  } catch (error) {
    at("reading").textContent = "";
    problem(error.message);
    return;
  }
  state.decisions = Object.fromEntries(state.found.drafts.map((one) => [one.key, one.recorded ? "accepted" : "pending"]));
  state.steps = [];
  state.editing = null;
  const count = state.found.drafts.length;
  at("reading").textContent = count ? _("{name}: {count} drafts. Nothing enters a record without you.", { name: state.found.name, count })
    : _("{name}: nothing was found in it; that is no sign that nothing is in it.", { name: state.found.name });
  at("read").hidden = false;
  mark();
  draw();
}

function problem(text) {
  at("read-problem").hidden = !text;
  at("read-problem").textContent = text;
}

/** The text with the quotes of drafts marked; of two that overlap the one that begins first. */
function mark() {
  const letters = Array.from(state.found.text), pieces = [];
  let position = 0;
  for (const one of [...state.found.drafts].filter((draft) => draft.type !== "document").sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (one.start < position) continue;
    pieces.push(letters.slice(position, one.start).join(""));
    const spot = element("mark", { id: `quote-${one.key}`, tabindex: "0", "data-key": one.key }, letters.slice(one.start, one.end).join(""));
    spot.addEventListener("focus", () => pick(one.key));
    spot.addEventListener("click", () => at(`draft-${one.key}`)?.scrollIntoView({ block: "nearest" }));
    pieces.push(spot);
    position = one.end;
  }
  pieces.push(letters.slice(position).join(""));
  at("text").replaceChildren(...pieces);
}

function pick(key) {
  for (const one of document.querySelectorAll("[data-key]")) one.classList.toggle("picked", one.dataset.key === key);
}

function draw() {
  at("drafts").replaceChildren(...state.found.drafts.map((one) => {
    const decision = state.decisions[one.key];
    const button = (label, value) => {
      const press = element("button", { type: "button", "aria-pressed": String(decision === value), "data-decision": value }, label);
      press.addEventListener("click", () => decide(one.key, decision === value ? "pending" : value));
      return press;
    };
    const fields = Object.entries(one.fields).map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(" ") : value}`).join(", ");
    const item = element("li", { id: `draft-${one.key}`, class: `draft ${decision}`, "data-key": one.key },
      element("p", {}, element("strong", {}, [one.kind, one.certainty].join(_(", "))), " ", element("q", {}, one.quote.length > 240 ? `${one.quote.slice(0, 240)} …` : one.quote)),
      element("p", { class: "note" }, fields),
      ...one.like.map((line) => element("p", { class: "like" }, line)),
      one.recorded ? element("p", { class: "like" }, _("in the record already")) : null,
      state.editing === one.key ? form(one) : null,
      element("p", { class: "row" }, button(_("Accept"), "accepted"), button(_("Reject"), "rejected"), one.recorded ? null : editor(one), where(one)));
    item.addEventListener("focusin", () => pick(one.key));
    return item;
  }));
  const decided = Object.values(state.decisions);
  at("unread").disabled = !state.steps.length;
  at("take-record").disabled = !decided.includes("accepted");
  at("decided").textContent = _("{accepted} accepted, {rejected} rejected, {left} to decide on.", {
    accepted: decided.filter((one) => one === "accepted").length, rejected: decided.filter((one) => one === "rejected").length, left: decided.filter((one) => one === "pending").length });
}

function where(one) {
  const spot = document.getElementById(`quote-${one.key}`);
  if (!spot) return null;
  const press = element("button", { type: "button" }, _("Show in the text"));
  press.addEventListener("click", () => { spot.scrollIntoView({ block: "center" }); pick(one.key); });
  return press;
}

/** A value as it is typed: a list in brackets, as YAML has it. */
function typed(value) {
  return Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
}

function editor(one) {
  const press = element("button", { type: "button", "aria-expanded": String(state.editing === one.key), "data-edit": one.key }, _("Edit"));
  press.addEventListener("click", () => {
    state.editing = state.editing === one.key ? null : one.key;
    draw();
    (at(`draft-${one.key}`).querySelector(state.editing ? "input" : "[data-edit]")).focus();
  });
  return press;
}

/** What a draft says, to be changed: its type and its fields in words, how sure it is, and a field more. */
function form(one) {
  const line = (name, value) => element("label", {}, `${name} `, element("input", { name, value: typed(value), autocomplete: "off", maxlength: "2000" }));
  const sure = element("select", { name: "modality" }, ...Object.entries(state.found.modalities).map(([value, said]) => {
    const option = element("option", { value }, said);
    option.selected = value === one.modality;
    return option;
  }));
  const more = element("input", { name: "", autocomplete: "off", maxlength: "2000", placeholder: "to=USA", "aria-label": _("One field more, as field=value") });
  const wrong = element("p", { class: "problem", role: "alert", hidden: "" });
  const sheet = element("form", { class: "edit" }, line("type", one.type), element("label", {}, "modality ", sure),
    ...Object.entries(one.fields).map(([name, value]) => line(name, value)), element("label", {}, `${_("One field more, as field=value")} `, more), wrong,
    element("p", { class: "row" }, element("button", { type: "submit" }, _("Keep the changes"))));
  sheet.addEventListener("submit", (event) => {
    event.preventDefault();
    const was = { type: one.type, modality: one.modality, ...one.fields }, changes = {};
    for (const input of sheet.querySelectorAll("[name]")) {
      if (input.name && input.value !== typed(was[input.name])) changes[input.name] = input.value;
    }
    const [name, ...value] = more.value.split("=");
    if (more.value.trim()) {
      if (!name.trim() || !value.length) { warn(wrong, _("Write field=value.")); return; }
      changes[name.trim()] = value.join("=");
    }
    edit(one, changes, wrong);
  });
  return sheet;
}

/** A draft as a body has it, with its key as it was read. */
function row(one) {
  return { doc: one.doc, type: one.type, modality: one.modality, fields: one.fields, quote: one.quote, start: one.start, end: one.end,
    proposed_by: one.proposed_by || null, key: one.key, decision: state.decisions[one.key] };
}

function warn(place, text) {
  place.textContent = text;
  place.hidden = false;
}

async function edit(one, changes, wrong) {
  const body = JSON.stringify({ name: state.found.name, text: state.found.text, draft: row(one), changes });
  wrong.hidden = true;
  try {
    const now = await told(`${state.base}/edited`, { method: "POST", headers: { "content-type": "application/json" }, body });
    if (!state.found.drafts.includes(one)) return; // another document was dropped meanwhile, or another edit came first
    state.steps.push([one.key, state.decisions[one.key], one]);
    state.found.drafts = state.found.drafts.map((each) => each === one ? { ...one, ...now } : each);
    state.editing = null;
    draw();
    at(`draft-${one.key}`).querySelector("[data-edit]").focus();
  } catch (error) {
    warn(wrong, error.message);
  }
}

function decide(key, value) {
  state.steps.push([key, state.decisions[key], state.found.drafts.find((one) => one.key === key)]);
  state.decisions[key] = value;
  draw();
  at(`draft-${key}`).querySelector(`[data-decision="${value === "pending" ? "accepted" : value}"]`).focus();
}

function undo() {
  const [key, before, draft] = state.steps.pop();
  state.decisions[key] = before;
  state.found.drafts = state.found.drafts.map((one) => one.key === key ? draft : one);
  state.editing = null;
  draw();
}

async function take(made) {
  problem("");
  const body = JSON.stringify({ name: state.found.name, text: state.found.text, drafts: state.found.drafts.map(row) });
  try {
    const answer = await ask(`${state.base}/decided/${made}`, { method: "POST", headers: { "content-type": "application/json" }, body });
    keep(await answer.blob(), `${made}.yaml`);
  } catch (error) {
    problem(error.message);
  }
}
