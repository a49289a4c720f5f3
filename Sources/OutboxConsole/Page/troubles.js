import { $, capital, el, plural, set } from "./words.js";

// What is wrong, at the top, in words.

const colours = { good: "#12a150", warn: "#e0920b", fail: "#d92d20" };

export function verdict(data) {
  const key = JSON.stringify(data.findings);
  const errors = data.findings.filter((f) => f.severity === "error").length;
  const state = errors ? "fail" : data.findings.length ? "warn" : "good";
  set($("verdict-title"), errors ? `${plural(errors, "thing is", "things are")} wrong`
    : data.findings.length ? `Works, with ${plural(data.findings.length, "thing")} to look at`
    : data.backlog || data.publishRate ? "All is well: events flow" : "All is well: nothing waits");
  if ($("troubles").dataset.key === key) return;
  $("troubles").dataset.key = key;
  $("verdict").className = `verdict ${state}`;
  $("troubles").replaceChildren(...data.findings.map(card));
  document.title = data.findings.length ? `(${data.findings.length}) outbox` : "outbox";
  $("icon").href = "data:image/svg+xml," + encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="${colours[state]}"/></svg>`);
}

/** Nobody says how things are. */
export function unknown() {
  set($("verdict-title"), "This dispatcher does not answer");
  $("verdict").className = "verdict fail";
  $("troubles").dataset.key = "";
  $("troubles").replaceChildren(el("li", "What stands below is the last that was heard. Is its process running? Others take its lanes over when their leases end.", "error"));
  document.title = "(?) outbox";
}

function card(finding) {
  const item = el("li", null, finding.severity);
  item.dataset.id = finding.id;
  item.append(el("b", capital(finding.seen)));
  if (finding.why) item.append(el("p", finding.why, "quiet"));
  if (finding.advice) item.append(el("p", `${capital(finding.advice)}.`));
  for (const text of finding.commands) item.append(command(text));
  const foot = el("p", null, "quiet");
  foot.append("In the documentation: Troubles, ", el("code", finding.id));
  if (finding.seeAlso.length) foot.append(`; or it is ${finding.seeAlso.join(", ")}`);
  item.append(foot);
  return item;
}

function command(text) {
  const line = el("div", null, "command");
  line.append(el("code", text));
  // Only pages of this machine, or with TLS, may use the clipboard.
  if (navigator.clipboard) {
    const copy = el("button", "Copy");
    copy.setAttribute("aria-label", `Copy ${text}`);
    copy.onclick = async () => { await navigator.clipboard.writeText(text); set(copy, "Copied"); setTimeout(() => set(copy, "Copy"), 2000); };
    line.append(copy);
  }
  return line;
}
