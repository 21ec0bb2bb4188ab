// Draws the network of an operation with sigma, and what would be left if some of its nodes went. Places are worked out by the
// server; so is every figure. The picture is worked with by mouse, by touch and by keys, and the list below it has the same nodes.
"use strict";

const HUES = 8;
const STAGE_MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const MANY = 8_000;
const FOUND = 8;

const page = document.getElementById("network");
const stage = document.getElementById("stage");
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const say = (name, words = {}) => Object.entries(words).reduce((text, [word, value]) => text.replace(`%${word}%`, value.toLocaleString(document.documentElement.lang)), page.dataset[`said${name}`]);
const byId = (id) => document.getElementById(id);

// All that is shown: what came, how it is coloured, who is looked at, which nodes are to go, and whether they are gone.
const now = { data: null, graph: null, sigma: null, hue: "provider", colours: [], seen: null, near: new Set(), layer: "", taken: new Set(), mine: [], after: false, apart: null };

function colourOf(name) {
  const probe = document.createElement("span");
  probe.className = `hue-${name}`;
  stage.append(probe);
  const colour = getComputedStyle(probe).backgroundColor;
  probe.remove();
  return colour;
}

function paint() {
  now.colours = [...Array.from({ length: HUES }, (_, n) => colourOf(n)), colourOf("other")];
  const body = getComputedStyle(document.body);
  Object.assign(now, { link: colourOf("link"), faint: colourOf("faint"), mark: colourOf("taken"), ink: body.color, paper: getComputedStyle(document.documentElement).backgroundColor, font: body.fontFamily });
}

const hueOf = (node) => now.colours[Math.min(now.data.nodes[now.hue][node], HUES)];
const labelOf = (node) => now.data.nodes.label[node] || say("Hidden");

function legend() {
  const names = now.data.nodes[`${now.hue}_names`];
  const counts = new Array(names.length).fill(0);
  for (const value of now.data.nodes[now.hue]) counts[value] += 1;
  const shown = names.slice(0, HUES).map((name, n) => [name || say("None"), counts[n], n]);
  if (names.length > HUES) shown.push([say("Other"), counts.slice(HUES).reduce((a, b) => a + b, 0), "other"]);
  byId("legend").replaceChildren(...shown.map(([name, count, hue]) => {
    const line = document.createElement("li");
    const key = document.createElement("span");
    key.className = `key hue-${hue}`;
    line.append(key, `${name} ${count.toLocaleString(document.documentElement.lang)}`);
    return line;
  }));
}

// How large, and where in front, a node is drawn; what is to go stands out, what is gone is not there.
function nodeShown(key, node) {
  const place = Number(key);
  const takes = now.taken.has(place);
  if (now.after && takes) return { ...node, hidden: true };
  const seen = now.seen === place;
  const shown = { ...node, color: hueOf(place), zIndex: takes || seen ? 2 : 1 };
  if (takes) Object.assign(shown, { color: now.mark, size: node.size * 1.5 + 1, forceLabel: now.taken.size <= 12 });
  if (now.after && now.apart && !now.apart.has(place)) Object.assign(shown, { color: now.faint, label: "", zIndex: 0 });
  if (now.seen !== null && !seen && !now.near.has(place) && !takes) Object.assign(shown, { color: now.faint, label: "", zIndex: 0 });
  if (seen) Object.assign(shown, { highlighted: true, forceLabel: true, size: node.size + 2 });
  return shown;
}

function linkShown(key, link) {
  const [from, to] = now.graph.extremities(key).map(Number);
  if (now.after && (now.taken.has(from) || now.taken.has(to))) return { ...link, hidden: true };
  if (now.seen !== null) return from === now.seen || to === now.seen ? { ...link, color: hueOf(now.seen), size: 1.2, zIndex: 1 } : { ...link, color: now.faint };
  return { ...link, color: now.after && now.apart && !now.apart.has(from) ? now.faint : now.link };
}

