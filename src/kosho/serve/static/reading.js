// A document dropped on the page: its drafts marked in place, accepted or rejected, taken away as files.

import { element } from "./figures.js";
import { _, ask, at, keep, told } from "./words.js";

const state = { found: null, decisions: {}, steps: [], base: "", current: null };
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
      element("p", {}, element("strong", {}, `${one.type}, ${one.modality}`), " ", element("q", {}, one.quote.length > 240 ? `${one.quote.slice(0, 240)} …` : one.quote)),
      element("p", { class: "note" }, fields),
      ...one.like.map((line) => element("p", { class: "like" }, line)),
      one.recorded ? element("p", { class: "like" }, _("in the record already")) : null,
      element("p", { class: "row" }, button(_("Accept"), "accepted"), button(_("Reject"), "rejected"), where(one)));
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

function decide(key, value) {
  state.steps.push([key, state.decisions[key]]);
  state.decisions[key] = value;
  draw();
  at(`draft-${key}`).querySelector(`[data-decision="${value === "pending" ? "accepted" : value}"]`).focus();
}

function undo() {
  const [key, before] = state.steps.pop();
  state.decisions[key] = before;
  draw();
}

async function take(made) {
  problem("");
  const rows = state.found.drafts.map((one) => ({
    doc: one.doc, type: one.type, modality: one.modality, fields: one.fields, quote: one.quote, start: one.start, end: one.end,
    proposed_by: one.proposed_by || null, decision: state.decisions[one.key] }));
  const body = JSON.stringify({ name: state.found.name, text: state.found.text, drafts: rows });
  try {
    const answer = await ask(`${state.base}/decided/${made}`, { method: "POST", headers: { "content-type": "application/json" }, body });
    keep(await answer.blob(), `${made}.yaml`);
  } catch (error) {
    problem(error.message);
  }
}
