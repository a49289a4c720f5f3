import { $, seconds, set } from "./words.js";
import { show } from "./sections.js";
import { unknown } from "./troubles.js";

// The link to the dispatcher: events as they come; where those can't be had, a question now and then.

const interval = 5000;
let lastHeard = 0, source = null, polling = null;

function link(kind, text) {
  $("link").className = `link ${kind}`;
  set($("link"), text);
  // What stands there is old: nobody may take it for what is.
  document.body.classList.toggle("stale", kind === "lost");
  if (kind === "lost") unknown();
}
function heard(kind, text) { lastHeard = Date.now(); link(kind, text); }

async function ask() {
  try {
    const answer = await fetch("/console/state");
    if (!answer.ok) throw new Error();
    for (const [section, data] of Object.entries(await answer.json())) show[section]?.(data);
    heard("live", "asked every 5 s");
  } catch { link("lost", "no answer from the dispatcher"); }
}

function stop() {
  source?.close();
  clearInterval(polling);
  source = polling = null;
}

function listen() {
  stop();
  source = new EventSource("/console/events");
  for (const section of Object.keys(show)) {
    source.addEventListener(section, (event) => {
      clearInterval(polling);
      polling = null;
      heard("live", "live");
      show[section](JSON.parse(event.data));
    });
  }
  const mine = source;
  source.onerror = () => {
    link("lost", "no answer from the dispatcher");
    if (!polling) { ask(); polling = setInterval(ask, interval); }
    // Refused for good: the browser does not try again by itself.
    if (mine.readyState === EventSource.CLOSED) setTimeout(() => { if (source === mine) listen(); }, 3 * interval);
  };
}

setInterval(() => {
  const silence = Date.now() - lastHeard;
  if (lastHeard && silence > 2 * interval + 2000) link("lost", `last heard ${seconds(silence / 1000)} ago`);
}, 1000);

// A page that nobody sees costs nothing.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) return listen();
  stop();
  lastHeard = 0;
  link("", "paused");
});
listen();
