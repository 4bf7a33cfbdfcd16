/* What lies over the picture and moves with it: names, marks, north arrow, scale bar. It comes with each frame,
   places as shares of the picture. Nodes are kept and reused: a name that stays, stays. */
(function (twin) {
  "use strict";

  const COMPASS = `<svg class="compass twin-furniture" viewBox="-20 -20 40 40"><circle class="compass-ring" r="18.5"/>
    <g class="compass-needle"><path class="compass-north" d="M0-14 4.6 0H-4.6z"/><path class="compass-south" d="M0 14 4.6 0H-4.6z"/></g></svg>`;
  const LOOK_AGAIN_MS = 400; // panels do not move with the picture
  const MARK_PX = 7;
  const LINE = 1.25;
  const SIGN_PX = 20.8; // the whole square of a sign, twice its shape's, in a view 720 high
  const WORDS_PX = 12.5;

  /* About half the width of a name: a Chinese character takes its size, a Latin one a little over half of it. */
  function halfWidth(text, size) {
    let width = 0;
    for (const sign of text) width += sign.codePointAt(0) > 0x2e7f ? 1 : 0.56;
    return (width * size) / 2;
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
      root.insertAdjacentHTML("beforeend", COMPASS + '<div class="scalebar twin-furniture"><span></span><i></i></div>');
      this.timer = setInterval(() => this.lookForPanels(), LOOK_AGAIN_MS);
      this.compass = root.querySelector(".compass");
      this.needle = root.querySelector(".compass-needle");
      this.scale = root.querySelector(".scalebar");
    }

    close() {
      clearInterval(this.timer);
    }

    update(overlay, frame) {
      // A frame that was under way may arrive after the scene has left the page.
      if (!overlay || !frame) return;
      const { clientWidth: width, clientHeight: height } = frame;
      const scale = Math.max(0.75, (height / 720) ** 0.6);
      this.lookForPanels();
      const seen = new Set();
      for (const mark of overlay.marks || []) {
        const node = this.node(seen, `mark ${mark.id}`, () => this.mark(mark));
        if (mark.kind.startsWith("station-")) this.stand(node, mark, scale);
        style(node, "opacity", mark.opacity);
        this.put(node, mark.x * width, mark.y * height);
      }
      for (const label of overlay.labels || []) {
        if (label.state) {
          this.words(seen, label, width, height, scale);
          continue;
        }
        const look = this.styleOf(label.kind);
        const node = this.node(seen, `name ${label.id}`, () => this.name(label, look));
        const size = look.size_px * scale;
        if (node.textContent !== label.text) node.textContent = label.text;
        style(node, "fontSize", `${size.toFixed(1)}px`);
        style(node, "opacity", label.opacity);
        const lift = label.mark ? MARK_PX * scale + (LINE * size) / 2 : 0;
        this.put(node, label.x * width, label.y * height - lift, halfWidth(label.text, size));
      }
      for (const bar of overlay.bars || []) {
        const node = this.node(seen, `bar ${bar.id}`, () => {
          const made = document.createElement("div");
          made.className = "twin-bar";
          made.append(document.createElement("b"));
          return made;
        });
        if (node.firstChild.textContent !== bar.text) node.firstChild.textContent = bar.text;
        style(node, "height", `${bar.height_px}px`);
        style(node, "background", bar.colour);
        style(node, "opacity", bar.opacity);
        this.put(node, bar.x * width, bar.y * height - bar.height_px / 2);
      }
      for (const [id, node] of this.nodes) {
        if (seen.has(id)) continue;
        node.remove();
        this.nodes.delete(id);
      }
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
      this.panels = [...document.querySelectorAll(".glass, .frame-tab, .brand, .tools, .twin-furniture")].map((e) => {
        const { left, top, right, bottom } = e.getBoundingClientRect();
        return { left, top, right, bottom: e.matches(".timebar") ? bottom + 99 : bottom };
      });
      const boxes = this.panels.map((p) => [p.left, p.top, p.right, p.bottom].map(Math.round));
      if (JSON.stringify(boxes) === this.told) return;
      this.told = JSON.stringify(boxes);
      this.onPanels(boxes);
    }

    put(node, x, y, half = 4) {
      const covered = this.panels.some(
        (p) => x + half > p.left && x - half < p.right && y > p.top - 8 && y < p.bottom + 8,
      );
      style(node, "visibility", covered ? "hidden" : "visible");
      node.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) translate(-50%, -50%)`;
    }

    styleOf(kind) {
      return this.styles[kind] || this.styles[kind.split("-")[0]] || this.styles[""] || { size_px: 13 };
    }

    /* A station's sign: its shape, drawn as the station stands. */
    stand(node, mark, scale) {
      const look = `twin-sign twin-sign-${mark.state || "never"} twin-sign-rank-${mark.rank || 0}`;
      if (node.known?.look !== look) {
        node.known = Object.assign(node.known || {}, { look });
        node.setAttribute("class", look);
      }
      const size = SIGN_PX * scale * (mark.kind === "station-reservoir" ? 1.5 : 1);
      style(node, "width", `${size.toFixed(1)}px`);
      style(node, "height", `${size.toFixed(1)}px`);
    }

    sign(mark) {
      const { paths, colours, alarms } = this.styles.signs;
      const kind = mark.kind.slice("station-".length);
      const holder = document.createElement("div");
      holder.innerHTML = `<svg viewBox="-2 -2 4 4"><circle r="1.8"/><path class="shape" d="${paths[kind]}"/>
        <path class="cross" d="M-1-1 1 1M-1 1 1-1"/></svg>`;
      const node = holder.firstElementChild;
      node.style.setProperty("--colour", colours[kind]);
      for (const [rank, colour] of Object.entries(alarms)) node.style.setProperty(`--alarm-${rank}`, colour);
      return node;
    }

    /* A station's name with its value, trend and age below. */
    words(seen, label, width, height, scale) {
      const node = this.node(seen, `name ${label.id}`, () => {
        const made = document.createElement("div");
        made.append(document.createElement("span"), document.createElement("b"));
        made.dataset.layer = label.layer;
        return made;
      });
      const look = `twin-words twin-words-${label.state} twin-words-rank-${label.rank || 0}`;
      if (node.className !== look) node.className = look;
      const [name, value] = node.children;
      if (name.textContent !== label.text) name.textContent = label.text;
      if (value.textContent !== label.detail) value.textContent = label.detail;
      style(node, "fontSize", `${(WORDS_PX * scale).toFixed(1)}px`);
      style(node, "opacity", label.opacity);
      const half = halfWidth(label.detail || label.text, WORDS_PX * scale);
      this.put(node, label.x * width + (label.dx || 0), label.y * height + (label.dy || 0), half);
    }

    mark(mark) {
      if (mark.kind.startsWith("station-")) return this.sign(mark);
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

  /* The sign of a kind of station, for lists and filters; nothing for what is no kind. */
  twin.components["twin-sign"] = {
    props: { kind: { type: String, required: true } },
    template: `<svg v-if="path" class="sign" viewBox="-1.3 -1.3 2.6 2.6" aria-hidden="true">
      <path :d="path" :fill="colour"/></svg>`,
    computed: {
      signs: () => (twin.trame.state.get("label_styles") || {}).signs || { paths: {}, colours: {} },
      path() {
        return this.signs.paths[this.kind];
      },
      colour() {
        return this.signs.colours[this.kind];
      },
    },
  };
})(window.twinDesk);
