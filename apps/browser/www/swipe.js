/* The divider between two levels: dragged by mouse or touch, moved by arrow keys. It follows the hand at once, the
   picture with the next frame. */
(function (twin) {
  "use strict";

  const STEP = 0.02;

  twin.components["twin-swipe"] = {
    props: { share: Number, before: String, after: String, label: String },
    emits: ["moved"],
    template: `
      <div class="swipe" role="slider" tabindex="0" aria-orientation="horizontal" :aria-label="label" aria-valuemin="0"
           aria-valuemax="100" :aria-valuenow="Math.round(100 * shown)" :aria-valuetext="before + ' | ' + after"
           :style="{ left: 100 * shown + '%' }" @keydown="key" @pointerdown="down" @pointermove="move" @pointerup="up"
           @pointercancel="up">
        <b class="swipe-before">{{ before }}</b><i></i><b class="swipe-after">{{ after }}</b>
      </div>`,
    data: () => ({ held: null }),
    created() {
      this.tell = twin.latest((share) => this.$emit("moved", share));
    },
    computed: {
      shown() {
        return this.held ?? this.share ?? 0.5;
      },
    },
    watch: {
      share(now) {
        if (!this.dragging && now === this.held) this.held = null;
      },
    },
    methods: {
      to(share) {
        this.held = Math.round(1e4 * Math.min(1, Math.max(0, share))) / 1e4;
        this.tell(this.held);
      },
      down(event) {
        event.preventDefault();
        event.stopPropagation();
        this.dragging = true;
        this.$el.focus({ preventScroll: true });
        this.$el.setPointerCapture(event.pointerId);
      },
      move(event) {
        if (this.dragging) this.to(event.clientX / window.innerWidth);
      },
      up() {
        this.dragging = false;
      },
      key(event) {
        const step = event.shiftKey ? STEP / 4 : STEP;
        const to = { ArrowLeft: this.shown - step, ArrowRight: this.shown + step, Home: 0.02, End: 0.98 }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        this.to(to);
      },
    },
  };
})(window.twinDesk);