// The label of a node one points at, on the page's own paper.
function hovered(context, node, settings) {
  const text = node.label;
  context.font = `${settings.labelWeight} ${settings.labelSize}px ${settings.labelFont}`;
  const width = text ? context.measureText(text).width + 10 : 0;
  const left = node.x + node.size + 2;
  context.fillStyle = now.paper;
  context.strokeStyle = now.ink;
  context.lineWidth = 1.5;
  if (text) {
    context.beginPath();
    context.rect(left, node.y - settings.labelSize / 2 - 5, width, settings.labelSize + 10);
    context.fill();
    context.stroke();
    context.fillStyle = now.ink;
    context.fillText(text, left + 5, node.y + settings.labelSize / 3);
  }
  context.beginPath();
  context.arc(node.x, node.y, node.size + 2, 0, Math.PI * 2);
  context.stroke();
}

function build(data) {
  const graph = new graphology.Graph({ type: "directed", multi: false, allowSelfLoops: false });
  const { x, y, linked } = data.nodes;
  const least = x.length > MANY ? 1 : 2.5;
  const gone = new Set(data.gone);
  for (let node = 0; node < x.length; node += 1) {
    if (!gone.has(node)) graph.addNode(String(node), { x: x[node], y: y[node], size: least + Math.min(9, Math.sqrt(linked[node]) * (x.length > MANY ? 0.35 : 0.8)), label: labelOf(node) });
  }
  const { from, to } = data.links;
  for (let link = 0; link < from.length; link += 1) if (!gone.has(from[link]) && !gone.has(to[link])) graph.addEdge(String(from[link]), String(to[link]), { size: x.length > MANY ? 0.3 : 0.8 });
  return graph;
}

function drawPicture(data) {
  now.data = data;
  now.graph = build(data);
  paint();
  now.sigma = new Sigma(now.graph, stage, {
    nodeReducer: nodeShown, edgeReducer: linkShown, defaultDrawNodeHover: hovered, zIndex: true, allowInvalidContainer: true,
    hideEdgesOnMove: data.links.from.length > 4 * MANY, hideLabelsOnMove: data.nodes.x.length > MANY,
    labelFont: now.font, labelColor: { color: now.ink }, labelSize: 12, labelDensity: 0.5, labelRenderedSizeThreshold: data.nodes.x.length > MANY ? 9 : 7,
    minCameraRatio: 0.005, maxCameraRatio: 3,
  });
  now.sigma.on("clickNode", ({ node }) => look(Number(node)));
  now.sigma.on("clickStage", () => look(null));
  byId("waits").textContent = "";
  for (const canvas of stage.querySelectorAll("canvas")) canvas.setAttribute("aria-hidden", "true");
  page.dataset.drawn = "yes";
}

function again() {
  if (!now.sigma) return;
  paint();
  now.sigma.setSetting("labelColor", { color: now.ink });
  now.sigma.refresh();
}

// The largest part still linked together without the nodes that are to go; mirrors of one operator count as linked.
function largestWithout(taken) {
  const size = now.data.nodes.x.length;
  const parent = Int32Array.from({ length: size }, (_, node) => node);
  const root = (node) => { while (parent[node] !== node) { parent[node] = parent[parent[node]]; node = parent[node]; } return node; };
  const away = new Set([...taken, ...now.data.gone]);
  const join = (a, b) => { if (!away.has(a) && !away.has(b)) parent[root(a)] = root(b); };
  now.data.links.from.forEach((from, link) => join(from, now.data.links.to[link]));
  for (const [a, b] of now.data.one) join(a, b);
  const counts = new Map();
  for (let node = 0; node < size; node += 1) if (!away.has(node)) counts.set(root(node), (counts.get(root(node)) ?? 0) + 1);
  const most = [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [-1, 0])[0];
  return new Set(Array.from({ length: size }, (_, node) => node).filter((node) => !away.has(node) && root(node) === most));
}

function afterwards() {
  now.apart = now.after ? largestWithout(now.taken) : null;
  for (const button of document.querySelectorAll("[data-after]")) button.setAttribute("aria-pressed", String((button.dataset.after === "yes") === now.after));
  now.sigma?.refresh();
}

