"use strict";
// Everything that comes from events is put in as text, never as markup.
const $ = (id) => document.getElementById(id);
const state = { now: null, samples: [], held: { rows: [], more: false }, page: null, readModel: null };
let token = "", operator = "", shown = null, offset = 0;

// Words

const count = (n) => (n ?? 0).toLocaleString("en", { maximumFractionDigits: n < 10 ? 1 : 0 });
const seconds = (s) => s == null ? "–" : s < 0.0995 ? `${+(s * 1000).toPrecision(2)} ms` : s < 10 ? `${s.toFixed(1)} s`
  : s < 120 ? `${Math.round(s)} s` : s < 7200 ? `${Math.floor(s / 60)} min`
  : s < 172800 ? `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min` : `${Math.floor(s / 86400)} d ${Math.floor(s / 3600) % 24} h`;
const now = () => Date.now() + offset;
const time = (ms) => new Date(ms).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
const spans = (numbers) => {
  const parts = [];
  for (const n of [...numbers].sort((a, b) => a - b)) {
    const last = parts[parts.length - 1];
    if (last && n === last[1] + 1) last[1] = n; else parts.push([n, n]);
  }
  return parts.map(([a, b]) => a === b ? `${a}` : `${a}–${b}`).join(", ");
};

function el(name, text, className) {
  const element = document.createElement(name);
  if (text != null) element.textContent = text;
  if (className) element.className = className;
  return element;
}
function set(element, text) { if (element.textContent !== text) element.textContent = text; }
/** A text that tells how long ago something was, or how soon it will be, and goes on doing so. */
function age(element, ms, past = "", future = "in ") {
  element.dataset.at = ms; element.dataset.past = past; element.dataset.future = future; element.title = time(ms);
  tellAge(element);
}
function tellAge(element) {
  const s = (now() - element.dataset.at) / 1000;
  set(element, s >= 0 ? seconds(s) + element.dataset.past : element.dataset.future + seconds(-s));
}
setInterval(() => document.querySelectorAll("[data-at]").forEach(tellAge), 1000);

// Tables: rows are kept by key, so that what has the focus keeps it.

function table(body, rows, key, cells) {
  const labels = [...body.parentElement.tHead.rows[0].cells].map((cell) => cell.textContent);
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
      for (const label of labels) { const cell = el("td"); cell.dataset.label = label; row.append(cell); }
    }
    if (row === next) next = row.nextElementSibling; else body.insertBefore(row, next);
    cells(item, [...row.cells], row);
  }
}
function button(cell, text, action) {
  let element = cell.querySelector("button");
  if (!element) { element = el("button"); cell.append(element); }
  set(element, text);
  element.onclick = action;
  return element;
}

// Sections

