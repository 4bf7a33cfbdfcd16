/* Stations over the scene: signs, words and bars of rain on one canvas. Each is painted once and kept as a small
   picture; a frame only puts them where they belong. As elements of the page they cost more than the frame. */
(function (twin) {
  "use strict";

  const FONT = '"Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
  const MOST_KEPT = 800;
  const MARK_PX = 4; // a mark is out of sight where its middle is covered

  class Signs {
    constructor(root, theme) {
      this.theme = theme;
      this.canvas = document.createElement("canvas");
      this.canvas.className = "twin-signs";
      root.appendChild(this.canvas);
      this.context = this.canvas.getContext("2d");
      this.shapes = new Map(Object.entries(theme.shapes).map(([kind, path]) => [kind, new Path2D(path)]));
      this.kept = new Map();
      this.empty = true;
    }

    /* Paints everything of an overlay that belongs to stations; `covered(left, top, right, bottom)` says where
       panels lie. Returns the boxes of the words that it has painted. */
    update(overlay, width, height, scale, covered) {
      const p = window.devicePixelRatio || 1;
      const marks = (overlay.marks || []).filter((mark) => mark.state);
      const labels = (overlay.labels || []).filter((label) => label.state);
      const bars = overlay.bars || [];
      const nothing = !(marks.length || labels.length || bars.length);
      if (nothing && this.empty) return [];
      this.empty = nothing;
      const [w, h] = [Math.round(width * p), Math.round(height * p)];
      if (this.canvas.width !== w || this.canvas.height !== h) {
        this.canvas.width = w;
        this.canvas.height = h;
      } else {
        this.context.clearRect(0, 0, w, h);
      }
      const s = scale * p;
      for (const bar of bars) {
        const [x, y, half] = [bar.x * width, bar.y * height, (this.theme.rain.width_px / 2) * scale];
        if (!covered(x - half, y - bar.height_px, x + half, y)) this.bar(bar, w, h, p, s);
      }
      for (const mark of marks) {
        const [x, y] = [mark.x * width, mark.y * height];
        const hidden = covered(x - MARK_PX, y - MARK_PX, x + MARK_PX, y + MARK_PX);
        if (!hidden) this.put(this.sign(mark, s), mark.x * w, mark.y * h, mark.opacity);
      }
      const painted = [];
      for (const label of labels) {
        const [x, y] = [label.x * width + (label.dx || 0), label.y * height + (label.dy || 0)];
        const words = this.words(label, s);
        const [half, tall] = [words.width / p / 2, (this.theme.station.height_px[label.text ? 0 : 1] * scale) / 2];
        const box = [x - half, y - tall, x + half, y + tall];
        if (covered(...box)) continue;
        this.put(words, x * p, y * p, label.opacity);
        painted.push(box);
      }
      return painted;
    }

    /* How far the dark rim of a text of this size reaches, in its units. */
    halo(size) {
      return this.theme.text.halo * size;
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
      const { radius_px, lake, disc, kinds, alarms } = this.theme.station;
      const radius = radius_px * s * (kind === "reservoir" ? lake : 1);
      const paint = (c) => {
        c.scale(radius, radius);
        if (rank) {
          c.beginPath();
          c.arc(0, 0, disc.rank_0 + disc.by_rank * rank, 0, 2 * Math.PI);
          c.fillStyle = alarms[tone].disc;
          c.fill();
          c.lineWidth = 0.18;
          c.strokeStyle = this.theme.ink;
          c.stroke();
        }
        const shape = this.shapes.get(kind);
        const colour = kinds[kind];
        if (state === "fresh") {
          c.lineWidth = 0.36;
          c.strokeStyle = this.theme.ink;
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
      const { name, detail: second, alarms, height_px } = this.theme.station;
      const below = text ? second.down_px * s : 0;
      const size = () => {
        const fonts = [`500 ${(name.size_px * s).toFixed(1)}px ${FONT}`, `${old ? 500 : 600} ${(second.size_px * s).toFixed(1)}px ${FONT}`];
        const widths = [text, detail].map((words, k) => {
          this.context.font = fonts[k];
          return this.context.measureText(words).width;
        });
        return { fonts, widths, wide: Math.max(...widths) + 2 * this.halo(second.size_px) * s };
      };
      return this.keep(`words ${text} ${detail} ${state} ${tone} ${s}`, size, (c, { fonts }) => {
        c.textAlign = "center";
        c.textBaseline = "middle";
        c.lineJoin = "round";
        c.strokeStyle = this.theme.ink;
        const fresh = tone ? alarms[tone].detail : this.theme.paper;
        const ink = old ? second.old : fresh;
        for (const [words, font, size, y, fill] of [
          [text, fonts[0], name.size_px, name.down_px * s, name.colour],
          [detail, fonts[1], second.size_px, below, ink],
        ]) {
          c.font = font;
          c.lineWidth = 2 * this.halo(size) * s;
          c.strokeText(words, 0, y);
          c.fillStyle = fill;
          c.fillText(words, 0, y);
        }
      }, (height_px[0] + 4) * s);
    }

    bar(bar, w, h, p, s) {
      const c = this.context;
      const { width_px, size_px, gap_px } = this.theme.rain;
      const [x, y, tall, half] = [bar.x * w, bar.y * h, bar.height_px * p, (width_px / 2) * s];
      c.globalAlpha = bar.opacity;
      c.fillStyle = bar.colour;
      c.strokeStyle = this.theme.ink;
      c.lineWidth = 1;
      c.fillRect(x - half, y - tall, 2 * half, tall);
      c.strokeRect(x - half, y - tall, 2 * half, tall);
      const paint = (n) => {
        n.font = `600 ${(size_px * s).toFixed(1)}px ${FONT}`;
        n.textAlign = "center";
        n.textBaseline = "middle";
        n.lineWidth = 2 * this.halo(size_px) * s;
        n.lineJoin = "round";
        n.strokeStyle = this.theme.ink;
        n.strokeText(bar.text, 0, 0);
        n.fillStyle = this.theme.paper;
        n.fillText(bar.text, 0, 0);
      };
      const line = this.theme.text.line * size_px * s;
      const number = this.keep(`bar ${bar.text} ${s}`, () => ({ wide: 34 * s }), paint, line);
      this.put(number, x, y - tall - gap_px * s - line / 2, bar.opacity);
    }
  }

  twin.Signs = Signs;

  /* States of a station's sign, for legends. */
  const RING = "M.8 0A.8.8 0 1 1-.8 0 .8.8 0 1 1 .8 0";
  const STATES = { stale: RING, dead: `${RING}M-1-1 1 1M-1 1 1-1`, alarm: "M1.2 0A1.2 1.2 0 1 1-1.2 0 1.2 1.2 0 1 1 1.2 0" };

  /* The sign of a kind of station or of its state, for lists, filters, legends; nothing for what is neither. */
  twin.components["twin-sign"] = {
    props: { kind: { type: String, required: true } },
    template: `<svg v-if="path" class="sign" viewBox="-1.3 -1.3 2.6 2.6" aria-hidden="true">
      <path :d="path" :fill="colour" :stroke="hollow ? 'currentColor' : 'none'" stroke-width="0.3"/></svg>`,
    computed: {
      theme: () => twin.trame.state.get("label_styles"),
      path() {
        return this.theme.shapes[this.kind] || STATES[this.kind];
      },
      hollow() {
        return this.kind === "stale" || this.kind === "dead";
      },
      colour() {
        return this.hollow ? "none" : this.theme.station.kinds[this.kind] || "#ff5a55";
      },
    },
  };
})(window.twinDesk);
