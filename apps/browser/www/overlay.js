/* What lies over the picture and moves with it: names, marks, north arrow, scale bar. It comes with each frame,
   places as shares of the picture. Nodes are kept and reused: a name that stays, stays. */
(function (twin) {
  "use strict";

  const COMPASS = `<svg class="compass twin-furniture" viewBox="-20 -20 40 40"><circle class="compass-ring" r="18.5"/>
    <g class="compass-needle"><path class="compass-north" d="M0-14 4.6 0H-4.6z"/><path class="compass-south" d="M0 14 4.6 0H-4.6z"/></g></svg>`;
  /* As wide as the longest bar: the place that words leave free does not change while one zooms. */
  const SCALEBAR = '<div class="scalebar twin-furniture"><em></em><div><span></span><i></i></div></div>';
  const LOOK_AGAIN_MS = 400; // panels do not move with the picture
  /* What words keep free of: panels, what says something over the scene, and what stands at its own edges. */
  const COVERS = ".glass, .wall-card, .wall-scene, .wall-head, .wall-frame-tab, .wall-message, .frame-tab, .trouble, .notice, .head, .twin-lost, .twin-furniture";

  /* Stations' signs and words as those of old values: a word takes the place of the age, a detail's last part. */
  function aged(many) {
    const { value_lost: word } = twin.trame.state.get("t");
    return (many || []).map((one) => {
      if (!one.state || one.state === "never") return one;
      const parts = (one.detail || "").split(" · ");
      const detail = parts.length > 1 ? [...parts.slice(0, -1), word].join(" · ") : parts[0];
      return { ...one, detail, state: one.state === "fresh" ? "stale" : one.state };
    });
  }

  /* A station's words with the age of its value by now, which is the last part of its detail. */
  function counted(label) {
    const seconds = twin.servedSince(label.since_s);
    if (seconds === null) return label;
    const t = twin.trame.state.get("t");
    const age = [t[`value_${label.state}`], twin.age(seconds, t, "age_short")].filter(Boolean).join(" ");
    return { ...label, detail: [...label.detail.split(" · ").slice(0, -1), age].join(" · ") };
  }

  /* Sets what has changed: a browser looks at every style that is written anew. */
  function style(node, name, value) {
    const known = (node.known = node.known || {});
    if (known[name] === value) return;
    known[name] = value;
    node.style[name] = value;
  }

  class Overlay {
    constructor(root, theme, onPanels) {
      this.root = root;
      this.onPanels = onPanels;
      this.theme = theme;
      this.nodes = new Map();
      this.panels = [];
      this.zoom = 1; // the wall magnifies names; the server places them as in a view smaller by it
      this.signs = new twin.Signs(root, theme);
      root.insertAdjacentHTML("beforeend", COMPASS + SCALEBAR);
      root.style.setProperty("--halo-em", theme.text.halo);
      root.style.setProperty("--widest", theme.scale_bar.widest);
      this.timer = setInterval(() => (this.lookForPanels() || this.isOlder()) && this.update(this.shown), LOOK_AGAIN_MS);
      this.compass = root.querySelector(".compass");
      this.needle = root.querySelector(".compass-needle");
      this.bar = root.querySelector(".scalebar > div");
      this.note = root.querySelector(".scalebar > em");
    }

    close() {
      clearInterval(this.timer);
    }

    /* While nothing comes, no sign looks live: each is drawn as old ones are, without the age it had. */
    lose(lost) {
      this.lost = lost;
      this.update(this.shown);
    }

    byNow(told) {
      if (this.lost) return { ...told, marks: aged(told.marks), labels: aged(told.labels), bars: [] };
      return { ...told, labels: (told.labels || []).map(counted) };
    }

    /* Whether an age has other words by now: it goes on where nothing comes. */
    isOlder() {
      const { labels = [] } = twin.overlayNow || {};
      return !this.lost && labels.some((label) => counted(label).detail !== label.detail);
    }

    /* `size` in CSS pixels, where it is known: to ask for it after the picture was laid costs a layout a frame. */
    update(told, size) {
      this.shown = told;
      const overlay = told && this.byNow(told);
      twin.overlayNow = overlay;
      // A frame that was under way may arrive after the scene has left the page.
      if (!overlay || !this.root.isConnected) return;
      this.root.classList.toggle("twin-labels-ready", Boolean(overlay.scale));
      this.lookForPanels();
      const [width, height] = size || [this.root.clientWidth, this.root.clientHeight];
      const { view_px, power, least } = this.theme.scale;
      const scale = this.zoom * Math.max(least, (height / this.zoom / view_px) ** power);
      const { line, halo } = this.theme.text;
      const { radius_px, lift_px } = this.theme.mark;
      const [seen, words] = [new Set(), []];
      for (const mark of overlay.marks || []) {
        if (mark.state) continue;
        const node = this.node(seen, `mark ${mark.id}`, () => this.mark(mark));
        style(node, "opacity", mark.opacity);
        style(node, "width", `${(2 * radius_px * scale).toFixed(1)}px`);
        const [x, y] = [mark.x * width, mark.y * height];
        this.put(node, x, y, [x - radius_px, y - radius_px, x + radius_px, y + radius_px]);
      }
      for (const label of overlay.labels || []) {
        if (label.state) continue;
        const look = this.styleOf(label.kind);
        const node = this.node(seen, `name ${label.id}`, () => this.name(label, look));
        const size = look.size_px * scale;
        if (node.textContent !== label.text) node.textContent = label.text;
        style(node, "fontSize", `${size.toFixed(1)}px`);
        style(node, "opacity", label.opacity);
        const tall = line * size;
        const [x, y] = [label.x * width, label.y * height - (label.mark ? lift_px * scale + tall / 2 : 0)];
        const half = this.width(label.text, size) / 2 + halo * size;
        const box = [x - half, y - tall / 2, x + half, y + tall / 2];
        if (this.put(node, x, y, box)) words.push(box);
      }
      for (const [id, node] of this.nodes) {
        if (seen.has(id)) continue;
        node.remove();
        this.nodes.delete(id);
      }
      words.push(...this.signs.update(overlay, width, height, scale, (...box) => this.isCovered(...box)));
      twin.stats.words = words;
      style(this.needle, "transform", `rotate(${overlay.north_deg || 0}deg)`);
      if (overlay.scale) {
        style(this.bar, "width", `${(overlay.scale.share * width).toFixed(1)}px`);
        const text = this.bar.firstChild;
        if (text.textContent !== overlay.scale.text) text.textContent = overlay.scale.text;
        const { note = "" } = overlay.scale;
        if (this.note.textContent !== note) this.note.textContent = note;
      }
    }

    node(seen, id, make) {
      seen.add(id);
      let node = this.nodes.get(id);
      if (!node) {
        node = make();
        this.root.appendChild(node);
        this.nodes.set(id, node);
      }
      return node;
    }

    /* Where panels lie: what was placed there goes out of sight at once, and the server places nothing there.
       Whether they lie elsewhere than before. */
    lookForPanels() {
      const now = performance.now();
      if (now - (this.looked || -1e9) < LOOK_AGAIN_MS / 2) return false;
      this.looked = now;
      const own = this.root.getBoundingClientRect();
      const pixels = own.width ? this.root.clientWidth / own.width : 1; // a shared picture is scaled to its page
      const boxes = [...document.querySelectorAll(COVERS)].map((e) => {
        const { left, top, right, bottom } = e.getBoundingClientRect();
        const low = e.matches(".timebar") ? bottom + 99 : bottom;
        return [left - own.left, top - own.top, right - own.left, low - own.top].map((v) => Math.round(pixels * v));
      });
      const panels = boxes.filter(([left, top, right, bottom]) => left < right && top < bottom);
      if (JSON.stringify(panels) === JSON.stringify(this.panels)) return false;
      this.panels = panels;
      this.onPanels(panels);
      return true;
    }

    isCovered(left, top, right, bottom) {
      return this.panels.some(([l, t, r, b]) => right > l && left < r && bottom > t && top < b);
    }

    /* Puts a node's middle there; false where its box is covered, and it is out of sight. */
    put(node, x, y, box) {
      const free = !this.isCovered(...box);
      style(node, "visibility", free ? "visible" : "hidden");
      node.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) translate(-50%, -50%)`;
      return free;
    }

    /* About how wide a name is: a Chinese character takes its size, a Latin one a little over half of it. */
    width(text, size) {
      const { wide_from, narrow } = this.theme.text;
      let width = 0;
      for (const sign of text) width += sign.codePointAt(0) >= wide_from ? 1 : narrow;
      return width * size;
    }

    styleOf(kind) {
      const { labels } = this.theme;
      return labels[kind] || labels[kind.split("-")[0]] || labels[""];
    }

    mark(mark) {
      const node = document.createElement("i");
      node.className = mark.kind === "peak" ? "twin-mark twin-mark-peak" : "twin-mark";
      node.style.setProperty("--colour", mark.colour);
      return node;
    }

    name(label, style) {
      const node = document.createElement("span");
      node.className = "twin-label";
      node.dataset.layer = label.layer;
      node.style.color = style.colour;
      node.style.setProperty("--halo", style.halo);
      node.style.fontWeight = style.bold ? 700 : 500;
      return node;
    }
  }

  twin.Overlay = Overlay;
})(window.twinDesk);