const show = {
  now(data) {
    state.now = data;
    offset = data.at - Date.now();
    set($("instance"), data.instance);
    const troubles = data.troubles;
    const key = JSON.stringify(troubles);
    if ($("troubles").dataset.key !== key) {
      $("troubles").dataset.key = key;
      $("troubles").replaceChildren(...(troubles.length ? troubles.map((trouble) => {
        const item = el("li", null, trouble.severity);
        item.dataset.id = trouble.id;
        item.append(el("b", trouble.title), el("span", trouble.detail));
        const advice = el("div");
        advice.append(el("code", trouble.id));
        if (trouble.remedy) advice.append(" · ", trouble.remedy);
        item.append(advice);
        return item;
      }) : [el("li", "Nothing that is seen from here.")]));
      document.title = troubles.length ? `(${troubles.length}) outbox` : "outbox";
    }
    arrow("claim", `${count(data.claimRate)}/s`, `${count(data.backlog)} waiting`, data.backlog ? `oldest ${seconds(data.oldestAge)}` : "");
    arrow("publish", `${count(data.publishRate)}/s`, `${count(data.producerQueue)} in flight`, `p50 ${seconds(data.p50)}, p99 ${seconds(data.p99)}`);
    set($("stage-outbox"), `${count(data.held)} on hold, ${count(data.parked)} parked`);
    set($("stage-lanes"), `${data.lanesOwned} here`);
    set($("held-count"), data.held ? `${count(data.held)} aggregates, ${count(data.parked)} parked` : "");
    $("operator").hidden = !data.hasOperators;
    operators();
    set($("foot"), data.hasOperators ? "" : "Read-only: OUTBOX_OPERATOR_TOKEN is not set.");
  },
  samples(data) {
    state.samples = data;
    chart("delay", [3, 4], seconds, (last) => `p50 ${seconds(last[3])}, p99 ${seconds(last[4])}`);
    chart("rate", [1], count, (last) => `${count(last[1])} per second`);
    chart("backlog", [2], count, (last) => `${count(last[2])} waiting`);
  },
  held(data) { state.held = data; held(); },
  lanes(data) {
    const rows = data.dispatchers.map((d) => ({ ...d, all: d.lanes.concat(d.expired) }));
    if (data.unowned.length) rows.push({ instance: "nobody", state: "", lanes: data.unowned, all: data.unowned, none: true });
    table($("lane-rows"), rows, (row) => row.instance, (row, cells, line) => {
      set(cells[0], row.instance + (state.now && row.instance === state.now.instance ? " (this one)" : ""));
      set(cells[1], row.state);
      set(cells[2], `${row.lanes.length} of ${data.count}`);
      cells[2].className = "n";
      set(cells[3], spans(row.all));
      set(cells[4], row.lowestEpoch == null ? "" : row.lowestEpoch === row.highestEpoch ? `${row.lowestEpoch}` : `${row.lowestEpoch}–${row.highestEpoch}`);
      if (row.leaseUntil) age(cells[5], row.leaseUntil, " ago"); else { delete cells[5].dataset.at; set(cells[5], ""); }
      line.className = row.none || row.state === "gone" ? "bad" : "";
    });
    set($("stage-topics"), state.now ? `${data.dispatchers.filter((d) => d.state === "live").length} dispatching` : "");
  },
  consumers(data) {
    set($("consumers-unseen"), data.unseen ?? "");
    $("consumers-table").hidden = !data.rows.length;
    table($("consumer-rows"), data.rows, (row) => `${row.group} ${row.topic}`, (row, cells) => {
      set(cells[0], row.group); set(cells[1], row.topic); set(cells[2], count(row.lag));
      set(cells[3], row.rate == null ? "–" : count(row.rate));
      cells[2].className = cells[3].className = "n";
    });
    const groups = new Set(data.rows.map((row) => row.group));
    const lag = data.rows.reduce((sum, row) => sum + row.lag, 0);
    const rate = data.rows.reduce((sum, row) => sum + (row.rate ?? 0), 0);
    if (data.rows.length) arrow("consume", `${count(rate)}/s`, `${count(lag)} behind`); else arrow("consume", "not seen from here");
    set($("stage-consumers"), groups.size ? [...groups].join(", ") : "");
  },
  readModel(data) {
    state.readModel = data;
    const last = data.delays[data.delays.length - 1];
    arrow("cache", last ? `p50 ${seconds(last[1])}, p99 ${seconds(last[2])}` : "", data.staleAnswers == null ? "not seen from here" : `${count(data.staleAnswers)} to refresh`);
    chart("cache", [1, 2], seconds, (last) => `p50 ${seconds(last[1])}, p99 ${seconds(last[2])}`, data.delays, data.unseen ?? "Nothing was applied lately.");
    deadLetters(data);
  },
  audit(data) {
    set($("audit-unseen"), data.unseen ?? (data.rows.length ? "" : "Nothing yet."));
    $("audit-table").hidden = !data.rows.length;
    table($("audit-rows"), data.rows, (row) => `${row.at} ${row.actor} ${row.action}`, (row, cells) => {
      age(cells[0], row.at, " ago");
      set(cells[1], row.actor); set(cells[2], row.action);
      const name = row.aggregateType ? `${row.aggregateType}:${row.aggregateID}` : "";
      set(cells[3], row.events > 1 ? `${count(row.events)} events${name ? `, ${name} among them` : ""}` : name);
      set(cells[4], row.reason ?? "");
    });
  },
};

function arrow(name, ...lines) {
  const spans = lines.filter(Boolean);
  const element = $(`arrow-${name}`);
  while (element.children.length > spans.length) element.lastChild.remove();
  spans.forEach((line, i) => { if (!element.children[i]) element.append(el("span")); set(element.children[i], line); });
}

function deadLetters(data) {
  const rows = data.deadLetters;
  set($("dead-unseen"), data.unseen ?? (rows.length ? "" : "None."));
  set($("dead-count"), rows.length ? count(rows.length) : "");
  $("dead-table").hidden = !rows.length;
  table($("dead-rows"), rows, (row) => `${row.consumer} ${row.topic} ${row.partition} ${row.aggregateType}:${row.aggregateID}`, (row, cells) => {
    set(cells[0], `${row.aggregateType}:${row.aggregateID}`);
    set(cells[1], row.consumer);
    set(cells[2], row.dead ? "waits for you" : "is retried");
    age(cells[3], row.heldAt);
    set(cells[4], count(row.attempts)); set(cells[5], count(row.waiting));
    cells[4].className = cells[5].className = "n";
    set(cells[6], row.reason);
    const again = button(cells[7], "Redrive", () => change("redrive", { consumer: row.consumer, aggregateType: row.aggregateType, aggregateID: row.aggregateID }, $("operator-state")));
    again.hidden = !token;
  });
}

