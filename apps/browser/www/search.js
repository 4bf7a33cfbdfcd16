/* The field that finds places, and its list: a combobox of ARIA's, used by keyboard alone. The server finds; here is
   which row is meant. */
(function (twin) {
  "use strict";

  twin.components["twin-search"] = {
    props: { found: { type: Object, required: true }, t: { type: Object, required: true } },
    template: `
      <div class="search">
        <input ref="field" class="field search-field" type="text" role="combobox" autocomplete="off" spellcheck="false"
               maxlength="80" aria-controls="search-rows" aria-autocomplete="list" :aria-expanded="rows.length > 0"
               :aria-activedescendant="rows.length ? 'search-row-' + at : null" :aria-label="t.search_field"
               :placeholder="t.search_field" v-model="text" @input="ask" @keydown="key">
        <p class="note" role="status">{{ found.note }}</p>
        <ul id="search-rows" class="search-rows" role="listbox" :aria-label="t.search_found">
          <li v-for="(row, k) in rows" :key="row.id" :id="'search-row-' + k" role="option" :aria-selected="k === at"
              :class="'search-row' + (k === at ? ' search-row-on' : '')" @click="go(k)" @pointermove="at = k">
            <twin-sign v-if="row.sign" :kind="row.sign"></twin-sign>
            <span class="search-name">{{ row.name }}</span><span class="search-detail">{{ row.detail }}</span>
          </li>
        </ul>
      </div>`,
    data: () => ({ text: "", at: 0, waits: false }),
    created() {
      this.send = twin.latest((text) => twin.trame.trigger("find_place", [text]));
      this.send("");
    },
    watch: {
      found() {
        if (!this.isAnswer) return;
        this.at = Math.min(this.at, Math.max(0, this.rows.length - 1));
        if (this.waits) this.go(0);
      },
      "t.search"() {
        this.send(this.text);
      },
    },
    computed: {
      rows() {
        return this.found.rows || [];
      },
      isAnswer() {
        return this.found.text === this.text.trim();
      },
    },
    methods: {
      ask(event) {
        if (event.isComposing) return; // an input method is still at work
        this.at = 0;
        this.waits = false;
        this.send(this.text);
      },
      key(event) {
        if (event.isComposing) return;
        const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
        if (step) {
          const last = this.rows.length - 1;
          const wraps = Math.abs(step) === 1 ? (this.at + step + last + 1) % (last + 1) : this.at + step;
          this.at = Math.min(last, Math.max(0, wraps)) || 0;
          this.$nextTick(() => document.getElementById(`search-row-${this.at}`)?.scrollIntoView({ block: "nearest" }));
        } else if (event.key === "Enter") {
          if (this.isAnswer) this.go(this.at);
          else this.waits = true;
        } else if (event.key === "Escape" && this.text) {
          this.text = "";
          this.ask(event);
          event.stopPropagation(); // the next one closes the panel
        } else {
          return;
        }
        event.preventDefault();
      },
      go(number) {
        this.waits = false;
        this.at = number;
        const row = this.rows[number];
        if (row) twin.trame.trigger("go_to_place", [row.id]);
      },
    },
  };
})(window.twinDesk);