function look(node, centre = false) {
  now.seen = node;
  now.near = new Set(node === null ? [] : now.graph.hasNode(String(node)) ? now.graph.neighbors(String(node)).map(Number) : []);
  now.sigma?.refresh();
  if (node === null) return byId("facts").replaceChildren();
  if (centre && now.sigma && now.graph.hasNode(String(node))) {
    const { x, y } = now.sigma.getNodeDisplayData(String(node));
    now.sigma.getCamera().animate({ x, y, ratio: Math.min(0.3, now.sigma.getCamera().ratio) }, { duration: calm.matches ? 0 : 300 });
  }
  facts(node);
}

function facts(node) {
  const { label, item, linked } = now.data.nodes;
  const title = document.createElement("h3");
  title.textContent = labelOf(node);
  const links = document.createElement("p");
  links.className = "quiet";
  links.textContent = say("Linked", { number: linked[node] });
  const more = document.createElement("div");
  byId("facts").replaceChildren(title, links, more, ...takeButton(node));
  if (label[node] && item[node]) htmx.ajax("GET", page.dataset.item.replace("/0/", `/${item[node]}/`), { target: more, swap: "innerHTML" });
}

function takeButton(node) {
  if (page.dataset.mayChoose !== "yes") return [];
  if (now.data.nodes.closed.includes(node) || !now.data.nodes.item[node]) {
    const words = document.createElement("p");
    words.className = "quiet";
    words.textContent = say("Protected");
    return [words];
  }
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.take = String(now.data.nodes.item[node]);
  button.textContent = say(now.mine.includes(now.data.nodes.item[node]) ? "In" : "Out");
  return [button];
}

// The nodes to go: a layer's, or one's own.
function choose(layer) {
  now.layer = layer;
  const found = now.data.layers.find((one) => one.name === layer);
  const items = new Map(now.data.nodes.item.map((item, node) => [item, node]));
  const mine = now.mine.map((item) => items.get(item)).filter((node) => node !== undefined);
  now.taken = new Set(found ? found.nodes : layer === "mine" ? mine : []);
  for (const radio of document.querySelectorAll("[name=layer]")) radio.checked = radio.value === layer;
  afterwards();
  if (found) htmx.ajax("GET", page.dataset.layer.replace("NAME", encodeURIComponent(layer)), { target: "#figures", swap: "innerHTML" });
  else if (layer === "mine" && now.mine.length) htmx.trigger("#what-if", "weigh");
  else byId("figures").replaceChildren();
}

function take(item) {
  now.mine = now.mine.includes(item) ? now.mine.filter((one) => one !== item) : [...now.mine, item];
  listTaken();
  choose("mine");
  if (now.seen !== null) byId("facts").lastElementChild.replaceWith(...takeButton(now.seen));
}

function listTaken() {
  const items = new Map(now.data.nodes.item.map((item, node) => [item, node]));
  for (const field of document.querySelectorAll("[name=items]")) field.value = now.mine.join(",");
  byId("taken").replaceChildren(...now.mine.map((item) => {
    const line = document.createElement("li");
    const name = document.createElement("span");
    const button = document.createElement("button");
    name.className = "name";
    name.textContent = items.has(item) ? labelOf(items.get(item)) : String(item);
    Object.assign(button, { type: "button", className: "plain", textContent: say("In") });
    button.setAttribute("aria-label", `${say("In")}: ${name.textContent}`);
    button.dataset.take = String(item);
    line.append(name, button);
    return line;
  }));
  byId("choose-go").disabled = byId("clear").disabled = now.mine.length === 0;
  for (const button of document.querySelectorAll("#list [data-take]")) {
    const pressed = now.mine.includes(Number(button.dataset.take));
    button.setAttribute("aria-pressed", String(pressed));
    button.firstElementChild.textContent = say(pressed ? "In" : "Out");
  }
}