function chart(name, columns, format, words, samples = state.samples, none = "Nothing yet.") {
  const svg = $(`chart-${name}`);
  const values = samples.flatMap((s) => columns.map((c) => s[c])).filter((v) => v != null);
  const most = Math.max(...values, 0);
  const end = samples.length ? samples[samples.length - 1][0] : 0;
  const lines = [];
  columns.forEach((column, i) => {
    // Where nothing was measured the line has a gap.
    let points = [];
    const flush = () => {
      if (points.length > 1) {
        const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
        line.setAttribute("points", points.join(" "));
        line.setAttribute("class", i ? "b" : "a");
        lines.push(line);
      }
      points = [];
    };
    for (const sample of samples) {
      if (sample[column] == null) { flush(); continue; }
      points.push(`${(320 - (end - sample[0]) / 900000 * 320).toFixed(1)},${(94 - (most ? sample[column] / most : 0) * 90).toFixed(1)}`);
    }
    flush();
  });
  svg.replaceChildren(...lines);
  const last = [...samples].reverse().find((s) => columns.some((c) => s[c] != null));
  const text = last ? `${words(last)}; highest ${format(most)}` : none;
  svg.setAttribute("aria-label", text);
  set($(`text-${name}`), text);
}

function held() {
  const page = state.page ?? state.held;
  table($("held-rows"), page.rows, (row) => row.sequence, (row, cells) => {
    button(cells[0], `${row.aggregateType}:${row.aggregateID}`, () => open(row));
    set(cells[1], row.eventType);
    if (row.parked) { delete cells[2].dataset.at; set(cells[2], "parked"); cells[2].className = "bad"; }
    else { age(cells[2], row.until, " overdue", "retried in "); cells[2].className = ""; }
    age(cells[3], row.since);
    set(cells[4], count(row.attempts));
    set(cells[5], row.waiting == null ? "…" : count(row.waiting));
    cells[4].className = cells[5].className = "n";
    set(cells[6], row.reason ?? "");
  });
  if (!page.rows.length) {
    const line = el("tr"); line.dataset.key = "none";
    const cell = el("td", state.page ? "No more." : "No aggregate is on hold."); cell.colSpan = 7;
    line.append(cell); $("held-rows").append(line);
  }
  $("held-newest").hidden = !state.page;
  $("held-more").hidden = !page.more;
  operators();
}

$("held-more").onclick = async () => {
  const rows = (state.page ?? state.held).rows;
  if (!rows.length) return;
  const answer = await fetch(`/console/held?before=${rows[rows.length - 1].sequence}`);
  if (!answer.ok) return;
  state.page = await answer.json();
  held();
  $("held").focus();
};
$("held-newest").onclick = () => { state.page = null; held(); $("held").focus(); };

// An event

async function open(row) {
  shown = row;
  set($("event-title"), `${row.eventType} of ${row.aggregateType}:${row.aggregateID}`);
  set($("event-payload"), "…"); set($("event-headers"), "…"); set($("event-state"), "");
  $("event-facts").replaceChildren();
  $("event-reason").value = "";
  resetDiscard();
  operators();
  if (!$("event").open) $("event").showModal();
  const answer = await fetch(`/console/event/${row.sequence}`, token ? { headers: { Authorization: `Bearer ${token}` } } : {});
  if (shown !== row) return;
  const event = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    set($("event-payload"), event.error ?? "No answer."); set($("event-headers"), "");
    return;
  }
  set($("event-payload"), event.payload + (event.isCut ? "\n… (cut)" : ""));
  set($("event-headers"), event.headers);
  const facts = [["Event id", event.eventID], ["Sequence", event.sequence], ["Written", time(event.createdAt)],
    ["Tries", event.attempts], ["Parked", event.parkedAt && time(event.parkedAt)],
    ["Published", event.publishedAt && time(event.publishedAt)], ["Reason", event.reason]];
  $("event-facts").replaceChildren(...facts.filter(([, v]) => v != null && v !== "").flatMap(([k, v]) => [el("dt", k), el("dd", v)]));
}
$("event-close").onclick = () => $("event").close();
$("event").addEventListener("close", () => { shown = null; });

