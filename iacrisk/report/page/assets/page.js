// Filter, sort, search and keys. Without this script the page is complete, only not as quick.
"use strict";

for (const changes of document.querySelectorAll(".changes")) enliven(changes);
openTarget();
addEventListener("hashchange", openTarget);

function enliven(changes) {
  const form = changes.querySelector(".filters");
  if (!form) return;
  const sorts = changes.querySelector(".sorts");
  const rows = [...changes.querySelectorAll(".change")];
  const noise = changes.querySelector(".noise");
  const nothing = changes.querySelector(".nothing");
  const texts = new Map();
  let wasOpen = false;
  let narrowed = false;
  for (const part of [form, sorts, changes.querySelector(".keys")]) part?.removeAttribute("hidden");

  const textOf = (row) => {
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return texts.get(row);
  };
  const fits = (row, asked) =>
    (!asked.waits || "waits" in row.dataset) &&
    (!asked.action || row.dataset.action === asked.action) &&
    (!asked.class || row.dataset.class === asked.class) &&
    (!asked.rule || (row.dataset.rules ?? "").split(" ").includes(asked.rule)) &&
    (!asked.module || isInside(row.dataset.module, asked.module)) &&
    asked.words.every((word) => textOf(row).includes(word));

  function filter() {
    const asked = Object.fromEntries(new FormData(form));
    asked.words = asked.text.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    let inNoise = 0;
    for (const row of rows) {
      row.hidden = !fits(row, asked);
      shown += !row.hidden;
      inNoise += !row.hidden && noise?.contains(row);
    }
    const isNarrow = shown < rows.length;
    if (noise) {
      if (isNarrow && !narrowed) wasOpen = noise.open;
      if (isNarrow || narrowed) noise.open = isNarrow ? inNoise > 0 : wasOpen;
      noise.hidden = inNoise === 0;
    }
    narrowed = isNarrow;
    nothing.hidden = shown > 0;
    form.querySelector("output").textContent =
      `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} shown`;
  }

  function sort(button) {
    const isPressed = button.getAttribute("aria-pressed") === "true";
    const up = isPressed && !("up" in button.dataset);
    for (const other of sorts.children) {
      other.setAttribute("aria-pressed", String(other === button));
      delete other.dataset.up;
    }
    if (up) button.dataset.up = "";
    for (const list of changes.querySelectorAll(".list")) {
      list.replaceChildren(...ordered([...list.children], button.dataset.sort, up));
    }
  }

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  sorts?.addEventListener("click", (event) => event.target.dataset.sort && sort(event.target));
  changes.addEventListener("keydown", walk);
  filter();
}

function isInside(module, outer) {
  return module === outer || module.startsWith(`${outer}.`);
}

const collator = new Intl.Collator("en", { numeric: true });

// The rows in the order of what a button names; what is equal stays by risk.
function ordered(rows, name, up) {
  const keys = {
    score: (row) => Number(row.dataset.number),
    hits: (row) => -Number(row.dataset.hits ?? 0),
    address: (row) => row.querySelector(".address").textContent,
    action: (row) => row.dataset.action,
    class: (row) => row.dataset.class,
    rules: (row) => row.dataset.rules ?? "\uffff",
  };
  const keyed = rows.map((row) => ({ row, key: keys[name](row), at: Number(row.dataset.number) }));
  const compare = (a, b) => (typeof a === "number" ? a - b : collator.compare(a, b));
  keyed.sort((a, b) => (up ? -1 : 1) * compare(a.key, b.key) || a.at - b.at);
  return keyed.map(({ row }) => row);
}

// Arrow keys go from change to change; / goes to the search.
function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const row = event.target.closest?.("summary")?.parentElement;
  if (!step || !row?.matches(".change") || event.altKey || event.ctrlKey || event.metaKey) return;
  const visible = [...row.closest(".changes").querySelectorAll("details.change")].filter(
    (each) => !each.hidden && (!each.closest(".noise") || each.closest(".noise").open),
  );
  const next = visible[visible.indexOf(row) + step];
  if (next) {
    event.preventDefault();
    next.querySelector("summary").focus();
  }
}

addEventListener("keydown", (event) => {
  const isTyping = event.target.matches?.("input, select, textarea");
  const search = document.querySelector(".filters input[type=search]");
  if (event.key === "/" && !isTyping && search) {
    event.preventDefault();
    search.focus();
  }
});

function openTarget() {
  const name = decodeURIComponent(location.hash.slice(1));
  const row = name ? document.getElementById(name) : null;
  if (!row?.matches(".change")) return;
  row.hidden = false;
  row.open = true;
  const noise = row.closest(".noise");
  if (noise) noise.open = true;
  row.scrollIntoView();
  row.querySelector("summary")?.focus({ preventScroll: true });
}

// On a narrow screen the picture starts where the change is.
addEventListener(
  "toggle",
  ({ target }) => {
    const middle = target.open && target.matches(".change") && target.querySelector(".ir-changed");
    const pane = middle && middle.closest(".ir-figure, .picture");
    if (!pane || pane.scrollWidth <= pane.clientWidth) return;
    const lead = middle.getBoundingClientRect().left - pane.getBoundingClientRect().left;
    pane.scrollLeft += lead - 12;
  },
  true,
);

// On paper what waits is told in full.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll(".change[data-waits]:not([open])")];
  for (const row of opened) row.open = true;
});
addEventListener("afterprint", () => {
  for (const row of opened) row.open = false;
});
