// How numbers and times are said, and how elements are made. What comes from events is put in as text, never as markup.

export const $ = (id) => document.getElementById(id);

export const count = (n) => (n ?? 0).toLocaleString("en", { maximumFractionDigits: n < 10 ? 1 : 0 });
export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;
export const seconds = (s) => s == null ? "–" : s < 0.0995 ? `${+(s * 1000).toPrecision(2)} ms` : s < 10 ? `${s.toFixed(1)} s`
  : s < 120 ? `${Math.round(s)} s` : s < 7200 ? `${Math.floor(s / 60)} min`
  : s < 172800 ? `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min` : `${Math.floor(s / 86400)} d ${Math.floor(s / 3600) % 24} h`;
export const time = (ms) => new Date(ms).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Lists of whole numbers in few words: 0–31, 40. */
export function spans(numbers) {
  const parts = [];
  for (const n of [...numbers].sort((a, b) => a - b)) {
    const last = parts[parts.length - 1];
    if (last && n === last[1] + 1) last[1] = n; else parts.push([n, n]);
  }
  return parts.map(([a, b]) => a === b ? `${a}` : `${a}–${b}`).join(", ");
}

export function el(name, text, className) {
  const element = document.createElement(name);
  if (text != null) element.textContent = text;
  if (className) element.className = className;
  return element;
}
export function set(element, text) { if (element.textContent !== text) element.textContent = text; }

// The dispatcher's clock, as far ahead of this one's.
let offset = 0;
export function clockIs(ms) { offset = ms - Date.now(); }
const now = () => Date.now() + offset;

/** A text that tells how long ago something was, or how soon it will be, and goes on doing so. */
export function age(element, ms, past = "", future = "in ") {
  element.dataset.at = ms; element.dataset.past = past; element.dataset.future = future; element.title = time(ms);
  tell(element);
}
function tell(element) {
  const s = (now() - element.dataset.at) / 1000;
  set(element, s >= 0 ? seconds(s) + element.dataset.past : element.dataset.future + seconds(-s));
}
setInterval(() => document.querySelectorAll("[data-at]").forEach(tell), 1000);