// Operators

function operators() {
  $("retry-all").hidden = !token || !state.now || !state.now.parked;
  $("event-actions").hidden = !token || !shown || shown.isDecided;
  if (shown) {
    $("do-retry").hidden = $("do-discard").hidden = !shown.parked;
    $("do-release").hidden = shown.parked;
  }
}

async function post(path, body, secret = token) {
  const answer = await fetch(`/console/${path}`, {
    method: "POST", headers: { "Content-Type": "application/json", Authorization: `Bearer ${secret}` }, body: JSON.stringify(body),
  });
  const text = await answer.text();
  let data = {};
  try { data = JSON.parse(text); } catch { /* Nothing to read. */ }
  return { ok: answer.ok, status: answer.status, data };
}

$("operator-form").onsubmit = async (submitted) => {
  submitted.preventDefault();
  const secret = $("operator-token").value;
  const answer = await post("operator", {}, secret).catch(() => ({ ok: false, data: { error: "No answer." } }));
  if (!answer.ok) {
    token = "";
    set($("operator-state"), answer.data.error ?? "Refused.");
  } else {
    token = secret; operator = $("operator-name").value;
    $("operator-token").value = "";
    set($("operator-state"), `You act as ${operator}. What you do is recorded.`);
  }
  operators(); held();
  if (state.readModel) deadLetters(state.readModel);
};

async function change(path, body, told) {
  set(told, "…");
  const answer = await post(path, { operator, ...body }).catch(() => ({ ok: false, data: { error: "No answer." } }));
  if (answer.status === 401) { token = ""; operators(); }
  set(told, answer.ok ? `Done: ${count(answer.data.count)}.` : answer.data.error ?? "Refused.");
  if (answer.ok && state.page) { state.page = null; held(); }
  return answer.ok;
}
async function decide(path) {
  if (!shown) return;
  const reason = $("event-reason").value;
  if (path === "discard" && !reason.trim()) { set($("event-state"), "Say why: the audit keeps it."); $("event-reason").focus(); return; }
  const done = await change(path, { eventID: shown.eventID, reason }, $("event-state"));
  if (done && shown) { shown = { ...shown, isDecided: true }; operators(); }
}
$("do-retry").onclick = () => decide("retry");
$("do-release").onclick = () => decide("release");
function resetDiscard() { $("do-discard").dataset.sure = ""; set($("do-discard"), "Discard"); }
$("do-discard").onclick = () => {
  if ($("do-discard").dataset.sure) { resetDiscard(); decide("discard"); return; }
  $("do-discard").dataset.sure = "yes"; set($("do-discard"), "Discard for good?");
};
$("retry-all").onclick = () => {
  const all = $("retry-all");
  if (!all.dataset.sure) { all.dataset.sure = "yes"; set(all, "Retry all, really?"); return; }
  all.dataset.sure = ""; set(all, "Retry all that are parked");
  change("retry", { all: true }, $("operator-state"));
};

// The link: events as they come; where those can't be had, a question now and then.

function link(kind, text) { $("link").className = `link ${kind}`; set($("link"), text); }
function apply(section, data) { if (show[section]) show[section](data); }
let lastHeard = 0;

async function ask() {
  try {
    const answer = await fetch("/console/state");
    if (!answer.ok) throw new Error();
    const all = await answer.json();
    for (const [section, data] of Object.entries(all)) apply(section, data);
    lastHeard = Date.now();
    link("live", "asked every 5 s");
  } catch { link("lost", "no answer from the dispatcher"); }
}

let source = null, polling = null;
function listen() {
  source?.close();
  source = new EventSource("/console/events");
  for (const section of Object.keys(show)) {
    source.addEventListener(section, (event) => {
      if (polling) { clearInterval(polling); polling = null; }
      lastHeard = Date.now();
      link("live", "live");
      apply(section, JSON.parse(event.data));
    });
  }
  source.onerror = () => {
    link("lost", "no answer from the dispatcher");
    if (!polling) { ask(); polling = setInterval(ask, 5000); }
    // Refused for good: the browser does not try again by itself.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 15000);
  };
}
setInterval(() => { if (lastHeard && Date.now() - lastHeard > 12000) link("lost", `last heard ${seconds((Date.now() - lastHeard) / 1000)} ago`); }, 1000);
// A page that nobody sees costs nothing.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) { source?.close(); source = null; clearInterval(polling); polling = null; lastHeard = 0; link("", "paused"); } else listen();
});
listen();
