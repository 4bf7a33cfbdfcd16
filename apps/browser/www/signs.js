/* Stations over the scene: signs, words and bars of rain on one canvas. Each is painted once and kept as a small
   picture; a frame only puts them where they belong. As elements of the page they cost more than the frame. */
(function (twin) {
  "use strict";

  const FONT = '"Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
  const INK = "#0e1c28";
  const MOST_KEPT = 800;
  const NAME_PX = 11.5; // as layers/labels/candidates.py
  const DETAIL_PX = 12.5;
  const LINES_PX = 29;
  const RADIUS_PX = 5.2; // as layers/labels/symbols.py
  const VALUE = { "": "#ffffff", red: "#ff9a96", orange: "#ffb877", yellow: "#ffe680", blue: "#a6caff" }; // by warning
  const OLD = "#a5b2bd";

  class Signs {
    constructor(root, signs) {
      this.signs = signs;
      this.canvas = document.createElement("canvas");
      this.canvas.className = "twin-signs";
      root.appendChild(this.canvas);
      this.context = this.canvas.getContext("2d");
      this.shapes = new Map(Object.entries(signs.paths).map(([kind, path]) => [kind, new Path2D(path)]));
      this.kept = new Map();
      this.empty = true;
    }

    /* Paints everything of an overlay that belongs to stations; `covered(x, y)` says where panels lie. */
    update(overlay, width, height, scale, covered) {
      const p = window.devicePixelRatio || 1;
      const marks = (overlay.marks || []).filter((mark) => mark.state);
      const labels = (overlay.labels || []).filter((label) => label.state);
      const bars = overlay.bars || [];
      const nothing = !(marks.length || labels.length || bars.length);
      if (nothing && this.empty) return;
      this.empty = nothing;
      const [w, h] = [Math.round(width * p), Math.round(height * p)];
      if (this.canvas.width !== w || this.canvas.height !== h) {
        this.canvas.width = w;
        this.canvas.height = h;
      } else {
        this.context.clearRect(0, 0, w, h);
      }
      const s = scale * p;
      for (const bar of bars) this.bar(bar, w, h, p, s);
      for (const mark of marks) {
        if (!covered(mark.x * width, mark.y * height)) this.put(this.sign(mark, s), mark.x * w, mark.y * h, mark.opacity);
      }
      for (const label of labels) {
        const [x, y] = [label.x * w + (label.dx || 0) * p, label.y * h + (label.dy || 0) * p];
        if (!covered(x / p, y / p)) this.put(this.words(label, s), x, y, label.opacity);
      }
    }

    put(picture, x, y, opacity) {
      this.context.globalAlpha = opacity;
      this.context.drawImage(picture, Math.round(x - picture.width / 2), Math.round(y - picture.height / 2));
    }

    /* A picture that was painted before, or is painted now. `size` finds out its width when it is needed. */
    keep(key, size, paint, tall) {
      let picture = this.kept.get(key);
      if (picture) {
        this.kept.delete(key);
      } else {
        const found = size();
        picture = document.createElement("canvas");
        picture.width = Math.ceil(found.wide);
        picture.height = Math.ceil(tall);
        const context = picture.getContext("2d");
        context.translate(picture.width / 2, picture.height / 2);
        paint(context, found);
      }
      this.kept.set(key, picture); // the newest last
      if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value);
      return picture;
    }

    sign(mark, s) {
      const kind = mark.kind.slice("station-".length);
      const { state, rank = 0, tone = "" } = mark;
      const radius = RADIUS_PX * s * (kind === "reservoir" ? 1.5 : 1);
      const paint = (c) => {
        c.scale(radius, radius);
        if (rank) {
          c.beginPath();
          c.arc(0, 0, 2.15 - 0.18 * rank, 0, 2 * Math.PI);
          c.fillStyle = this.signs.alarms[tone];
          c.fill();
          c.lineWidth = 0.18;
          c.strokeStyle = INK;
          c.stroke();
        }
        const shape = this.shapes.get(kind);
        const colour = this.signs.colours[kind];
        if (state === "fresh") {
          c.lineWidth = 0.36;
          c.strokeStyle = INK;
          c.stroke(shape);
          c.fillStyle = colour;
          c.fill(shape);
          return;
        }
        c.fillStyle = "rgba(14, 28, 40, 0.55)";
        c.fill(shape);
        c.strokeStyle = colour;
        c.lineWidth = 0.34;
        if (state === "never" || state === "unknown") c.setLineDash([0.3, 0.3]);
        c.stroke(shape);
        if (state === "dead") {
          c.setLineDash([]);
          c.stroke(new Path2D("M-1-1 1 1M-1 1 1-1"));
        }
      };
      return this.keep(`sign ${kind} ${state} ${rank} ${tone} ${s}`, () => ({ wide: 4.4 * radius }), paint, 4.4 * radius);
    }

    words(label, s) {
      const { state, tone = "", text, detail = "" } = label; // no text: what it shows stands alone
      const old = state !== "fresh";
      const below = text ? 7.2 * s : 0;
      const size = () => {
        const fonts = [`500 ${(NAME_PX * s).toFixed(1)}px ${FONT}`, `${old ? 500 : 600} ${(DETAIL_PX * s).toFixed(1)}px ${FONT}`];
        const widths = [text, detail].map((words, k) => {
          this.context.font = fonts[k];
          return this.context.measureText(words).width;
        });
        return { fonts, widths, wide: Math.max(...widths) + 8 * s };
      };
      return this.keep(`words ${text} ${detail} ${state} ${tone} ${s}`, size, (c, { fonts, widths }) => {
        c.textAlign = "center";
        c.textBaseline = "middle";
        c.lineJoin = "round";
        c.strokeStyle = INK;
        const ink = old ? OLD : VALUE[tone];
        for (const [words, font, y, fill] of [
          [text, fonts[0], -7 * s, "#cfe1ee"],
          [detail, fonts[1], below, ink],
        ]) {
          c.font = font;
          c.lineWidth = 3 * s;
          c.strokeText(words, 0, y);
          c.fillStyle = fill;
          c.fillText(words, 0, y);
        }
        if (old && state !== "never" && state !== "unknown") {
          c.fillStyle = OLD;
          c.fillRect(-widths[1] / 2, below + 0.4 * s, widths[1], Math.max(1, 1.1 * s));
        }
      }, (LINES_PX + 4) * s);
    }

    bar(bar, w, h, p, s) {
      const c = this.context;
      const [x, y, tall, half] = [bar.x * w, bar.y * h, bar.height_px * p, 3.5 * s];
      c.globalAlpha = bar.opacity;
      c.fillStyle = bar.colour;
      c.strokeStyle = INK;
      c.lineWidth = 1;
      c.fillRect(x - half, y - tall, 2 * half, tall);
      c.strokeRect(x - half, y - tall, 2 * half, tall);
      const paint = (n) => {
        n.font = `600 ${(10.5 * s).toFixed(1)}px ${FONT}`;
        n.textAlign = "center";
        n.textBaseline = "middle";
        n.lineWidth = 3 * s;
        n.lineJoin = "round";
        n.strokeStyle = INK;
        n.strokeText(bar.text, 0, 0);
        n.fillStyle = "#fff";
        n.fillText(bar.text, 0, 0);
      };
      const number = this.keep(`bar ${bar.text} ${s}`, () => ({ wide: 34 * s }), paint, 15 * s);
      this.put(number, x, y - tall - 7 * s, bar.opacity);
    }
  }

  twin.Signs = Signs;

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
