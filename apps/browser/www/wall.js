/* The wall: its clock, its figures, their ages. Ages are counted here, from when they were told, so that none stands
   still where nothing comes. */
(function (twin) {
  "use strict";

  const TICK_MS = 500;

  const ticking = {
    data: () => ({ tick: 0 }),
    created() {
      this.timer = setInterval(() => (this.tick += 1), TICK_MS);
    },
    beforeUnmount() {
      clearInterval(this.timer);
    },
  };

  /* Seconds of an age by now; it was told when the page got it. */
  const toldAt = new WeakMap();
  function seconds(age) {
    if (!age) return null;
    const raw = window.Vue.toRaw(age);
    if (!toldAt.has(raw)) toldAt.set(raw, twin.moment());
    return raw.age_s + twin.since(toldAt.get(raw)) / 1000;
  }
  const isStale = (age) => Boolean(age) && seconds(age) > age.stale_s;

  twin.components["twin-wall-age"] = {
    mixins: [ticking],
    props: { age: Object, t: { type: Object, required: true } },
    template: `<span v-if="age" :class="'wall-age' + (stale ? ' wall-age-stale' : '')">{{ words }}</span>`,
    computed: {
      stale() {
        void this.tick;
        return isStale(this.age);
      },
      words() {
        void this.tick;
        const words = twin.age(seconds(this.age), this.t);
        return this.stale ? `${this.t.wall_stale} ${words}` : words;
      },
    },
  };

  twin.components["twin-wall-figure"] = {
    mixins: [ticking],
    props: { figure: Object, ages: Object, t: { type: Object, required: true }, size: String },
    template: `
      <div v-if="figure" :class="['wall-figure', 'wall-figure-' + size, figure.tone && 'wall-over', stale && 'wall-old']">
        <span class="wall-figure-label">{{ figure.label }}</span>
        <span class="wall-figure-number"><b>{{ figure.value }}</b><i v-if="figure.unit">{{ figure.unit }}</i><em v-if="figure.trend">{{ figure.trend }}</em></span>
        <span class="wall-figure-note" v-if="figure.note || figure.why">{{ figure.why || figure.note }}</span>
        <twin-wall-age :age="age" :t="t"></twin-wall-age>
      </div>`,
    computed: {
      age() {
        return (this.ages || {})[this.figure.id];
      },
      stale() {
        void this.tick;
        return isStale(this.age);
      },
    },
  };

  twin.components["twin-wall-line"] = {
    props: { line: { type: Object, required: true }, label: String },
    template: `
      <figure class="wall-line-box">
        <div class="wall-line">
          <svg viewBox="0 0 720 100" preserveAspectRatio="none" aria-hidden="true">
            <path v-for="path in line.paths" :key="path" :d="path" vector-effect="non-scaling-stroke"></path>
          </svg>
          <i v-if="line.end" class="wall-line-end" :style="{ left: 100 * line.end[0] + '%', top: 100 * line.end[1] + '%' }"></i>
          <span class="wall-line-high">{{ line.high }}</span>
          <span class="wall-line-low">{{ line.low }}</span>
        </div>
        <figcaption><span>{{ label }}</span><span>{{ line.change }}</span></figcaption>
      </figure>`,
  };

  twin.components["twin-wall-clock"] = {
    mixins: [ticking],
    props: { zone: String, language: String },
    template: `<time class="wall-clock"><span>{{ date }}</span><b>{{ time }}</b></time>`,
    computed: {
      locale() {
        return this.language === "en" ? "en-GB" : "zh-CN";
      },
      date() {
        void this.tick;
        const how = { timeZone: this.zone, month: "short", day: "numeric", weekday: "short" };
        return new Intl.DateTimeFormat(this.locale, how).format(new Date());
      },
      time() {
        void this.tick;
        const how = { timeZone: this.zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
        return new Intl.DateTimeFormat(this.locale, how).format(new Date());
      },
    },
  };

  /* The root's font is 18 minutes of arc or more: wall.css makes it of this share of the window's width. */
  twin.fitWall = (trame) => {
    const set = (sizes) => {
      if (!sizes || !sizes.least) return;
      document.documentElement.style.setProperty("--least", sizes.least);
      window.dispatchEvent(new Event("resize"));
    };
    trame.state.watch(["wall_sizes"], set);
    set(trame.state.get("wall_sizes"));
  };
})(window.twinDesk);
