/* The level slider, drawn as a staff gauge: ticks, the characteristic levels, the water column and a handle.

   All numbers are in the unit shown. The handle follows the hand together with the water; the server is told the
   newest value at once. */
(function (twin) {
  "use strict";

  /* Moves places apart until neighbours are at least `gap` from each other, inside 0..room. */
  function spread(places, gap, room) {
    const order = places.map((place, index) => ({ place, index })).sort((a, b) => a.place - b.place);
    order.forEach((item, i) => {
      const least = i ? order[i - 1].place + gap : gap / 2;
      item.place = Math.max(item.place, least);
    });
    for (let i = order.length - 1; i >= 0; i -= 1) {
      const most = i === order.length - 1 ? room - gap / 2 : order[i + 1].place - gap;
      order[i].place = Math.min(order[i].place, most);
    }
    const out = [];
    order.forEach((item) => (out[item.index] = item.place));
    return out;
  }

  twin.components["twin-gauge"] = {
    props: { gauge: { type: Object, required: true }, hint: { type: String, default: "" } },
    emits: ["mark"],
    inject: ["trame"],
    template: `
      <div class="gauge">
        <div ref="track" class="gauge-track" @pointerdown="down" @pointermove="move" @pointerup="up"
             @pointercancel="up">
          <div class="gauge-column" :style="{ height: share(shown) + '%' }"></div>
          <div v-if="gauge.highest !== null" class="gauge-highest" :style="{ bottom: share(gauge.highest) + '%' }"></div>
          <div v-for="tick in gauge.ticks" :key="tick" class="gauge-tick" :style="{ bottom: share(tick) + '%' }">
            <span v-if="isSeen(tick)">{{ tick }}</span>
          </div>
          <div ref="handle" class="gauge-handle" role="slider" tabindex="0" aria-orientation="vertical"
               :aria-label="gauge.label" :aria-valuemin="gauge.minimum" :aria-valuemax="gauge.maximum"
               :aria-valuenow="shown" :aria-valuetext="words" :title="hint"
               :style="{ bottom: share(shown) + '%' }" @keydown="key">
            <b>{{ shown.toFixed(gauge.digits) }}</b>
          </div>
        </div>
        <svg class="gauge-leads" aria-hidden="true" :viewBox="'0 0 20 ' + height" preserveAspectRatio="none">
          <path v-for="mark in placed" :key="mark.id" :class="'lead lead-' + mark.tone"
                :d="'M0 ' + mark.from + ' L6 ' + mark.from + ' L14 ' + mark.at + ' L20 ' + mark.at"/>
        </svg>
        <div class="gauge-marks">
          <button v-for="mark in placed" :key="mark.id" type="button" :class="['gauge-mark', 'mark-' + mark.tone]"
                  :style="{ top: mark.at + 'px' }" @click="$emit('mark', mark.id)">
            <span>{{ mark.name }}</span><b>{{ mark.text }}</b>
          </button>
        </div>
      </div>`,

    data: () => ({ held: null, height: 300, rem: 15 }),

    created() {
      this.tell = twin.latest(({ value, t }) => this.trame.trigger("set_water", [this.gauge.kind, value, t]));
    },

    mounted() {
      this.observer = new ResizeObserver(() => {
        this.height = this.$refs.track.clientHeight;
        this.rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
      });
      this.observer.observe(this.$refs.track);
    },

    beforeUnmount() {
      this.observer.disconnect();
    },

    computed: {
      shown() {
        return this.held === null ? this.gauge.value : this.held;
      },
      words() {
        return `${this.shown.toFixed(this.gauge.digits)} ${this.gauge.unit}`;
      },
      placed() {
        const from = this.gauge.marks.map((m) => this.height * (1 - this.share(m.value) / 100));
        const at = spread(from, Math.max(24.5, 1.55 * this.rem), this.height);
        return this.gauge.marks.map((m, i) => ({ ...m, from: from[i], at: at[i] }));
      },
    },

    methods: {
      share(value) {
        const { minimum, maximum } = this.gauge;
        return Math.min(100, Math.max(0, (100 * (value - minimum)) / (maximum - minimum)));
      },

      /* A tick's number half behind the handle reads as another one. */
      isSeen(tick) {
        return (Math.abs(this.share(tick) - this.share(this.shown)) / 100) * this.height > 1.4 * this.rem;
      },

      at(event) {
        const box = this.$refs.track.getBoundingClientRect();
        const part = Math.min(1, Math.max(0, (box.bottom - event.clientY) / box.height));
        return this.gauge.minimum + part * (this.gauge.maximum - this.gauge.minimum);
      },

      /* `exact` values are taken as they are: a characteristic level is no round storage. */
      set(value, event, exact = false) {
        const { minimum, maximum, fine } = this.gauge;
        const near = exact ? value : Math.round(value / fine) * fine;
        this.asked = Math.min(maximum, Math.max(minimum, Number(near.toFixed(8))));
        this.tell({ value: this.asked, t: event ? event.timeStamp : performance.now() });
        if (!this.dragging) this.held = this.asked;
        else if (!this.due) {
          this.due = true;
          twin.withPicture(() => this.follow());
        }
        clearTimeout(this.letting);
        this.letting = setTimeout(() => this.release(), 1000);
      },

      follow() {
        this.due = false;
        this.held = this.asked;
      },

      /* Back to what the server says, once the hand is off and the server has had its time. */
      release() {
        if (this.dragging) this.letting = setTimeout(() => this.release(), 1000);
        else this.held = null;
      },

      down(event) {
        if (event.button !== 0) return;
        this.$refs.track.setPointerCapture(event.pointerId);
        this.$refs.handle.focus({ preventScroll: true });
        this.dragging = true;
        const onHandle = event.target.closest(".gauge-handle");
        this.offset = onHandle ? this.shown - this.at(event) : 0;
        if (!onHandle) this.set(this.at(event), event);
        event.preventDefault();
      },

      move(event) {
        if (this.dragging) this.set(this.at(event) + this.offset, event);
      },

      up() {
        if (this.due) this.follow();
        this.dragging = false;
      },

      key(event) {
        const { step, fine, minimum, maximum, marks } = this.gauge;
        const by = event.shiftKey ? fine : step;
        const values = marks.map((m) => m.value).sort((a, b) => a - b);
        const eps = fine / 2;
        const next = {
          ArrowUp: () => this.shown + by,
          ArrowRight: () => this.shown + by,
          ArrowDown: () => this.shown - by,
          ArrowLeft: () => this.shown - by,
          PageUp: () => values.find((v) => v > this.shown + eps) ?? maximum,
          PageDown: () => values.reverse().find((v) => v < this.shown - eps) ?? minimum,
          Home: () => minimum,
          End: () => maximum,
        }[event.key];
        if (!next) return;
        event.preventDefault();
        this.set(next(), event, !event.key.startsWith("Arrow"));
      },
    },
  };

  twin.spread = spread;
})(window.twinDesk);
