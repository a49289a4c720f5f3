import { el, set } from "./words.js";

/** Fills a table's body. Rows are kept by key, so that what has the focus keeps it. */
export function table(body, rows, key, cells) {
  const labels = [...body.parentElement.tHead.rows[0].cells].map((cell) => [cell.textContent, cell.className]);
  const known = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  const wanted = new Set(rows.map((item) => String(key(item))));
  for (const [id, row] of known) if (!wanted.has(id)) row.remove();
  let next = body.firstElementChild;
  for (const item of rows) {
    const id = String(key(item));
    let row = known.get(id);
    if (!row) {
      row = el("tr");
      row.dataset.key = id;
      for (const [label, className] of labels) { const cell = el("td", null, className); cell.dataset.label = label; row.append(cell); }
    }
    if (row === next) next = row.nextElementSibling; else body.insertBefore(row, next);
    cells(item, [...row.cells], row);
  }
}

/** The one element of a name in a cell, made when it is not there yet. */
export function part(cell, name, text, className = "") {
  let element = cell.querySelector(name);
  if (!element) { element = el(name); cell.append(element); }
  if (text != null) set(element, text);
  if (element.className !== className) element.className = className;
  return element;
}

/** Shows a table that has rows, and a sentence in its place otherwise. */
export function either(tableElement, sentence, rows, none) {
  tableElement.hidden = !rows.length;
  set(sentence, rows.length ? "" : none);
}
