import { $, el, set, time } from "./words.js";
import { change, isOperator, onOperator, read, sure } from "./operator.js";

// One event: what it is, why it waits, and what may be done about it.

let shown = null;

/** An event that holds an aggregate in the outbox. */
export const openHeld = (row) => open({ ...row, path: `/console/event/${row.sequence}`, can: row.parked ? ["retry", "discard"] : ["release"] });

/** The first event of an aggregate that waits before a read model. */
export const openDead = (row) => open({
  ...row, path: `/console/dead?consumer=${encodeURIComponent(row.consumer)}&event=${row.eventID}`, can: ["redrive"],
});

async function open(row) {
  shown = row;
  set($("event-title"), `${row.eventType} of ${row.aggregateType}:${row.aggregateID}`);
  for (const name of ["payload", "headers"]) set($(`event-${name}`), "…");
  set($("event-state"), "");
  $("event-facts").replaceChildren();
  $("event-reason").value = "";
  actions();
  if (!$("event").open) $("event").showModal();
  let event = { error: "No answer from the dispatcher." }, ok = false;
  try { const answer = await read(row.path); ok = answer.ok; event = await answer.json(); } catch { /* Said below. */ }
  if (shown !== row) return;
  if (!ok) { set($("event-payload"), event.error ?? "No answer."); set($("event-headers"), ""); return; }
  set($("event-payload"), event.payload + (event.isCut ? "\n… (cut)" : ""));
  set($("event-headers"), event.headers);
  const facts = [["Reason", event.reason], ["Event id", event.eventID], ["Sequence", event.sequence], ["Topic", event.place],
    ["Consumer", row.consumer], ["Written", event.createdAt && time(event.createdAt)], ["Tries", event.attempts],
    ["Parked", event.parkedAt && time(event.parkedAt)], ["Published", event.publishedAt && time(event.publishedAt)]];
  $("event-facts").replaceChildren(...facts.filter(([, v]) => v != null && v !== "").flatMap(([k, v]) => [el("dt", k), el("dd", v)]));
}

function actions() {
  $("event-actions").hidden = !isOperator() || !shown || shown.isDecided;
  for (const name of ["retry", "release", "redrive", "discard"]) $(`do-${name}`).hidden = !shown?.can.includes(name);
}
onOperator(actions);

async function decide(action) {
  if (!shown) return;
  const reason = $("event-reason").value;
  if (action === "discard" && !reason.trim()) {
    set($("event-state"), "Say why: the audit keeps it."); $("event-reason").focus();
    return;
  }
  const { consumer, aggregateType, aggregateID, eventID } = shown;
  const what = action === "redrive" ? { consumer, aggregateType, aggregateID } : { eventID };
  if (await change(action, { ...what, reason }, $("event-state")) && shown) { shown.isDecided = true; actions(); $("event-close").focus(); }
}
for (const name of ["retry", "release", "redrive"]) $(`do-${name}`).onclick = () => decide(name);
const calm = sure($("do-discard"), "Discard for good?", () => decide("discard"));
$("event-close").onclick = () => $("event").close();
$("event").addEventListener("close", () => { shown = null; calm(); });
