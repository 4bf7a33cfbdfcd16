/* What lies over the picture and moves with it: names, marks, north arrow, scale bar. It comes with each frame,
   places as shares of the picture. Nodes are kept and reused: a name that stays, stays. */
(function (twin) {
  "use strict";

  const COMPASS = `<svg class="compass twin-furniture" viewBox="-20 -20 40 40"><circle class="compass-ring" r="18.5"/>
    <g class="compass-needle"><path class="compass-north" d="M0-14 4.6 0H-4.6z"/><path class="compass-south" d="M0 14 4.6 0H-4.6z"/></g></svg>`;
  const LOOK_AGAIN_MS = 400; // panels do not move with the picture
  const MARK_PX = 7;
  const LINE = 1.25;

  /* About half the width of a name: a Chinese character takes its size, a Latin one a little over half of it. */
  function halfWidth(text, size) {
    let width = 0;
    for (const sign of text) width += sign.codePointAt(0) > 0x2e7f ? 1 : 0.56;
    return (width * size) / 2;
  }

  /* Stations' signs and words as those of old values; the last part of a detail is its age. */
  function aged(many) {
    return (many || []).map((one) => {
      if (!one.state || one.state === "never") return one;
      const parts = (one.detail || "").split(" · ");
      const detail = parts.length > 1 ? parts.slice(0, -1).join(" · ") : parts[0];
      return { ...one, detail, state: one.state === "fresh" ? "stale" : one.state };
    });
  }

  /* Sets what has changed: a browser looks at every style that is written anew. */
  function style(node, name, value) {
    const known = (node.known = node.known || {});
    if (known[name] === value) return;
    known[name] = value;
    node.style[name] = value;
  }

  class Overlay {
    constructor(root, styles, onPanels) {
      this.root = root;
      this.onPanels = onPanels;
      this.styles = styles || {};
      this.nodes = new Map();
      this.panels = [];
      this.signs = new twin.Signs(root, this.styles.signs || { paths: {}, colours: {}, alarms: {} });
      root.insertAdjacentHTML("beforeend", COMPASS + '<div class="scalebar twin-furniture"><span></span><i></i></div>');
      this.timer = setInterval(() => this.lookForPanels(), LOOK_AGAIN_MS);
      this.compass = root.querySelector(".compass");
      this.needle = root.querySelector(".compass-needle");
      this.scale = root.querySelector(".scalebar");
    }

    close() {
      clearInterval(this.timer);
    }

    /* While nothing comes, no sign looks live: each is drawn as old ones are, without the age it had. */
    lose(lost, frame) {
      this.lost = lost;
      this.update(this.shown, frame);
    }

    update(told, frame) {
      this.shown = told;
      const overlay = this.lost && told ? { ...told, marks: aged(told.marks), labels: aged(told.labels), bars: [] } : told;
      twin.overlayNow = overlay;
      // A frame that was under way may arrive after the scene has left the page.
      if (!overlay || !frame) return;
      const { clientWidth: width, clientHeight: height } = frame;
      const scale = Math.max(0.75, (height / 720) ** 0.6);
      this.lookForPanels();
      const seen = new Set();
      for (const mark of overlay.marks || []) {
        if (mark.state) continue;
        const node = this.node(seen, `mark ${mark.id}`, () => this.mark(mark));
        style(node, "opacity", mark.opacity);
        this.put(node, mark.x * width, mark.y * height);
      }
      for (const label of overlay.labels || []) {
        if (label.state) continue;
        const look = this.styleOf(label.kind);
        const node = this.node(seen, `name ${label.id}`, () => this.name(label, look));
        const size = look.size_px * scale;
        if (node.textContent !== label.text) node.textContent = label.text;
        style(node, "fontSize", `${size.toFixed(1)}px`);
        style(node, "opacity", label.opacity);
        const lift = label.mark ? MARK_PX * scale + (LINE * size) / 2 : 0;
        this.put(node, label.x * width, label.y * height - lift, halfWidth(label.text, size));
      }
      for (const [id, node] of this.nodes) {
        if (seen.has(id)) continue;
        node.remove();
        this.nodes.delete(id);
      }
      this.signs.update(overlay, width, height, scale, (x, y) => this.isCovered(x, y, 4));
      this.needle.setAttribute("transform", `rotate(${overlay.north_deg || 0})`);
      if (overlay.scale) {
        style(this.scale, "width", `${(overlay.scale.share * width).toFixed(1)}px`);
        if (this.scale.firstChild.textContent !== overlay.scale.text) {
          this.scale.firstChild.textContent = overlay.scale.text;
        }
      }
      this.root.classList.toggle("twin-labels-ready", Boolean(overlay.scale));
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

    /* Where panels lie: the server places no name there, and what was placed before goes out of sight. */
    lookForPanels() {
      const now = performance.now();
      if (now - (this.looked || -1e9) < LOOK_AGAIN_MS / 2) return;
      this.looked = now;
      this.panels = [...document.querySelectorAll(".glass, .frame-tab, .trouble, .notice, .head > *, .twin-furniture")].map((e) => {
        const { left, top, right, bottom } = e.getBoundingClientRect();
        return { left, top, right, bottom: e.matches(".timebar") ? bottom + 99 : bottom };
      });
      const boxes = this.panels.map((p) => [p.left, p.top, p.right, p.bottom].map(Math.round));
      if (JSON.stringify(boxes) === this.told) return;
      this.told = JSON.stringify(boxes);
      this.onPanels(boxes);
    }

    isCovered(x, y, half) {
      return this.panels.some((p) => x + half > p.left && x - half < p.right && y > p.top - 8 && y < p.bottom + 8);
    }

    put(node, x, y, half = 4) {
      style(node, "visibility", this.isCovered(x, y, half) ? "hidden" : "visible");
      node.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) translate(-50%, -50%)`;
    }

    styleOf(kind) {
      return this.styles[kind] || this.styles[kind.split("-")[0]] || this.styles[""] || { size_px: 13 };
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