function offerLayers() {
  byId("no-plan").hidden = now.data.layers.some((layer) => layer.name !== "chosen");
  const own = page.dataset.mayChoose === "yes" ? [{ name: "mine", label: say("Mine") }] : [];
  byId("layer-choice").replaceChildren(...[{ name: "", label: say("Whole") }, ...now.data.layers, ...own].map((layer) => {
    const label = document.createElement("label");
    const radio = document.createElement("input");
    Object.assign(radio, { type: "radio", name: "layer", value: layer.name, checked: layer.name === "" });
    label.append(radio, layer.size === undefined ? layer.label : `${layer.label} (${layer.size.toLocaleString(document.documentElement.lang)})`);
    return label;
  }));
}

// Addresses are shown so that no program follows them (hxxp, [.]); one looks for them either way.
const plain = (text) => text.toLowerCase().replaceAll("[.]", ".").replaceAll("[:]", ":").replace(/^hxxp/, "http");

function find(words) {
  const wanted = plain(words.trim());
  const hits = [];
  if (wanted) now.data.nodes.label.forEach((label, node) => { if (plain(label).includes(wanted)) hits.push(node); });
  byId("found-count").textContent = say("Found", { number: hits.length });
  byId("found").replaceChildren(...hits.slice(0, FOUND).map((node) => {
    const line = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = labelOf(node);
    button.addEventListener("click", () => look(node, true));
    line.append(button);
    return line;
  }), ...(hits.length === 0 || hits.length > FOUND ? [Object.assign(document.createElement("li"), { className: "quiet", textContent: say("Found", { number: hits.length }) })] : []));
  if (hits.length === 1) look(hits[0], true);
}

function zoom(how) {
  const camera = now.sigma?.getCamera();
  const options = { duration: calm.matches ? 0 : 200 };
  if (how === "in") camera?.animatedZoom(options);
  if (how === "out") camera?.animatedUnzoom(options);
  if (how === "all") camera?.animatedReset(options);
}

page.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || !now.data) return;
  if (button.dataset.zoom) zoom(button.dataset.zoom);
  if (button.dataset.after) { now.after = button.dataset.after === "yes"; afterwards(); }
  if (button.id === "clear") { now.mine = []; listTaken(); choose(""); }
  if (button.dataset.colour) {
    now.hue = button.dataset.colour;
    for (const one of document.querySelectorAll("[data-colour]")) one.setAttribute("aria-pressed", String(one === button));
    legend();
    again();
  }
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-take]");
  if (button && now.data) take(Number(button.dataset.take));
});
page.addEventListener("change", (event) => { if (event.target.name === "layer") choose(event.target.value); });
byId("search").addEventListener("submit", (event) => { event.preventDefault(); if (now.data) find(byId("find-q").value); });
stage.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !now.sigma) return;
  const move = STAGE_MOVES[event.key];
  const camera = now.sigma.getCamera();
  if (move) camera.animate({ x: camera.x + move[0] * camera.ratio * 0.1, y: camera.y + move[1] * camera.ratio * 0.1 }, { duration: calm.matches ? 0 : 100 });
  else if (event.key === "+") zoom("in");
  else if (event.key === "-") zoom("out");
  else if (event.key === "0") zoom("all");
  else return;
  event.preventDefault();
  event.stopPropagation();
});
document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "list" && now.data && byId("taken")) listTaken(); });
document.addEventListener("desk:hand", again);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);

async function begin() {
  let answer;
  try {
    answer = await fetch(page.dataset.source, { headers: { Accept: "application/json" } });
  } catch {
    answer = null;
  }
  if (!answer?.ok) { byId("waits").textContent = say("Failed"); return; }
  const data = await answer.json();
  now.data = data;
  byId("count").textContent = say("Shown", { shown: data.nodes.x.length, of: data.of, links: data.links.from.length });
  offerLayers();
  legend();
  if (byId("taken")) listTaken();
  if (data.nodes.x.length === 0) { byId("waits").textContent = say("Nothing"); return; }
  try {
    drawPicture(data);
  } catch {
    byId("waits").textContent = say("Failed");
  }
}

begin();
