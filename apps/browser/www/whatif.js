/* The chart of the what-if: the lake's level with its bounds above, inflow and release below. The cursor in the upper
   one moves the scene; points of the lower one are drawn, dragged, moved by keys, and removed. */
(function (twin) {
  "use strict";

  const HOUR = 3600;
  const WIDE = 400; // the drawing's own units; it is as wide as the panel
  const LEFT = 40, RIGHT = 392, TOP = 8, LEVEL = 150, FLOW = 172, BOTTOM = 262, ALL = 278;
  const SERIES = ["inflow", "release"];

  twin.planFile = async (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (!file) return;
    const bytes = await file.arrayBuffer();
    let text;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      text = new TextDecoder("gb18030").decode(bytes); // what offices' tables are saved in
    }
    twin.trame.trigger("what_if_file", [file.name.slice(-80), text.slice(0, 1048577)]);
  };

  /* A further point half-way to the end, with the last one's value. */
  twin.planAdd = (series) => {
    const { chart } = twin.trame.state.get("what_if");
    const points = chart.points[series];
    const [at, value] = points[points.length - 1];
    twin.trame.trigger("what_if_draw", [series, [...points, [Math.round((at + chart.end) / 2 / HOUR) * HOUR, value]]]);
  };

  /* A field that keeps what is being typed while the page around it is put together anew; what was refused stays. */
  twin.components["twin-field"] = {
    props: { value: { type: String, default: "" }, taken: { type: Number, default: 0 } },
    emits: ["typed"],
    data: () => ({ draft: null, sent: false }),
    template: `<input type="text" class="field" :value="draft ?? value" @input="draft = $event.target.value" @change="send"/>`,
    watch: {
      taken() {
        if (this.sent) this.draft = null;
        this.sent = false;
      },
    },
    methods: {
      send() {
        this.sent = true;
        this.$emit("typed", this.draft ?? this.value);
      },
    },
  };

  twin.components["twin-plan"] = {
    props: { chart: { type: Object, required: true }, clock: { type: Number, default: null }, run: { type: String, default: "" }, live: { type: Object, default: null }, t: { type: Object, required: true } },
    inject: ["trame"],
    data: () => ({ held: null, holds: "", at: null, SERIES, WIDE, LEFT, RIGHT, TOP, LEVEL, FLOW, BOTTOM, ALL }),
    template: `
      <svg v-if="chart.end" class="plan" :viewBox="'0 0 ' + WIDE + ' ' + ALL" ref="svg" role="group" :aria-label="t.whatif_chart">
        <g class="plan-axis">
          <template v-for="day in chart.days" :key="day.at">
            <line :x1="x(day.at)" :x2="x(day.at)" :y1="TOP" :y2="BOTTOM"/>
            <text :x="x(day.at)" :y="ALL - 4" text-anchor="middle">{{ day.text }}</text>
          </template>
          <template v-for="tick in chart.ticks" :key="tick">
            <line :x1="LEFT" :x2="RIGHT" :y1="y(tick)" :y2="y(tick)"/>
            <text :x="LEFT - 4" :y="y(tick) + 3.5" text-anchor="end">{{ tick }}</text>
          </template>
          <template v-for="tick in chart.flow_ticks" :key="'f' + tick">
            <line :x1="LEFT" :x2="RIGHT" :y1="f(tick)" :y2="f(tick)"/>
            <text :x="LEFT - 4" :y="f(tick) + 3.5" text-anchor="end">{{ tick }}</text>
          </template>
          <text :x="2" :y="TOP + 4">{{ t.unit_level }}</text>
          <text :x="LEFT" :y="FLOW - 5"><tspan class="plan-in">━ {{ t.inflow }}</tspan> <tspan class="plan-out">━ {{ t.release }}</tspan> {{ t.unit_flow }}</text>
        </g>
        <rect class="plan-ground" :x="LEFT" :y="TOP" :width="RIGHT - LEFT" :height="LEVEL - TOP" @pointerdown="seek" @pointermove="seek" @pointerup="let_go" @pointercancel="let_go"/>
        <g class="plan-lake">
          <polygon class="plan-band" :points="band"/>
          <template v-for="(limit, k) in chart.limits" :key="limit.name + limit.level">
            <line class="plan-limit" :x1="LEFT" :x2="RIGHT" :y1="y(limit.level)" :y2="y(limit.level)"/>
            <text :x="k % 2 ? RIGHT - 2 : LEFT + 4" :text-anchor="k % 2 ? 'end' : 'start'" :y="y(limit.level) - 2.5">{{ limit.name }} {{ limit.level }}</text>
          </template>
          <line v-if="chart.target !== null" class="plan-target" :x1="LEFT" :x2="RIGHT" :y1="y(chart.target)" :y2="y(chart.target)"/>
          <template v-for="run in chart.forecasts" :key="run.id">
            <polyline class="plan-forecast plan-bound" :points="path(run.low, y)"/>
            <polyline class="plan-forecast plan-bound" :points="path(run.high, y)"/>
            <polyline class="plan-forecast" :points="path(run.line, y)"/>
            <text class="plan-forecast-text" :x="x(run.line[run.line.length - 1][0]) - 2" :y="y(run.line[run.line.length - 1][1]) - 5" text-anchor="end">{{ run.name }}</text>
          </template>
          <polyline class="plan-level" :points="path(chart.pool, y)"/>
          <circle v-for="(one, k) in chart.crossings" :key="k" class="plan-crossing" :cx="x(one[0])" :cy="y(one[1])" r="3.2"/>
          <g v-if="live" :class="live.old ? 'plan-old' : ''">
            <circle class="plan-live" :cx="x(live.at)" :cy="y(live.level)" r="4"/>
            <text class="plan-live-text" :x="x(live.at) + 7" :y="y(live.level) + 13">{{ live.text }}</text>
          </g>
          <g v-if="now !== null">
            <line class="plan-cursor" :x1="x(now)" :x2="x(now)" :y1="TOP" :y2="BOTTOM"/>
            <text class="plan-cursor-text" :x="x(now)" :y="TOP + 8" :text-anchor="x(now) > 250 ? 'end' : 'start'" :dx="x(now) > 250 ? -5 : 5">{{ there.toFixed(2) }} m · {{ told(now) }}</text>
          </g>
          <circle class="plan-knob" :cx="x(now ?? chart.start)" :cy="LEVEL" r="5.5"/>
          <circle class="plan-handle" tabindex="0" role="slider" :aria-label="t.whatif_cursor" :aria-valuemin="chart.start" :aria-valuemax="chart.end"
                  :aria-valuenow="now ?? chart.start" :aria-valuetext="there.toFixed(2) + ' m, ' + told(now ?? chart.start)"
                  :cx="x(now ?? chart.start)" :cy="LEVEL" r="13" @keydown="step" @pointerdown="seek" @pointermove="seek" @pointerup="let_go"/>
        </g>
        <g @pointermove="drag" @pointerup="drop" @pointercancel="drop">
          <rect class="plan-ground plan-flows" :x="LEFT" :y="FLOW" :width="RIGHT - LEFT" :height="BOTTOM - FLOW" @pointerdown="add"/>
          <polyline class="plan-flow plan-inflow" :points="line(points.inflow)"/>
          <polyline class="plan-flow plan-release" :points="steps(points.release)"/>
          <polyline v-if="chart.rated" class="plan-flow plan-rated" :points="steps(chart.released)"/>
          <template v-if="chart.drawable">
            <template v-for="series in SERIES" :key="series">
              <circle v-for="(point, k) in points[series]" :key="'d' + k" :class="'plan-dot plan-' + series" :cx="x(point[0])" :cy="f(point[1])" r="4.6"/>
              <circle v-for="(point, k) in points[series]" :key="k" class="plan-point" :data-series="series" tabindex="0" role="slider"
                      :aria-label="t[series]" :aria-valuenow="point[1]" :aria-valuetext="point[1] + ' m³/s, ' + told(point[0])"
                      :cx="x(point[0])" :cy="f(point[1])" r="13" @pointerdown="hold($event, series, k)"
                      @dblclick="remove(series, k)" @keydown="nudge($event, series, k)"/>
            </template>
          </template>
        </g>
      </svg>`,

    created() {
      this.seek_at = twin.latest((at) => this.trame.trigger("what_if_seek", [at]));
      this.draw = twin.latest(([series, points]) => this.trame.trigger("what_if_draw", [series, points]));
    },

    mounted() {
      this.trame.trigger("what_if_open", []);
    },

    watch: {
      clock() {
        if (!this.holds) this.at = null;
      },
      chart() {
        if (!this.holds) this.held = null;
      },
    },

    computed: {
      points() {
        return this.held ?? this.chart.points;
      },
      now() {
        const at = this.at ?? this.clock;
        return at === null || at < this.chart.start - 1 || at > this.chart.end + 1 ? null : at;
      },
      there() {
        const shown = this.chart.forecasts.find((run) => run.id === this.run);
        return this.value(shown ? shown.line : this.chart.pool, this.now ?? this.chart.start);
      },
      band() {
        const { low, high } = this.chart;
        const way = (run) => run.map(([at, level]) => `${this.x(at)},${this.y(level)}`);
        return [...way(high), ...way(low).reverse()].join(" ");
      },
    },

    methods: {
      x(at) {
        const { start, end } = this.chart;
        return LEFT + ((RIGHT - LEFT) * (Math.min(end, Math.max(start, at)) - start)) / (end - start);
      },
      y(level) {
        const { low_m, high_m } = this.chart;
        return LEVEL - ((LEVEL - TOP) * (Math.min(high_m, Math.max(low_m, level)) - low_m)) / (high_m - low_m);
      },
      f(flow) {
        const { least, top } = this.chart;
        return BOTTOM - ((BOTTOM - FLOW) * (Math.min(top, Math.max(least, flow)) - least)) / (top - least);
      },
      path(run, scale) {
        return run.map(([at, value]) => `${this.x(at).toFixed(1)},${scale(value).toFixed(1)}`).join(" ");
      },
      line(points) {
        const { start, end } = this.chart;
        return this.path([[start, this.value(points, start)], ...points.filter(([at]) => at > start && at < end), [end, this.value(points, end)]], this.f);
      },
      steps(points) {
        const way = [[this.chart.start, points[0][1]]];
        for (const [at, value] of points) way.push([at, way[way.length - 1][1]], [at, value]);
        return this.path([...way, [this.chart.end, way[way.length - 1][1]]], this.f);
      },
      value(points, at) {
        const after = points.findIndex((point) => point[0] > at);
        if (after === 0) return points[0][1];
        if (after < 0) return points[points.length - 1][1];
        const [[t0, v0], [t1, v1]] = points.slice(after - 1, after + 1);
        return v0 + ((v1 - v0) * (at - t0)) / (t1 - t0);
      },
      held_at(points, at) {
        return [...points].reverse().find((point) => point[0] <= at)?.[1] ?? points[0][1];
      },
      told(at) {
        const minutes = Math.round((at - this.chart.start) / 60);
        const [days, hours] = [Math.floor(minutes / 1440), String(Math.floor((minutes % 1440) / 60)).padStart(2, "0")];
        return this.t.whatif_told.replace("{days}", days).replace("{hours}", hours);
      },
      where(event) {
        const box = this.$refs.svg.getBoundingClientRect();
        const { start, end, least, top } = this.chart;
        const across = ((event.clientX - box.left) / box.width) * WIDE, down = ((event.clientY - box.top) / box.height) * ALL;
        return {
          at: Math.min(end, Math.max(start, start + ((across - LEFT) / (RIGHT - LEFT)) * (end - start))),
          flow: least + ((BOTTOM - down) / (BOTTOM - FLOW)) * (top - least),
          down,
        };
      },

      seek(event) {
        if (event.type === "pointerdown") {
          this.holds = "cursor";
          event.target.setPointerCapture(event.pointerId);
        }
        if (this.holds !== "cursor") return;
        this.show(this.where(event).at);
        event.preventDefault();
      },
      let_go() {
        this.holds = "";
      },
      step(event) {
        const by = event.shiftKey ? HOUR / 6 : HOUR;
        const now = this.now ?? this.chart.start;
        const next = { ArrowLeft: now - by, ArrowDown: now - by, ArrowRight: now + by, ArrowUp: now + by, PageDown: now - 24 * HOUR,
                       PageUp: now + 24 * HOUR, Home: this.chart.start, End: this.chart.end }[event.key];
        if (next === undefined) return;
        event.preventDefault();
        this.show(next);
      },
      show(at) {
        const last = this.run ? this.chart.end : this.chart.pool[this.chart.pool.length - 1][0];
        this.at = Math.min(last, Math.max(this.chart.start, Math.round(at / 600) * 600));
        this.seek_at(this.at);
      },

      add(event) {
        if (!this.chart.drawable || event.button !== 0) return;
        const { at, down } = this.where(event);
        const away = { inflow: Math.abs(this.f(this.value(this.points.inflow, at)) - down), release: Math.abs(this.f(this.held_at(this.points.release, at)) - down) };
        const series = away.inflow <= away.release ? "inflow" : "release";
        const points = [...this.points[series], [Math.round(at / 600) * 600, this.rounded(this.where(event).flow, series)]].sort((a, b) => a[0] - b[0]);
        this.held = { ...this.points, [series]: points };
        this.hold(event, series, points.findIndex((point) => point[0] === Math.round(at / 600) * 600));
        this.draw([series, points]);
      },
      hold(event, series, number) {
        this.holds = series;
        this.number = number;
        event.currentTarget.closest("g").setPointerCapture(event.pointerId);
        event.preventDefault();
        if (event.target.matches(".plan-point")) event.target.focus({ preventScroll: true });
      },
      drag(event) {
        if (!SERIES.includes(this.holds)) return;
        const { at, flow } = this.where(event);
        this.put(this.holds, this.number, at, flow);
      },
      drop() {
        this.holds = "";
      },
      put(series, number, at, flow) {
        const points = this.points[series].map((point) => [...point]);
        const before = number ? points[number - 1][0] + 600 : this.chart.start;
        const after = number + 1 < points.length ? points[number + 1][0] - 600 : this.chart.end;
        const first = number === 0; // the first one stays at the start
        points[number] = [first ? points[0][0] : Math.min(after, Math.max(before, Math.round(at / 600) * 600)), this.rounded(flow, series)];
        this.held = { ...this.points, [series]: points };
        this.draw([series, points]);
      },
      rounded(flow, series) {
        const by = this.chart.top > 500 ? 10 : 1;
        return Math.round(Math.max(series === "release" ? 0 : -1e5, flow) / by) * by;
      },
      remove(series, number) {
        if (this.points[series].length > 1) this.trame.trigger("what_if_remove", [series, number]);
      },
      nudge(event, series, number) {
        if (event.key === "Delete" || event.key === "Backspace") return this.remove(series, number);
        const by = (event.shiftKey ? 1 : 10) * (this.chart.top > 500 ? 1 : 0.1);
        const [right, up] = { ArrowLeft: [-HOUR, 0], ArrowRight: [HOUR, 0], ArrowUp: [0, by], ArrowDown: [0, -by] }[event.key] ?? [0, 0];
        if (!right && !up) return;
        event.preventDefault();
        const [at, flow] = this.points[series][number];
        this.put(series, number, at + right, flow + up);
      },
    },
  };
})(window.twinDesk);
