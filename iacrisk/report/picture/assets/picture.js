// Life in a picture that is already drawn: it tells references on hover and focus, walks along them
// with the arrow keys, makes another change its middle, and folds modules. Without this script the
// picture is complete, and its titles tell the same.
"use strict";

(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const FOLDED = 24; // height of a module's frame without its cards
  const number = (element, name) => Number(element.getAttribute(name));
  const pristine = new WeakMap(); // drawings as they came, kept where something was folded since

  const drawings = new Map(); // by plan, then by the change in the middle
  const HINT = "Arrow keys walk along the references; point at one to read it.";

  function start() {
    const found = document.querySelectorAll("svg.ir-picture[data-address]");
    for (const svg of found) {
      const plan = planOf(svg);
      if (!drawings.has(plan)) drawings.set(plan, new Map());
      drawings.get(plan).set(svg.getAttribute("data-change"), svg);
    }
    found.forEach(enliven);
  }

  function enliven(svg) {
    const figure = element("div", "ir-figure");
    const scroll = element("div", "ir-scroll");
    const back = element("button", "ir-back");
    const tells = element("p", "ir-tells");
    const bar = element("div", "ir-bar");
    const before = [];
    let picture = null;

    back.type = "button";
    back.hidden = true;
    tells.setAttribute("role", "status");
    tells.textContent = HINT;
    svg.replaceWith(figure);
    bar.append(back, tells);
    scroll.append(svg);
    figure.append(scroll, bar);

    function show(drawing) {
      if (drawing !== scroll.firstChild) scroll.firstChild.replaceWith(drawing);
      picture = new Picture(drawing);
      back.hidden = !before.length;
      back.textContent = before.length ? `Back to ${nameOf(before[before.length - 1])}` : "";
    }
    function makeMiddle(card) {
      const other = card && drawingOf(figure, card.getAttribute("data-change"));
      if (!other || card.dataset.ring === "0") return;
      before.push(scroll.firstChild);
      show(fresh(other));
      picture.focus(picture.middle);
    }
    function goBack() {
      const left = nameOf(scroll.firstChild);
      show(before.pop());
      picture.focus(picture.cards.find((card) => card.dataset.address === left) ?? picture.middle);
    }
    function tell(target) {
      const words = picture.point(target);
      if (!words) return;
      const card = target.closest(".ir-node");
      const leads = card && card.dataset.ring !== "0" && card.hasAttribute("data-change");
      const can = leads && drawingOf(figure, card.getAttribute("data-change"));
      tells.textContent = can ? `${words} (Enter: make it the middle)` : words;
    }
    function act(event) {
      const frame = event.target.closest(".ir-module");
      if (frame) picture.fold(frame);
      else makeMiddle(event.target.closest(".ir-node[data-change]"));
    }

    back.addEventListener("click", goBack);
    figure.addEventListener("pointerover", (event) => tell(event.target));
    figure.addEventListener("focusin", (event) => tell(event.target));
    figure.addEventListener("pointerleave", () => picture.point(document.activeElement));
    figure.addEventListener("click", (event) => event.target !== back && act(event));
    figure.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.target === back) return;
      if (event.key === "Escape" && before.length) goBack();
      else if (event.key === "Enter" || event.key === " ") act(event);
      else if (!picture.walk(event.target, event.key)) return;
      event.preventDefault();
    });
    show(svg);
    whenSeen(scroll, () => {
      scroll.scrollLeft += (picture.middle ?? scroll).getBoundingClientRect().left - scroll.getBoundingClientRect().left - 16;
    });
  }

  // Once, when it is first on the screen: on a narrow one the middle comes into sight.
  function whenSeen(part, act) {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      if (part.scrollWidth > part.clientWidth) act();
    });
    observer.observe(part);
  }

  const nameOf = (svg) => svg.getAttribute("data-address");

  function planOf(part) {
    return part.closest(".plan") ?? document;
  }

  function drawingOf(figure, change) {
    return drawings.get(planOf(figure)).get(change);
  }

  function fresh(svg) {
    return (pristine.get(svg) ?? svg).cloneNode(true);
  }

  function element(name, className) {
    const made = document.createElement(name);
    made.className = className;
    return made;
  }

  class Picture {
    constructor(svg) {
      this.svg = svg;
      this.cards = [...svg.querySelectorAll(".ir-node[data-node]")];
      this.frames = [...svg.querySelectorAll(".ir-module")];
      this.edges = [...svg.querySelectorAll(".ir-edge[data-source]")];
      this.middle = this.cards.find((card) => card.dataset.ring === "0");
      svg.setAttribute("role", "group");
      svg.setAttribute("aria-roledescription", "picture");
      svg.setAttribute("aria-label", svg.querySelector("desc")?.textContent ?? "");
      for (const card of this.cards) this.#name(card, card.hasAttribute("data-change"));
      for (const frame of this.frames) {
        this.#name(frame, true);
        sign(frame);
      }
      for (const edge of this.edges) widen(edge);
      this.#rest(this.middle ?? this.cards[0]);
    }

    focus(card) {
      this.#rest(card);
      card?.focus();
    }

    // What is pointed at, its references and those at their other ends stand out; gives its words.
    point(target) {
      const chosen = target?.closest?.(".ir-node[data-node], .ir-edge[data-source], .ir-module");
      const own = chosen && this.svg.contains(chosen) ? chosen : null;
      const meant = new Set(own ? [own, ...(own.matches(".ir-module") ? this.#inside(own) : [])] : []);
      const near = new Set(meant);
      for (const edge of this.edges) {
        const ends = this.#ends(edge);
        if ([edge, ...ends].some((each) => meant.has(each))) {
          for (const each of [edge, ...ends]) near.add(each);
        }
      }
      const dims = own && near.size > 1;
      for (const each of [...this.cards, ...this.edges]) {
        each.classList.toggle("ir-far", Boolean(dims) && !near.has(each));
      }
      if (!own) return "";
      const inwards = own.dataset.ring === "-1" ? 0 : 1;
      const edge = this.edges.find((each) => this.#ends(each)[inwards] === own);
      const told = [wordsOf(own), edge && own !== this.middle ? wordsOf(edge) : ""];
      return told.filter(Boolean).join(" · ");
    }

    // Gives whether the key led anywhere.
    walk(from, key) {
      const here = from.closest?.(".ir-node[data-node], .ir-module");
      const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 2, ArrowUp: -2, Home: 3 }[key];
      if (!here || !step) return false;
      const next =
        step === 3 ? this.middle : Math.abs(step) === 2 ? this.#beside(here, step / 2) : this.#along(here, step);
      if (next) this.focus(next);
      return true;
    }

    // Folds or unfolds a module's frame; what stands below it moves up or down.
    fold(frame) {
      if (!pristine.has(this.svg)) pristine.set(this.svg, this.svg.cloneNode(true));
      const folded = frame.classList.toggle("ir-folded");
      sign(frame);
      const rect = frame.querySelector(".ir-box");
      if (!rect.dataset.height) rect.dataset.height = rect.getAttribute("height");
      rect.setAttribute("height", folded ? FOLDED : rect.dataset.height);
      for (const card of this.#inside(frame)) card.classList.toggle("ir-gone", folded);
      this.#settle(frame.dataset.ring);
      for (const edge of this.edges) this.#draw(edge);
      this.focus(frame);
      this.point(frame);
    }

    #name(part, isButton) {
      part.setAttribute("role", isButton ? "button" : "img");
      part.setAttribute("aria-label", wordsOf(part));
      part.setAttribute("tabindex", "-1");
    }

    #rest(part) {
      for (const each of [...this.cards, ...this.frames]) each.setAttribute("tabindex", "-1");
      part?.setAttribute("tabindex", "0");
    }

    #inside(frame) {
      return this.cards.filter((card) => card.dataset.box === frame.dataset.box);
    }

    #frameOf(card) {
      return this.frames.find((frame) => frame.dataset.box === card.dataset.box);
    }

    // The two cards of an edge, or the folded frames that they stand in.
    #ends(edge) {
      return ["source", "target"].map((end) => {
        const card = this.cards[number(edge, `data-${end}`)];
        return card.classList.contains("ir-gone") ? this.#frameOf(card) : card;
      });
    }

    #beside(here, step) {
      const column = [...this.cards, ...this.frames]
        .filter((each) => each.dataset.ring === here.dataset.ring && !each.classList.contains("ir-gone"))
        .sort((a, b) => top(a) - top(b));
      return column[column.indexOf(here) + step];
    }

    #along(here, step) {
      const [from, to] = step > 0 ? [0, 1] : [1, 0];
      const others = this.edges
        .map((edge) => this.#ends(edge))
        .filter((ends) => ends[from] === here)
        .map((ends) => ends[to]);
      return others.sort((a, b) => top(a) - top(b))[0];
    }

    #settle(ring) {
      let up = 0;
      const frames = this.frames.filter((frame) => frame.dataset.ring === ring);
      const below = [...this.cards, ...this.frames, ...this.svg.querySelectorAll(".ir-notes")]
        .filter((each) => each.dataset.ring === ring)
        .sort((a, b) => top(a) - top(b));
      for (const each of below) {
        const frame = each.dataset.box && frames.find((own) => own.dataset.box === each.dataset.box);
        each.dataset.up = frame && frame !== each ? frame.dataset.up : up;
        each.setAttribute("transform", `translate(0 ${-each.dataset.up})`);
        if (each.classList.contains("ir-folded")) {
          up += Number(each.querySelector(".ir-box").dataset.height) - FOLDED;
        }
      }
    }

    #draw(edge) {
      const [source, target] = this.#ends(edge).map(placeOf);
      const inside = this.#ends(edge);
      edge.classList.toggle("ir-gone", inside[0] === inside[1]);
      const y1 = source.y + source.height / 2;
      const y2 = target.y + target.height / 2;
      const x1 = source.x + source.width;
      const ahead = target.x > x1;
      const x2 = ahead ? target.x : target.x + target.width;
      const bend = ahead ? (x1 + x2) / 2 : Math.max(x1, x2) + 22;
      for (const line of edge.querySelectorAll(".ir-line, .ir-reach")) {
        line.setAttribute("d", `M${x1} ${y1}C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`);
      }
      const back = ahead ? x2 - 7 : x2 + 7;
      edge.querySelector(".ir-head").setAttribute("d", `M${x2} ${y2}L${back} ${y2 - 4}V${y2 + 4}z`);
    }
  }

  // Whether a frame is folded, for eyes and ears.
  function sign(frame) {
    const folded = frame.classList.contains("ir-folded");
    let text = frame.querySelector(".ir-sign");
    if (!text) {
      const rect = frame.querySelector(".ir-box");
      text = document.createElementNS(SVG, "text");
      text.setAttribute("class", "ir-sign");
      text.setAttribute("x", number(rect, "x") + number(rect, "width") - 8);
      text.setAttribute("y", number(rect, "y") + 13);
      text.setAttribute("aria-hidden", "true");
      frame.append(text);
    }
    text.textContent = folded ? "+" : "\u2212";
    frame.setAttribute("aria-expanded", String(!folded));
  }

  // A line that a pointer can hit.
  function widen(edge) {
    if (edge.querySelector(".ir-reach")) return;
    const reach = document.createElementNS(SVG, "path");
    reach.setAttribute("class", "ir-reach");
    reach.setAttribute("d", edge.querySelector(".ir-line").getAttribute("d"));
    edge.append(reach);
  }

  function wordsOf(part) {
    return part.querySelector("title")?.textContent ?? "";
  }

  function placeOf(part) {
    const rect = part.querySelector(".ir-card, .ir-box");
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => number(rect, name));
    return { x, y: y - Number(part.dataset.up ?? 0), width, height };
  }

  function top(part) {
    const rect = part.querySelector(".ir-card, .ir-box");
    return rect ? number(rect, "y") : Infinity;
  }

  start();
})();
