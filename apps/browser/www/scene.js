/* The streamed scene: paints frames as they come, sends gestures, and lays the labels over the picture.

   A frame carries its labels, so both change in the same paint. Only the newest decoded frame is painted;
   each painted frame is acknowledged, which is what paces the server. Gestures melt together while two
   messages are unanswered, so a slow line never builds a queue. */
(function (twin) {
  "use strict";

  const TOPIC = "twin.scene.picture";
  const CLICK_PX = 5;
  const UNANSWERED = 2;

  function sessionOf(trame) {
    return trame.client.getConnection().getSession();
  }

  /* Sends gestures; those of one kind that wait for their turn are added up. */
  class Sender {
    constructor(session) {
      this.session = session;
      this.open = 0;
      this.waiting = new Map();
    }

    now(event) {
      this.open += 1;
      const answered = () => {
        this.open -= 1;
        this.next();
      };
      this.session.call("twin.scene.event", [event]).then(answered, answered);
    }

    add(type, amounts) {
      const old = this.waiting.get(type);
      const sum = old || { type };
      for (const [key, value] of Object.entries(amounts)) {
        if (key === "t" && old) continue;
        sum[key] = key.startsWith("d") ? (sum[key] || 0) + value : value;
      }
      this.waiting.set(type, sum);
      this.next();
    }

    next() {
      for (const [type, event] of this.waiting) {
        if (this.open >= UNANSWERED) return;
        this.waiting.delete(type);
        this.now(event);
      }
    }
  }

  /* Decodes frames and paints the newest one. */
  class Painter {
    constructor(canvas, onPaint) {
      this.canvas = canvas;
      this.context = canvas.getContext("bitmaprenderer", { alpha: false });
      this.onPaint = onPaint;
      this.ready = null;
      this.asked = false;
      this.newest = 0;
      this.decoding = 0;
      this.over = null;
    }

    async take(meta, content) {
      if (meta.type === "overlay") {
        this.over = meta;
        this.layOver();
        return;
      }
      let bitmap;
      this.decoding += 1;
      try {
        bitmap = await createImageBitmap(new Blob([content], { type: meta.type }));
      } catch (error) {
        this.onPaint(meta, false);
      } finally {
        this.decoding -= 1;
      }
      if (bitmap) this.show(meta, bitmap);
      this.layOver();
    }

    show(meta, bitmap) {
      if (meta.n < this.newest && this.newest - meta.n < 1000) {
        bitmap.close();
        return;
      }
      this.newest = meta.n;
      if (this.ready) this.ready.bitmap.close();
      this.ready = { meta, bitmap };
      if (!this.asked) {
        this.asked = true;
        requestAnimationFrame(() => this.paint());
      }
    }

    paint() {
      this.asked = false;
      const { meta, bitmap } = this.ready;
      this.ready = null;
      this.canvas.width = meta.w;
      this.canvas.height = meta.h;
      this.context.transferFromImageBitmap(bitmap);
      this.onPaint(meta, true);
      this.layOver();
    }

    /* What came without a picture is of the newest one: it waits until that is shown. */
    layOver() {
      if (!this.over || this.asked || this.decoding) return;
      const meta = this.over;
      this.over = null;
      this.onPaint(meta, true);
    }
  }

  const SceneView = {
    props: { label: { type: String, default: "" } },
    template: `
      <div ref="root" class="twin-scene" tabindex="0" role="application" :aria-label="label"
           @pointerdown="down" @pointermove="move" @pointerup="up" @pointercancel="up"
           @wheel.prevent="wheel" @dblclick="twice" @contextmenu.prevent @keydown="key">
        <canvas ref="canvas" aria-hidden="true"></canvas>
        <div ref="labels" class="twin-labels" aria-hidden="true"></div>
      </div>`,
    inject: ["trame"],

    mounted() {
      this.session = sessionOf(this.trame);
      this.sender = new Sender(this.session);
      this.pointers = new Map();
      this.overlay = new twin.Overlay(this.$refs.labels, this.trame.state.get("label_styles"), (panels) => {
        this.panels = panels;
        this.tellView();
      });
      this.painter = new Painter(this.$refs.canvas, (meta, painted) => this.painted(meta, painted));
      this.subscription = this.session.subscribe(TOPIC, ([{ meta, content }]) => this.painter.take(meta, content));
      this.observer = new ResizeObserver(() => this.resize());
      this.observer.observe(this.$refs.root);
      this.onLine = ({ detail }) => this.overlay.lose(detail !== "open");
      window.addEventListener("twin-line", this.onLine);
      this.session.call("twin.scene.reset", []);
    },

    beforeUnmount() {
      window.removeEventListener("twin-line", this.onLine);
      this.observer.disconnect();
      this.overlay.close();
      this.session.unsubscribe(this.subscription);
    },

    methods: {
      painted(meta, ok) {
        if (!this.$refs.root) return; // a frame that was under way when the scene left the page
        if (meta.type === "overlay") {
          this.overlay.update(meta.overlay);
          twin.stats.overlay = meta.overlay;
          twin.tell(meta.told);
          return;
        }
        this.sender.now({ type: "painted", n: meta.n });
        if (!ok) return;
        this.overlay.update(meta.overlay);
        twin.stats.overlay = meta.overlay;
        const data = this.$refs.root.dataset;
        data.frame = meta.n;
        data.still = meta.still;
        data.smooth = meta.smooth;
        twin.tell(meta.told);
        twin.stats.painted(meta);
        twin.pictureShown();
      },

      resize() {
        const { width, height } = this.$refs.root.getBoundingClientRect();
        const p = window.devicePixelRatio || 1;
        this.session.call("twin.scene.size", [Math.round(width * p), Math.round(height * p)]);
        this.tellView();
      },

      tellView() {
        if (!this.$refs.root) return;
        const { clientWidth: w, clientHeight: h } = this.$refs.root;
        this.sender.now({ type: "view", w, h, panels: this.panels || [] });
      },

      /* A place in the picture as shares of its width and height. */
      at(event) {
        const box = this.$refs.root.getBoundingClientRect();
        return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
      },

      down(event) {
        this.$refs.root.focus({ preventScroll: true });
        this.$refs.root.setPointerCapture(event.pointerId);
        const { clientX: x, clientY: y } = event;
        const turns = event.button !== 0 || event.shiftKey;
        this.pointers.set(event.pointerId, { x, y, x0: x, y0: y, turns, button: event.button });
        this.sender.now({ type: "grab", ...this.middle() });
      },

      move(event) {
        const p = this.pointers.get(event.pointerId);
        if (!p) return;
        const height = this.$refs.root.clientHeight;
        const before = this.spread();
        const dx = (event.clientX - p.x) / height;
        const dy = (event.clientY - p.y) / height;
        p.x = event.clientX;
        p.y = event.clientY;
        const t = event.timeStamp;
        if (this.pointers.size === 2) {
          const after = this.spread();
          if (before > 0 && after > 0) this.sender.add("zoom", { dlog: Math.log(after / before), t, ...this.middle() });
          this.sender.add("drag", { t, ...this.middle() });
        } else if (p.turns) {
          this.sender.add("turn", { dx, dy, t });
        } else {
          this.sender.add("drag", { t, ...this.at(event) });
        }
      },

      up(event) {
        const p = this.pointers.get(event.pointerId);
        this.pointers.delete(event.pointerId);
        if (this.pointers.size) this.sender.now({ type: "grab", ...this.middle() });
        if (!p || event.type === "pointercancel" || p.button !== 0) return;
        if (Math.hypot(event.clientX - p.x0, event.clientY - p.y0) < CLICK_PX) {
          this.sender.now({ type: "pick", ...this.at(event) });
        }
      },

      /* The middle of all fingers, as shares of the picture. */
      middle() {
        const all = [...this.pointers.values()];
        const sum = (key) => all.reduce((total, p) => total + p[key], 0) / all.length;
        return this.at({ clientX: sum("x"), clientY: sum("y") });
      },

      spread() {
        const [a, b] = [...this.pointers.values()];
        return b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
      },

      wheel(event) {
        const lines = event.deltaMode === 1 ? event.deltaY * 33 : event.deltaY;
        this.sender.add("zoom", { dlog: -lines / 700, t: event.timeStamp, ...this.at(event) });
      },

      twice(event) {
        this.sender.now({ type: "look", ...this.at(event) });
      },

      key(event) {
        const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
        const zoom = { "+": 1, "=": 1, "-": -1, "_": -1 }[event.key];
        if (step) {
          const [dx, dy] = step;
          this.sender.add("step", { dx, dy, turn: event.shiftKey ? 0 : 1, t: event.timeStamp });
        } else if (zoom) {
          this.sender.add("zoom", { dlog: 0.15 * zoom, x: 0.5, y: 0.5, t: event.timeStamp });
        } else {
          return;
        }
        event.preventDefault();
      },
    },
  };

  twin.components["twin-scene"] = SceneView;
})(window.twinDesk);
