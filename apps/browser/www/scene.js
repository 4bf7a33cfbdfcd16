/* The streamed scene: moves its camera under the hand, shows the picture that is there for the camera of now, and
   paints frames as they come.

   A frame carries its camera and its labels, so all change in the same paint. Only the newest decoded frame is
   painted; each painted frame is acknowledged, which is what paces the server. */
(function (twin) {
  "use strict";

  const TOPIC = "twin.scene.picture";
  const CLICK_PX = 5;
  const TURN_DEG = 180; // a drag across the height of the view turns so far, and tilts half of it
  const STEP_SHARE = 0.08; // an arrow key moves the view by this share of it
  const STEP_DEG = 6;
  const STEP_ZOOM = 0.15;
  const NEARER = 0.4; // a double click flies to this share of the distance
  const NEAREST_M = 500;
  const MOVE_MS = 25; // of repaints sixty a second every second one

  function sessionOf(trame) {
    return trame.client.getConnection().getSession();
  }

  const SceneView = {
    props: { label: { type: String, default: "" }, screen: Object, aim: String },
    template: `
      <div v-if="screen" ref="root" class="twin-scene twin-shared" role="img" :aria-label="label" @click="tap">
        <canvas ref="still" class="twin-picture" aria-hidden="true"></canvas>
        <canvas ref="warped" class="twin-warped" aria-hidden="true"></canvas>
        <div ref="labels" class="twin-labels" aria-hidden="true"></div>
      </div>
      <div v-else ref="root" class="twin-scene" tabindex="0" role="application" :aria-label="label"
           @pointerdown="down" @pointermove="move" @pointerup="up" @pointercancel="up"
           @wheel.prevent="wheel" @dblclick="twice" @contextmenu.prevent @keydown="key">
        <canvas ref="still" class="twin-picture" aria-hidden="true"></canvas>
        <canvas ref="warped" class="twin-warped" aria-hidden="true"></canvas>
        <div ref="labels" class="twin-labels" aria-hidden="true"></div>
        <canvas ref="measured" class="twin-measured" aria-hidden="true"></canvas>
        <div class="twin-aim" aria-hidden="true"></div>
      </div>`,
    inject: ["trame"],

    mounted() {
      this.session = sessionOf(this.trame);
      this.sender = new twin.CameraSender(this.session);
      this.pointers = new Map();
      this.page = crypto.getRandomValues(new Uint32Array(2)).join("-");
      this.sent = 0;
      this.jumped = 0;
      this.moved = 0; // when it was repainted last
      this.asked = false; // a repaint is to come
      this.caused = Infinity; // when a hand caused it
      this.history = new twin.CameraHistory();
      twin.goBack = () => this.revisit(-1);
      twin.goForward = () => this.revisit(1);
      this.camera = null; // of now
      this.flight = null;
      this.lost = false;
      this.overlay = new twin.Overlay(this.$refs.labels, this.trame.state.get("label_styles"), (panels) => {
        this.panels = panels;
        this.tellView();
      });
      this.pictures = new twin.Pictures(this.$refs.still, this.$refs.warped, {
        onReady: () => this.repaint(),
        onBroken: ({ n }) => this.sender.now({ type: "painted", n }),
      });
      this.subscription = this.session.subscribe(TOPIC, ([{ meta, content }]) => {
        if (meta.type === "jump") this.jump(meta);
        else if (meta.type !== "flight") this.pictures.take(meta, content);
        else if (this.screen) this.glide(meta.flight);
        else this.fly(meta.flight.end);
      });
      this.observer = new ResizeObserver(() => (this.screen ? this.fit() : this.resize()));
      this.observer.observe(this.screen ? this.$refs.root.parentElement : this.$refs.root);
      this.onLine = ({ detail }) => {
        this.lost = detail !== "open";
        this.overlay.lose(this.lost);
      };
      window.addEventListener("twin-line", this.onLine);
      this.trame.state.watch(["measure", "panel"], () => this.measure());
      this.session.call("twin.scene.reset", [window.WSLINK.bytesPerS]);
    },

    beforeUnmount() {
      window.removeEventListener("twin-line", this.onLine);
      this.observer.disconnect();
      this.overlay.close();
      this.session.unsubscribe(this.subscription);
    },

    methods: {
      /* Takes what a picture says, or one that came without a picture, in the repaint that shows it. */
      painted(meta) {
        this.told = twin.stats.overlay = meta.overlay;
        if (meta.type === "overlay") {
          twin.tell(meta.told);
          return;
        }
        this.sender.now({ type: "painted", n: meta.n });
        if (!this.camera || this.follows(meta)) this.camera = meta.camera;
        const data = this.$refs.root.dataset;
        data.frame = meta.n;
        data.still = meta.still;
        data.smooth = meta.smooth;
        twin.tell({ ...meta.told, slow_line: meta.slow });
        twin.stats.painted(meta);
        twin.pictureShown();
      },

      /* -- a picture that others move: the wall's ------------------------------------------------------------ */

      /* All of the screen's pixels, as large as the place for them: every page shows the same. */
      fit() {
        const { width, height, zoom } = this.screen;
        this.overlay.zoom = zoom;
        const { clientWidth, clientHeight } = this.$refs.root.parentElement;
        const scale = Math.min(clientWidth / width, clientHeight / height || Infinity);
        Object.assign(this.$refs.root.style, {
          width: `${width}px`,
          height: `${height}px`,
          transform: `scale(${scale})`,
          left: `${(clientWidth - scale * width) / 2}px`,
        });
        this.show();
      },

      /* Flies along the server's own flight, from where it is by now; none: stays. A page that opens hears of it before
         its first picture is decoded. */
      glide(flight) {
        this.flight = flight;
        if (!flight) return;
        const started = performance.now() - 1000 * flight.elapsed;
        const step = (now) => {
          if (this.flight !== flight || !this.$refs.root) return;
          const seconds = (now - started) / 1000;
          if (seconds >= flight.seconds) this.flight = null;
          this.camera = twin.camera.flown(flight, seconds);
          this.repaint(now);
          if (this.flight) requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      },

      tap(event) {
        if (this.aim) this.trame.trigger(this.aim, this.at(event));
      },

      /* Whether a picture's camera is the one to go on from: no newer one of this page is on its way. */
      follows({ moved, jump = 0 }) {
        const newest = moved && moved[0] === this.page ? moved[1] : 0; // of those this page has sent
        return jump >= this.jumped && !this.flight && !this.sender.camera && newest >= this.sent;
      },

      /* Shows the picture and what lies over it for the camera of now. */
      show() {
        const { view } = this.pictures;
        if (!view || !this.$refs.root) return;
        const { clientWidth: width, clientHeight: height } = this.$refs.root;
        this.pictures.lay(this.camera, width, height);
        this.overlay.update(view.overlay(this.told, this.camera, width / height), [width, height]);
        this.measure();
      },

      measure() {
        if (!this.pictures.view || !this.$refs.measured) return; // a shared picture measures nothing
        const { clientWidth: width, clientHeight: height } = this.$refs.root;
        twin.drawMeasured?.(this.$refs.measured, this.trame, this.camera, this.pictures.view.k, width, height);
      },

      /* The camera of now is another one; `t` is when its cause was seen. */
      goTo(camera, t) {
        if (this.lost) return;
        this.camera = camera;
        this.sent += 1;
        this.sender.move({ type: "camera", page: this.page, n: this.sent, camera, jump: this.jumped, t });
        this.repaint(t);
      },

      /* Shows the newest picture and the camera of now in one repaint, at most thirty times a second: without a graphics
         card the page's composition and the painter share the processor. `t` is when a hand caused it. */
      repaint(t = Infinity) {
        this.caused = Math.min(this.caused, t);
        if (this.asked) return;
        this.asked = true;
        requestAnimationFrame(() => this.step());
      },

      step() {
        if (!this.$refs.root) return; // the scene left the page
        const now = performance.now();
        if (now - this.moved < MOVE_MS) {
          requestAnimationFrame(() => this.step());
          return;
        }
        this.asked = false;
        this.moved = now;
        for (const meta of this.pictures.paint()) this.painted(meta);
        this.show();
        if (this.caused < Infinity) twin.stats.moved(this.caused);
        this.caused = Infinity;
      },

      /* Flies to a camera, at once where movement is not wanted or nobody sees it. */
      fly(end, remembered = false) {
        if (!this.camera) return;
        if (!remembered) this.leave();
        this.flight = null;
        const still = document.hidden || window.matchMedia("(prefers-reduced-motion: reduce)").matches;
        if (still) {
          this.goTo(end, performance.now());
          return;
        }
        const flight = (this.flight = twin.camera.fly(this.camera, end));
        const started = performance.now();
        const step = (now) => {
          if (this.flight !== flight || !this.$refs.root) return;
          const seconds = (now - started) / 1000;
          if (seconds >= flight.seconds || document.hidden) this.flight = null;
          this.goTo(this.flight ? twin.camera.flown(flight, seconds) : flight.end, now);
          if (this.flight) requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      },

      /* Takes the camera of a link that was opened: what is under way to another one ends. */
      jump({ jump, camera }) {
        if (this.camera) this.leave();
        this.flight = this.sender.camera = null;
        this.jumped = jump;
        this.sent = 0;
        this.camera = camera;
        this.show();
      },

      /* Keeps the view of now, or the one that a flight was to end at, to come back to. */
      leave() {
        this.history.leave(this.flight ? this.flight.end : this.camera);
        this.tellHistory();
      },

      revisit(step) {
        if (!this.camera) return;
        const camera = this.history.step(step, this.flight ? this.flight.end : this.camera);
        if (camera) this.fly(camera, true);
        this.tellHistory();
      },

      tellHistory() {
        this.trame.state.update({ can_go_back: this.history.canStep(-1), can_go_forward: this.history.canStep(1) });
      },

      resize() {
        const { width, height } = this.$refs.root.getBoundingClientRect();
        const p = window.devicePixelRatio || 1;
        this.session.call("twin.scene.size", [Math.round(width * p), Math.round(height * p)]);
        this.tellView();
      },

      tellView() {
        if (!this.$refs.root || this.screen) return;
        const { clientWidth: w, clientHeight: h } = this.$refs.root;
        this.sender.now({ type: "view", w, h, panels: this.panels || [] });
      },

      aspect() {
        return this.$refs.root.clientWidth / this.$refs.root.clientHeight;
      },

      /* A place in the picture as shares of its width and height. */
      at(event) {
        const box = this.$refs.root.getBoundingClientRect();
        return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
      },

      /* The surface under a place; what stays under the hand from now on. */
      grab(place) {
        this.held = this.pictures.view.grabbed(this.camera, ...place, this.aspect());
        return this.held;
      },

      down(event) {
        this.$refs.root.classList.add("twin-by-hand"); // a hand needs no sign of the picture's middle
        this.$refs.root.focus({ preventScroll: true });
        this.$refs.root.setPointerCapture(event.pointerId);
        const { clientX: x, clientY: y } = event;
        const turns = event.button !== 0 || event.shiftKey;
        this.pointers.set(event.pointerId, { x, y, x0: x, y0: y, turns, button: event.button });
        this.flight = null;
        if (this.pictures.view) this.grab(this.middle());
      },

      move(event) {
        const p = this.pointers.get(event.pointerId);
        if (!p || !this.pictures.view) return;
        const height = this.$refs.root.clientHeight;
        const before = this.spread();
        const dx = (event.clientX - p.x) / height;
        const dy = (event.clientY - p.y) / height;
        p.x = event.clientX;
        p.y = event.clientY;
        const { k } = this.pictures.view;
        let camera = this.camera;
        if (this.pointers.size === 2) {
          const after = this.spread();
          if (before > 0 && after > 0) camera = twin.camera.zoomed(camera, this.held, before / after, k);
          camera = twin.camera.panned(camera, this.held, this.middle(), this.aspect(), k);
        } else if (p.turns) {
          camera = twin.camera.turned(camera, this.held, TURN_DEG * dx, (-TURN_DEG / 2) * dy, k);
        } else {
          camera = twin.camera.panned(camera, this.held, this.at(event), this.aspect(), k);
        }
        this.goTo(camera, event.timeStamp);
      },

      up(event) {
        const p = this.pointers.get(event.pointerId);
        this.pointers.delete(event.pointerId);
        if (this.pointers.size && this.pictures.view) this.grab(this.middle());
        if (!p || event.type === "pointercancel" || p.button !== 0) return;
        if (Math.hypot(event.clientX - p.x0, event.clientY - p.y0) < CLICK_PX) {
          this.choose(...this.at(event));
        }
      },

      /* A place of the picture was clicked, or asked for by Enter in its middle. */
      choose(x, y) {
        this.sender.now({ type: "pick", x, y });
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

      zoom(place, factor, t) {
        if (!this.pictures.view) return;
        this.flight = null;
        this.goTo(twin.camera.zoomed(this.camera, this.grab(place), factor, this.pictures.view.k), t);
      },

      wheel(event) {
        const lines = event.deltaMode === 1 ? event.deltaY * 33 : event.deltaY;
        this.zoom(this.at(event), Math.exp(Math.min(2, Math.max(-2, lines / 700))), event.timeStamp);
      },

      twice(event) {
        if (!this.pictures.view || this.trame.state.get("panel") === "measure") return; // its clicks are points
        const [east, north, z] = this.grab(this.at(event));
        const distance_m = Math.max(NEAREST_M, NEARER * this.camera.distance_m);
        const place = { target_east_m: east, target_north_m: north, target_m: z / this.pictures.view.k };
        this.fly({ ...this.camera, ...place, distance_m });
      },

      key(event) {
        this.$refs.root.classList.remove("twin-by-hand");
        const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
        const zoom = { "+": 1, "=": 1, "-": -1, "_": -1 }[event.key];
        if (event.key === "Enter") this.choose(0.5, 0.5);
        if (!step && !zoom) return;
        event.preventDefault();
        if (!this.pictures.view) return;
        if (zoom) {
          this.zoom([0.5, 0.5], Math.exp(-STEP_ZOOM * zoom), event.timeStamp);
          return;
        }
        this.flight = null;
        const held = this.grab([0.5, 0.5]);
        const [dx, dy] = step;
        const { k } = this.pictures.view;
        const to = [0.5 - STEP_SHARE * dx, 0.5 - STEP_SHARE * dy];
        const camera = event.shiftKey
          ? twin.camera.panned(this.camera, held, to, this.aspect(), k)
          : twin.camera.turned(this.camera, held, STEP_DEG * dx, -STEP_DEG * dy, k);
        this.goTo(camera, event.timeStamp);
      },
    },
  };

  twin.components["twin-scene"] = SceneView;
})(window.twinDesk);
