/* Menu of the head: its button opens a list of tools, of which one is taken by pointer, arrows or Tab. Escape, a
   click elsewhere and a tool that is taken close it; the focus is then at its button, where a panel gives it back. */
(function (twin) {
  "use strict";

  const DOTS = "M16,12A2,2 0 0,1 20,12A2,2 0 0,1 16,12M10,12A2,2 0 0,1 14,12A2,2 0 0,1 10,12M4,12A2,2 0 0,1 8,12A2,2 0 0,1 4,12Z";

  twin.components["twin-more"] = {
    props: { label: String, hint: String, lit: Boolean },
    data: () => ({ open: false, dots: DOTS }),
    template: `<div class="more" @keydown="key" @focusout="left">
      <button ref="button" type="button" :class="['tool', { 'tool-on': open || lit }]" :title="hint" :aria-expanded="open"
        :aria-controls="open ? 'more-tools' : null" @click="open ? close() : show()">
        <twin-icon :name="dots"></twin-icon><span>{{ label }}</span>
      </button>
      <div v-if="open" ref="list" id="more-tools" class="more-tools glass" @click.capture="taken"><slot></slot></div>
    </div>`,
    mounted() {
      document.addEventListener("pointerdown", this.elsewhere, true);
    },
    unmounted() {
      document.removeEventListener("pointerdown", this.elsewhere, true);
    },
    methods: {
      items() {
        return [...this.$refs.list.querySelectorAll("button:not(:disabled)")];
      },
      async show() {
        this.open = true;
        await this.$nextTick();
        this.items()[0].focus({ preventScroll: true });
      },
      close() {
        this.$refs.button.focus({ preventScroll: true });
        this.open = false;
      },
      taken(event) {
        if (event.target.closest("button:not(:disabled)")) this.close();
      },
      left(event) {
        if (event.relatedTarget && !this.$el.contains(event.relatedTarget)) this.open = false;
      },
      elsewhere(event) {
        if (!this.$el.contains(event.target)) this.open = false;
      },
      key(event) {
        if (!this.open) return;
        const items = this.items();
        const at = items.indexOf(document.activeElement);
        const to = { ArrowDown: (at + 1) % items.length, ArrowUp: Math.max(at, 0) - 1, Home: 0, End: -1 }[event.key];
        if (event.key === "Escape") this.close();
        else if (to === undefined) return;
        else items.at(to).focus();
        event.preventDefault();
        event.stopPropagation(); // it is this menu's, and closes nothing else
      },
    },
  };
})(window.twinDesk);
