/* The track of the time bar: days, the cursor over the chart below it, and scrubbing by hand or by keys. */
(function (twin) {
  "use strict";

  const HOUR = 3600;

  twin.components["twin-track"] = {
    props: { clock: { type: Object, required: true }, label: { type: String, default: "" },
      chart: { type: Object, default: () => ({}) }, t: { type: Object, required: true } },
    inject: ["trame"],
    template: `
      <div class="track" @pointerdown="down" @pointermove="move" @pointerup="up" @pointercancel="up" @pointerleave="hovered = null">
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
        <div class="track-cursor-room"><div v-if="hovered !== null" class="track-hovered" :style="{ left: share(hovered) + '%' }">
            <div class="track-hover glass" :class="{ 'track-hover-left': share(hovered) > 60 }">
              <b>{{ moment(hovered) }}</b>
              <span v-for="s in under" :key="s.id" :class="'flow peak-' + s.id">{{ s.name }}<b>{{ s.text }}</b>{{ s.unit }} <em>{{ s.mark }}</em></span>
            </div></div><div v-show="clock.active" class="track-cursor" :style="{ left: share(shown) + '%' }"></div></div>
      </div>`,

    data: () => ({ held: null, hovered: null }),

    created() {
      this.tell = twin.latest((at) => this.trame.trigger("scrub", [at]));
    },

    computed: {
      shown() {
        return this.held === null ? this.clock.now : this.held;
      },

      /* What each series is at the pointer: a published point within three pixels of it, else the line. */
      under() {
        const { times = [], series = [] } = this.chart;
        const near = ((this.clock.end - this.clock.start) * 3) / Math.max(1, this.$refs.line.clientWidth);
        const k = Math.max(0, Math.min(times.length - 2, times.findLastIndex((at) => at <= this.hovered)));
        return series.map(({ id, name, unit, digits, step, values, published: [at, known] }) => {
          const point = at.findIndex((when) => Math.abs(when - this.hovered) <= near);
          const part = step ? 0 : (this.hovered - times[k]) / (times[k + 1] - times[k]);
          const value = point < 0 ? values[k] + part * (values[k + 1] - values[k]) : known[point];
          const text = value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
          return { id, name, unit, text, mark: point < 0 ? this.t.reconstructed : this.t.published };
        });
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
        if (event.button !== 0 || !event.target.closest(".track-line, .chart")) return;
        this.dragging = true;
        this.$el.setPointerCapture(event.pointerId);
        this.$refs.handle.focus({ preventScroll: true });
        this.set(this.at(event));
        event.preventDefault();
      },

      move(event) {
        const over = this.dragging || event.target.closest(".track-line, .chart");
        const at = over ? this.at(event) : NaN;
        this.hovered = at >= this.clock.start && at <= this.clock.end ? Math.round(at / 60) * 60 : null;
        if (this.dragging) this.set(at);
      },

      moment(at) {
        const local = new Date((at + (this.chart.offset_s || 0)) * 1000);
        return local.toISOString().slice(0, 16).replace("T", " ");
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
