import { $, age, count, set } from "./words.js";
import { change, isOperator, onOperator, sure } from "./operator.js";
import { openHeld } from "./event.js";
import { part, table } from "./tables.js";

// Aggregates on hold: the newest as they come, or an older page of them.

let newest = { rows: [], more: false }, older = null, parked = 0;

export function heldIs(data) { newest = data; draw(); }

/** count: how many events are parked in all. */
export function drawHeld(count) { if (count !== parked) { parked = count; draw(); } }

function draw() {
  const page = older ?? newest;
  $("held-table").hidden = !page.rows.length;
  $("held-none").hidden = page.rows.length > 0;
  set($("held-none"), older ? "No more." : "No aggregate is on hold.");
  table($("held-rows"), page.rows, (row) => row.sequence, (row, cells) => {
    part(cells[0], "button", `${row.aggregateType}:${row.aggregateID}`).onclick = () => openHeld(row);
    set(cells[1], row.eventType);
    const tag = part(cells[2], "i", null, row.parked ? "tag bad" : "tag");
    if (row.parked) { delete tag.dataset.at; set(tag, "parked"); } else age(tag, row.until, " overdue", "retried in ");
    age(cells[3], row.since);
    set(cells[4], count(row.attempts));
    set(cells[5], row.waiting == null ? "…" : count(row.waiting));
    set(cells[6], row.reason ?? "");
  });
  $("held-newest").hidden = !older;
  $("held-more").hidden = !page.more;
  $("retry-all").hidden = !isOperator() || !parked;
}
onOperator(draw);

function turn(page) { older = page; set($("held-state"), ""); draw(); $("held").focus(); }
$("held-newest").onclick = () => turn(null);
$("held-more").onclick = async () => {
  const rows = (older ?? newest).rows;
  if (!rows.length) return;
  try {
    const answer = await fetch(`/console/held?before=${rows[rows.length - 1].sequence}`);
    if (!answer.ok) throw new Error();
    turn(await answer.json());
  } catch { set($("held-state"), "No answer from the dispatcher."); }
};
sure($("retry-all"), "Retry all, really?", async () => {
  if (await change("retry", { all: true }, $("held-state")) && older) { older = null; draw(); }
});
