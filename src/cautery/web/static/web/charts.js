// Draws what carries data-plot: JSON of [unix seconds, series ...]. Colours are the page's tokens.
"use strict";

const CURVES = ["flags", "decisions", "notices", "removals", "returns"];
const WHOLE = [1, 2, 5].flatMap((n) => [...Array(8).keys()].map((power) => n * 10 ** power)).sort((a, b) => a - b);
const drawn = new Map();

function colourOf(name) {
  const probe = document.createElement("span");
  probe.className = `key curve-${name}`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).backgroundColor;
  probe.remove();
  return colour;
}

function tokens() {
  const style = getComputedStyle(document.body);
  return { ink: style.color, font: `13px ${style.fontFamily}`, quiet: getComputedStyle(document.querySelector(".quiet") ?? document.body).color };
}

// Hours by the reader's clock; at midnight the day.
function label(seconds) {
  const moment = new Date(seconds * 1000);
  const midnight = moment.getHours() === 0 && moment.getMinutes() === 0;
  return moment.toLocaleString(document.documentElement.lang, midnight ? { day: "numeric", month: "short" } : { hour: "2-digit", minute: "2-digit" });
}

function moment(seconds) {
  return new Date(seconds * 1000).toLocaleString(document.documentElement.lang, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
}

// The moment all notices leave: a line across the curves, where it is among the hours drawn.
function drawMark(u, seconds, colour, font) {
  if (seconds < u.scales.x.min || seconds > u.scales.x.max) return;
  const { ctx, bbox } = u;
  const x = Math.round(u.valToPos(seconds, "x", true));
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.font = font.replace(/^\d+/, (size) => String(size * devicePixelRatio));
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.textAlign = x > bbox.left + bbox.width / 2 ? "right" : "left";
  ctx.textBaseline = "top";
  ctx.fillText("T0", x + (ctx.textAlign === "right" ? -6 : 6) * devicePixelRatio, bbox.top + 4 * devicePixelRatio);
  ctx.restore();
}

function draw(node) {
  drawn.get(node)?.destroy();
  const small = "small" in node.dataset;
  const read = JSON.parse(node.dataset.plot);
  // A single hour is drawn as a line from nothing an hour before it.
  const data = read[0].length === 1 ? read.map((row, n) => (n ? [0, row[0]] : [row[0] - 3600, row[0]])) : read;
  const { quiet, font } = tokens();
  const names = (node.dataset.names ?? "").split("|");
  const series = CURVES.map((name, n) => ({ label: names[n] ?? name, stroke: colourOf(name), width: small ? 1.5 : 2, points: { show: false }, value: (u, n, which) => (n ?? u.data[which].at(-1)).toLocaleString(document.documentElement.lang) }));
  const mark = Number(node.dataset.mark);
  const axis = { stroke: quiet, font, grid: { stroke: quiet, width: 0.25 }, ticks: { show: false } };
  const width = node.clientWidth || 300;
  const chart = new uPlot({
    width,
    height: small ? 28 : Math.max(220, Math.min(340, width * 0.35)),
    legend: { show: !small, live: !small },
    cursor: { show: !small, drag: { x: false, y: false }, focus: { prox: -1 } },
    hooks: small || !mark ? {} : { draw: [(u) => drawMark(u, mark, quiet, font)] },
    padding: small ? [2, 0, 2, 0] : undefined,
    scales: { x: { time: true } },
    axes: small ? [{ show: false }, { show: false }] : [{ ...axis, space: 70, values: (_, ticks) => ticks.map(label) }, { ...axis, size: 64, incrs: WHOLE, values: (_, ticks) => ticks.map((n) => n.toLocaleString(document.documentElement.lang)) }],
    series: [{ label: node.dataset.when, value: (u, seconds) => moment(seconds ?? u.data[0].at(-1)) }, ...series],
  }, data, node);
  drawn.set(node, chart);
}

function drawAll() {
  for (const node of drawn.keys()) if (!node.isConnected) { drawn.get(node).destroy(); drawn.delete(node); }
  for (const node of document.querySelectorAll("[data-plot]")) draw(node);
}

document.addEventListener("DOMContentLoaded", drawAll);
document.addEventListener("htmx:afterSettle", drawAll);
document.addEventListener("desk:hand", drawAll);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
let resizing;
window.addEventListener("resize", () => { clearTimeout(resizing); resizing = setTimeout(drawAll, 150); });
