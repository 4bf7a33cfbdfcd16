/* The track of the time bar: days, the cursor over the chart below it, and scrubbing by hand or by keys. */
(function (twin) {
  "use strict";

  const HOUR = 3600;

  twin.components["twin-track"] = {
    props: { clock: { type: Object, required: true }, label: { type: String, default: "" } },
    inject: ["trame"],
    template: `
      <div class="track" @pointerdown="down" @pointermove="move" @pointerup="up" @pointercancel="up">
        <div ref="line" class="track-line">
          <div class="track-done" :style="{ width: share(shown) + '%' }"></div>
          <div v-for="day in clock.days" :key="day.at" class="track-day" :style="{ left: share(day.at) + '%' }">
            <span>{{ day.text }}</span>
          </div>
          <div ref="handle" class="track-handle" role="slider" tabindex="0" :aria-label="label"
               :aria-valuemin="clock.start" :aria-valuemax="clock.end" :aria-valuenow="shown"
               :aria-valuetext="clock.text" :style="{ left: share(shown) + '%' }" @keydown="key"></div>
        </div>
        <slot></slot>
        <div class="track-cursor-room"><div v-show="clock.active" class="track-cursor" :style="{ left: share(shown) + '%' }"></div></div>
      </div>`,

    data: () => ({ held: null }),

    created() {
      this.tell = twin.latest((at) => this.trame.trigger("scrub", [at]));
    },

    computed: {
      shown() {
        return this.held === null ? this.clock.now : this.held;
      },
    },

    methods: {
      share(at) {
        const { start, end } = this.clock;
        return Math.min(100, Math.max(0, (100 * (at - start)) / (end - start)));
      },

      set(at) {
        this.held = Math.min(this.clock.end, Math.max(this.clock.start, Math.round(at / 60) * 60));
        this.tell(this.held);
        clearTimeout(this.letting);
        this.letting = setTimeout(() => {
          if (!this.dragging) this.held = null;
        }, 600);
      },

      at(event) {
        const box = this.$refs.line.getBoundingClientRect();
        return this.clock.start + ((event.clientX - box.left) / box.width) * (this.clock.end - this.clock.start);
      },

      down(event) {
        if (event.button !== 0 || !event.target.closest(".track-line")) return;
        this.dragging = true;
        this.$el.setPointerCapture(event.pointerId);
        this.$refs.handle.focus({ preventScroll: true });
        this.set(this.at(event));
        event.preventDefault();
      },

      move(event) {
        if (this.dragging) this.set(this.at(event));
      },

      up() {
        this.dragging = false;
        this.held = null;
      },

      key(event) {
        const by = event.shiftKey ? HOUR / 6 : HOUR;
        const next = {
          ArrowLeft: this.shown - by,
          ArrowDown: this.shown - by,
          ArrowRight: this.shown + by,
          ArrowUp: this.shown + by,
          PageDown: this.shown - 24 * HOUR,
          PageUp: this.shown + 24 * HOUR,
          Home: this.clock.start,
          End: this.clock.end,
        }[event.key];
        if (next === undefined) return;
        event.preventDefault();
        this.set(next);
      },
    },
  };
})(window.twinDesk);
