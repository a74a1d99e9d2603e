// The language of the page: every text is written in English and said through `_`; other languages have a catalogue.

export const language = document.documentElement.lang;
const words = language === "en" ? {} : await (await fetch(`/static/words.json?lang=${language}`)).json();

/** A message in the language of the page, with its fields filled in. */
export function _(message, fields = {}) {
  return (words[message] || message).replace(/\{(\w+)\}/g, (whole, name) => (name in fields ? fields[name] : whole));
}

/** Names one after another. */
export function listed(names) {
  return names.join(language === "ja" ? "、" : ", ");
}

/** A number in percent, as the language sets it; the sign stays on its line. */
export function percent(text) {
  return `${text}${language === "ja" ? "" : "\u00a0"}%`;
}

export const at = (id) => document.getElementById(id);

/** An address with the language of the page. */
export function spoken(path) {
  return `${path}${path.includes("?") ? "&" : "?"}lang=${language}`;
}

/** The answer to a request, or an error that says what is wrong. */
export async function ask(path, settings = {}) {
  const answer = await fetch(spoken(path), settings);
  if (answer.ok) return answer;
  const found = await answer.json().catch(() => ({ detail: answer.statusText }));
  const more = (found.errors || []).map((one) => [one.field, one.message, one.hint].filter(Boolean).join(": "));
  throw new Error(more.length ? more.join("; ") : found.detail || found.title);
}

/** The answer as what its JSON says. */
export async function told(path, settings = {}) {
  return (await ask(path, settings)).json();
}

/** A day as people of the language write it; what is no whole day stays as it is. */
export function day(text) {
  if (!/^\d{4}-\d\d-\d\d$/.test(text || "")) return text || "";
  return new Date(`${text}T00:00:00Z`).toLocaleDateString(language === "en" ? "en-GB" : language, { dateStyle: "long", timeZone: "UTC" });
}

/** Let somebody keep a file. */
export function keep(content, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
