// What every page of the desk does in the browser: times in the reader's zone, the switches of the hand, keys of the page.
"use strict";

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const TONGUE = document.documentElement.lang || "en-GB";
const DAY = new Intl.DateTimeFormat(TONGUE, { day: "numeric", month: "short", year: "numeric" });
const CLOCK = new Intl.DateTimeFormat(TONGUE, { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" });

// The server writes UTC. Where the reader lives by another clock, theirs comes first and UTC stays beside it.
function showLocalTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]:not([data-zone])")) {
    const moment = new Date(time.dateTime);
    time.dataset.zone = ZONE;
    if (Number.isNaN(moment.getTime()) || moment.getTimezoneOffset() === 0) continue;
    const own = document.createElement("span");
    own.className = "own";
    own.textContent = `${DAY.format(moment)} ${CLOCK.format(moment)}`;
    const utc = document.createElement("span");
    utc.className = "clock";
    const clock = moment.getDate() === moment.getUTCDate() ? time.querySelector(".clock") : time;
    utc.textContent = (clock ?? time).textContent.trim().replace(/\s+/g, " ");
    time.replaceChildren(own, " ", utc);
  }
}

// How long until a moment, or since: "T0 in 2 d 03:04:05".
function span(seconds) {
  const whole = Math.floor(Math.abs(seconds));
  const two = (n) => String(n).padStart(2, "0");
  const days = Math.floor(whole / 86400);
  const clock = `${two(Math.floor(whole / 3600) % 24)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return days ? `${days} ${document.documentElement.dataset.days} ${clock}` : clock;
}

// Countdowns go by the operation's clock: the server says what it shows now and how fast it runs.
function tick() {
  for (const node of document.querySelectorAll("[data-until]")) {
    node.dataset.read ||= String(performance.now());
    const passed = (performance.now() - Number(node.dataset.read)) / 1000;
    const left = (Date.parse(node.dataset.until) - Date.parse(node.dataset.now)) / 1000 - passed;
    node.textContent = span(left);
    if ("ends" in node.dataset && left <= 0) node.closest(".note").remove();
    node.closest("[data-phase]")?.setAttribute("data-phase", left > 0 ? "before" : "after");
  }
}

function choose(name, value) {
  const root = document.documentElement;
  if (value) root.dataset[name] = value;
  else delete root.dataset[name];
  if (value) window.localStorage.setItem(`cautery-${name}`, value);
  else window.localStorage.removeItem(`cautery-${name}`);
  showChoices();
  document.dispatchEvent(new CustomEvent("desk:hand"));
}

function showChoices() {
  for (const button of document.querySelectorAll("[data-choose]")) {
    const [name, value] = button.dataset.choose.split("=");
    button.setAttribute("aria-pressed", String((document.documentElement.dataset[name] ?? "") === value));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-choose], [data-print], [data-opens]");
  if (!button) return;
  if (button.dataset.choose) choose(...button.dataset.choose.split("="));
  if ("print" in button.dataset) window.print();
  if (button.dataset.opens) document.getElementById(button.dataset.opens).showModal();
});

// Keys: an element says its key in data-key; typing in a field is typing.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, dialog[open]") && event.key !== "Escape") return;
  if (event.key === "Escape") { event.target.blur?.(); return; }
  if (event.key === "?") { document.getElementById("keys")?.showModal(); event.preventDefault(); return; }
  const found = document.querySelector(`[data-key="${CSS.escape(event.key)}"]:not(:disabled)`);
  if (!found) return;
  event.preventDefault();
  if (found.matches("textarea, input[type=text], select")) found.focus();
  else found.click();
  if (found.matches("summary")) found.parentElement.querySelector("textarea")?.focus();
});

// Tick all boxes of a name; the first one stands for them all.
document.addEventListener("change", (event) => {
  const name = event.target.dataset?.all;
  if (name) for (const box of document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(name)}"]`)) box.checked = event.target.checked;
});

// A picture is uncovered by a second request, which the server counts and notes.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-uncover]");
  if (!button) return;
  const image = button.closest("figure").querySelector("img");
  image.src = button.dataset.uncover;
  image.alt = button.dataset.alt;
  button.remove();
});

// Somebody else's click elsewhere must not lose what was typed: a panel that is being used is not replaced.
document.addEventListener("htmx:beforeSwap", (event) => {
  const polled = event.detail.target?.matches?.("[data-poll]");
  if (polled && event.detail.target.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) event.detail.shouldSwap = false;
  if (event.detail.xhr.status >= 400 && !polled) { event.detail.shouldSwap = true; event.detail.isError = false; }
});

// On a phone a table that is a stack is a card a row: each cell carries what stands above it, and stays a cell to who listens.
function nameCells(root) {
  for (const table of root.querySelectorAll("table.stack:not([role])")) {
    const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
    table.setAttribute("role", "table");
    for (const part of table.querySelectorAll("thead, tbody, tfoot")) part.setAttribute("role", "rowgroup");
    for (const row of table.rows) {
      row.setAttribute("role", "row");
      [...row.cells].forEach((cell, n) => {
        cell.setAttribute("role", cell.tagName === "TD" ? "cell" : cell.scope === "col" ? "columnheader" : "rowheader");
        if (cell.scope !== "col" && row.cells.length === heads.length) cell.dataset.label = heads[n];
      });
    }
  }
}

// Where a bar is wider than a phone, the place one is at is in sight.
function showHere(root) {
  for (const place of root.querySelectorAll(".rooms [aria-current], .bar nav [aria-current]")) {
    const bar = place.parentElement;
    if (bar.scrollWidth > bar.clientWidth) bar.scrollLeft += place.getBoundingClientRect().left - bar.getBoundingClientRect().left - bar.clientWidth / 3;
  }
}

// Moments that are typed are the reader's: a field shows its moment by their clock, and the form says which zone that is.
function placeMoments(root) {
  for (const field of root.querySelectorAll("input[name=zone]")) field.value = ZONE;
  for (const name of root.querySelectorAll("[data-zone-name]")) name.textContent = ZONE;
  for (const field of root.querySelectorAll("input[data-moment]")) {
    const moment = new Date(field.dataset.moment);
    delete field.dataset.moment;
    field.value = new Date(moment - moment.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  }
}

function settle(root) {
  showLocalTimes(root);
  placeMoments(root);
  nameCells(root);
  showHere(root);
  showChoices();
  tick();
  root.querySelector?.("[data-focus]")?.focus({ preventScroll: false });
}

document.addEventListener("DOMContentLoaded", () => settle(document));
document.addEventListener("htmx:afterSettle", () => settle(document));
window.setInterval(tick, 1000);

// A short name is proposed from the name, until somebody writes one of their own.
document.addEventListener("input", (event) => {
  const field = document.querySelector(`[data-slug-of="${CSS.escape(event.target.id)}"]`);
  if (event.target.dataset?.slugOf) event.target.dataset.own = "1";
  if (!field || field.dataset.own) return;
  const plain = event.target.value.normalize("NFKD").replace(/[^\x00-\x7f]/g, "").toLowerCase();
  field.value = plain.replace(/[^a-z0-9\s_-]/g, "").trim().replace(/[\s-]+/g, "-").replace(/^[-_]+|[-_]+$/g, "").slice(0, 50);
});
