import { $, count, set } from "./words.js";

// Who acts. The token is kept in memory only, and travels in a header.

let token = "", name = "";
const listeners = [];

export const isOperator = () => token !== "";
/** Calls back when somebody begins or ceases to act. */
export function onOperator(listener) { listeners.push(listener); }
function told() {
  set($("operator-open"), token ? `Acting as ${name}` : "Operator");
  for (const listener of listeners) listener();
}

/** Reads something, as the operator if there is one. */
export const read = (path) => fetch(path, token ? { headers: { Authorization: `Bearer ${token}` } } : {});

async function post(path, body, secret) {
  try {
    const answer = await fetch(`/console/${path}`, {
      method: "POST", headers: { "Content-Type": "application/json", Authorization: `Bearer ${secret}` }, body: JSON.stringify(body),
    });
    const data = await answer.json().catch(() => ({}));
    return { ok: answer.ok, status: answer.status, data };
  } catch { return { ok: false, data: { error: "No answer from the dispatcher." } }; }
}

/** Changes something, and says in an element what came of it. */
export async function change(path, body, place) {
  set(place, "…");
  const answer = await post(path, { operator: name, ...body }, token);
  if (answer.status === 401) { token = ""; told(); }
  set(place, answer.ok ? `Done: ${count(answer.data.count)}.` : answer.data.error ?? "Refused.");
  return answer.ok;
}

/** A button that asks once more before it acts. */
export function sure(button, question, action) {
  const usual = button.textContent;
  const calm = () => { button.dataset.sure = ""; set(button, usual); };
  button.addEventListener("click", () => {
    if (button.dataset.sure) { calm(); action(); return; }
    button.dataset.sure = "yes"; set(button, question);
  });
  button.addEventListener("blur", calm);
  return calm;
}

$("operator-open").onclick = () => { set($("operator-state"), ""); $("operator").showModal(); };
$("operator-close").onclick = () => $("operator").close();
$("operator").addEventListener("close", () => { $("operator-token").value = ""; });
$("operator-form").onsubmit = async (submitted) => {
  submitted.preventDefault();
  const secret = $("operator-token").value;
  set($("operator-state"), "…");
  const answer = await post("operator", {}, secret);
  $("operator-token").value = "";
  token = answer.ok ? secret : "";
  name = $("operator-name").value.trim();
  set($("operator-state"), answer.ok ? "" : answer.data.error ?? "Refused.");
  told();
  if (answer.ok) $("operator").close(); else $("operator-token").focus();
};
