import { $, count, el, plural, seconds, set } from "./words.js";

// The picture of the flow: stages, and arrows with what moves along them.

/** figures: rate and words; state: moving, idle or stuck. */
export function arrow(name, state, rate, ...lines) {
  const element = $(`arrow-${name}`);
  let words = element.querySelector("div");
  if (!words) { words = el("div"); element.append(el("b"), words); }
  set(element.querySelector("b"), rate);
  const said = lines.filter(Boolean);
  while (words.children.length > said.length) words.lastChild.remove();
  said.forEach((line, i) => { if (!words.children[i]) words.append(el("div")); set(words.children[i], line); });
  element.className = `arrow ${state}`;
}

export function stage(name, text) { set($(`stage-${name}`).querySelector("span"), text); }

// What is wrong with events is seen where they wait.
const special = { "poisoned-event": "outbox", "topic-too-small": "outbox", "dead-letters": "cache" };
const stageOf = { Database: "outbox", Schema: "outbox", Dispatch: "lanes", Broker: "topics", Topics: "topics", Consumers: "consumers" };

/** Colours the stages that findings are about. */
export function mark(findings) {
  const worst = {};
  for (const { id, group, severity } of findings) {
    const at = special[id] ?? stageOf[group];
    if (at && worst[at] !== "fail") worst[at] = severity === "error" ? "fail" : "warn";
  }
  for (const name of ["outbox", "lanes", "topics", "consumers", "cache"]) {
    const className = `stage ${worst[name] ?? ""}`.trim();
    if ($(`stage-${name}`).className !== className) $(`stage-${name}`).className = className;
  }
}

const moving = (rate) => rate > 0 ? "moving" : "idle";

export function flowNow(data) {
  const has = (...groups) => data.findings.some((f) => f.severity === "error" && groups.includes(f.group));
  arrow("claim", has("Database", "Schema") ? "stuck" : moving(data.claimRate), `${count(data.claimRate)}/s`,
    `${count(data.backlog)} waiting`, data.backlog ? `oldest ${seconds(data.oldestAge)}` : "");
  arrow("publish", has("Broker", "Database", "Schema") ? "stuck" : moving(data.publishRate), `${count(data.publishRate)}/s`,
    `${count(data.producerQueue)} in flight`, data.p99 == null ? "" : `p99 ${seconds(data.p99)}`);
  stage("outbox", data.held ? `${count(data.held)} on hold, ${count(data.parked)} parked` : "nothing on hold");
  stage("lanes", `${data.lanesOwned} here`);
  mark(data.findings);
}

export function flowConsumers(data) {
  const lag = data.rows.reduce((sum, row) => sum + row.lag, 0);
  const rate = data.rows.reduce((sum, row) => sum + (row.rate ?? 0), 0);
  const groups = [...new Set(data.rows.map((row) => row.group))];
  if (groups.length) arrow("consume", moving(rate), `${count(rate)}/s`, `${count(lag)} behind`);
  else arrow("consume", "idle", "–", "not seen from here");
  stage("consumers", groups.length > 2 ? plural(groups.length, "group") : groups.join(", "));
}

export function flowCache(data) {
  const last = data.delays[data.delays.length - 1];
  const isSeen = data.staleAnswers != null || data.rate != null;
  arrow("cache", moving(data.rate), data.rate == null ? "–" : `${count(data.rate)}/s`,
    data.staleAnswers == null ? (isSeen ? "" : "not seen from here") : `${count(data.staleAnswers)} to refresh`,
    last ? `p99 ${seconds(last[2])}` : "");
  stage("cache", data.deadLetters.length ? plural(data.deadLetters.length, "dead letter") : "");
}
