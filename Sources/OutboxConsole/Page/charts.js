import { $, el, set } from "./words.js";

const width = 320, height = 96;
const shortest = 120000, longest = 900000;

// What all charts show: up to a quarter of an hour, or as long as there is something to be shown.
let end = 0, span = shortest;

/** Says of which time samples are. */
export function timeIs(samples) {
  if (!samples.length) return;
  end = samples[samples.length - 1][0];
  span = Math.max(shortest, Math.min(longest, end - samples[0][0]));
  set($("charts-title"), `The last ${Math.round(span / 60000)} minutes`);
}

/** Draws lines over that time.
 *  samples: [milliseconds, value…]; lines: [column, name] each; format: of a value; said: of the last sample. */
export function chart(name, title, samples, lines, format, said, none = "nothing yet") {
  const figure = $(`chart-${name}`) ?? frame(name, lines);
  const columns = lines.map(([column]) => column);
  const values = samples.flatMap((s) => columns.map((c) => s[c])).filter((v) => v != null);
  const most = Math.max(...values, 0);
  const place = (sample, column) => [
    width - (end - sample[0]) / span * width, height - 2 - (most ? sample[column] / most : 0) * (height - 8),
  ];
  const shapes = [];
  columns.forEach((column, index) => {
    for (const points of runs(samples.filter((s) => end - s[0] <= span && s[0] <= end), column, place)) {
      const text = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
      if (!index) shapes.push(shape("polygon", `${points[0][0].toFixed(1)},${height} ${text} ${points[points.length - 1][0].toFixed(1)},${height}`));
      shapes.push(shape("polyline", text, index ? "b" : "a"));
    }
  });
  const last = [...samples].reverse().find((s) => columns.some((c) => s[c] != null));
  const sentence = last ? said(last) : none;
  const svg = figure.querySelector("svg");
  svg.replaceChildren(...shapes);
  svg.setAttribute("aria-label", `${title}: ${sentence}${last ? `, at most ${format(most)}` : ""}`);
  set(figure.querySelector("figcaption").firstChild, title);
  const text = figure.querySelector("p");
  set(text, sentence);
  text.className = last ? "" : "empty";
  set(figure.querySelector("small"), most ? format(most) : "");
}

/** Where nothing was measured the line has a gap. */
function runs(samples, column, place) {
  const found = [[]];
  for (const sample of samples) {
    if (sample[column] == null) found.push([]); else found[found.length - 1].push(place(sample, column));
  }
  return found.filter((points) => points.length > 1);
}

function shape(name, points, className) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  element.setAttribute("points", points);
  if (className) element.setAttribute("class", className);
  return element;
}

function frame(name, lines) {
  const figure = el("figure");
  figure.id = `chart-${name}`;
  const caption = el("figcaption");
  caption.append(el("span"));
  if (lines.length > 1) lines.forEach(([, text], index) => caption.append(el("span", text, `key ${index ? "b" : "a"}`)));
  const plot = el("div", null, "plot");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("role", "img");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("preserveAspectRatio", "none");
  plot.append(svg, el("small"));
  figure.append(caption, el("p"), plot);
  $("charts").append(figure);
  return figure;
}
