import { $, age, clockIs, count, el, plural, seconds, set, spans } from "./words.js";
import { chart, timeIs } from "./charts.js";
import { either, part, table } from "./tables.js";
import { flowCache, flowConsumers, flowNow, stage } from "./flow.js";
import { verdict } from "./troubles.js";
import { drawHeld, heldIs } from "./held.js";
import { openDead } from "./event.js";

// What is done with each section that comes.

let instance = "";
const both = (last) => `p50 ${seconds(last[last.length - 2])} · p99 ${seconds(last[last.length - 1])}`;

export const show = {
  now(data) {
    instance = data.instance;
    clockIs(data.at);
    set($("instance"), instance);
    verdict(data);
    flowNow(data);
    set($("held-count"), data.held ? `${plural(data.held, "aggregate")}, ${count(data.parked)} parked` : "");
    $("operator-open").hidden = !data.hasOperators;
    $("read-only").hidden = data.hasOperators;
    drawHeld(data.parked);
  },
  samples(data) {
    timeIs(data);
    chart("delay", "Commit → Kafka", data, [[3, "p50"], [4, "p99"]], seconds, both);
    chart("rate", "Published", data, [[1, ""]], (v) => `${count(v)}/s`, (last) => `${count(last[1])}/s`);
    chart("backlog", "Backlog", data, [[2, ""]], count, (last) => plural(Math.round(last[2]), "event"));
  },
  held: heldIs,
  lanes(data) {
    const rows = data.dispatchers.map((d) => ({ ...d, all: d.lanes.concat(d.expired) }));
    if (data.unowned.length) rows.push({ instance: "nobody", state: "", lanes: data.unowned, all: data.unowned, none: true });
    const colour = (row, index) => row.none ? "none" : `o${index % 6}`;
    const owners = [];
    rows.forEach((row, index) => row.all.forEach((lane) => { owners[lane] = [row.instance, colour(row, index)]; }));
    $("cells").replaceChildren(...Array.from({ length: data.count }, (_, lane) => {
      const cell = el("i", null, owners[lane]?.[1] ?? "none");
      cell.title = `lane ${lane}: ${owners[lane]?.[0] ?? "nobody"}`;
      return cell;
    }));
    $("cells").className = data.count > 128 ? "cells many" : "cells";
    $("cells").setAttribute("aria-label", `${data.count} lanes: ${rows.map((row) => `${row.instance} ${row.all.length}`).join(", ")}`);
    table($("lane-rows"), rows, (row) => row.instance, (row, cells) => {
      part(cells[0], "span", row.instance + (row.instance === instance ? " (this one)" : ""), `dot ${colour(row, rows.indexOf(row))}`);
      set(cells[1], row.state);
      set(cells[2], `${row.all.length}: ${spans(row.all)}`);
      set(cells[3], row.lowestEpoch == null ? "" : row.lowestEpoch === row.highestEpoch ? `${row.lowestEpoch}` : `${row.lowestEpoch}–${row.highestEpoch}`);
      if (row.leaseUntil) age(cells[4], row.leaseUntil, " ago"); else { delete cells[4].dataset.at; set(cells[4], ""); }
    });
    const live = data.dispatchers.filter((d) => d.state === "live").length;
    set($("lanes-count"), `${data.count}, moved by ${plural(live, "dispatcher")}`);
  },
  consumers(data) {
    either($("consumers-table"), $("consumers-none"), data.rows, data.unseen ?? "No group reads the topics.");
    table($("consumer-rows"), data.rows, (row) => `${row.group} ${row.topic}`, (row, cells) => {
      set(cells[0], row.group); set(cells[1], row.topic); set(cells[2], count(row.lag));
      set(cells[3], row.rate == null ? "–" : count(row.rate));
    });
    flowConsumers(data);
    const topics = new Set(data.rows.map((row) => row.topic)).size;
    stage("topics", topics ? plural(topics, "topic") : "");
  },
  readModel(data) {
    flowCache(data);
    chart("cache", data.isCache ? "Commit → cache" : "Commit → read model", data.delays, [[1, "p50"], [2, "p99"]], seconds, both,
      data.unseenDelay ?? "nothing was applied lately");
    set($("dead-count"), data.deadLetters.length ? plural(data.deadLetters.length, "aggregate") : "");
    either($("dead-table"), $("dead-none"), data.deadLetters, data.unseen ?? "None.");
    table($("dead-rows"), data.deadLetters, (row) => `${row.consumer} ${row.topic} ${row.partition} ${row.aggregateType}:${row.aggregateID}`, (row, cells) => {
      const name = `${row.aggregateType}:${row.aggregateID}`;
      if (row.eventID) part(cells[0], "button", name).onclick = () => openDead(row); else set(cells[0], name);
      set(cells[1], row.consumer);
      part(cells[2], "i", row.dead ? "waits for you" : "is retried", row.dead ? "tag bad" : "tag");
      age(cells[3], row.heldAt);
      set(cells[4], count(row.attempts)); set(cells[5], count(row.waiting)); set(cells[6], row.reason);
    });
  },
  audit(data) {
    either($("audit-table"), $("audit-none"), data.rows, data.unseen ?? "Nothing yet.");
    table($("audit-rows"), data.rows, (row) => `${row.at} ${row.actor} ${row.action}`, (row, cells) => {
      age(cells[0], row.at, " ago");
      set(cells[1], row.actor); set(cells[2], row.action);
      const name = row.aggregateType ? `${row.aggregateType}:${row.aggregateID}` : "";
      set(cells[3], row.events > 1 ? `${count(row.events)} events${name ? `, ${name} among them` : ""}` : name);
      set(cells[4], row.reason ?? "");
    });
  },
};
