/* Shortcuts that work wherever the focus is, except while someone types. The parts of the page declare them
   (apps/parts/part.py); here is only how each kind of command is carried out. */
(function (twin) {
  "use strict";

  /* Fields whose letters are typed; a slider or a tick box takes none, so shortcuts work there too. */
  const TYPED = "textarea, select, input:not([type=range], [type=checkbox], [type=radio], [type=button])";

  twin.installKeys = function (trame) {
    const state = trame.state;
    const commands = {
      panel(panel) {
        const open = state.get("panel") === panel;
        if (open && twin.panelWaits()) twin.focusPanel();
        else state.set("panel", open ? "" : panel);
      },
      set: (key, value) => state.set(key, value),
      turn: (key, values) => state.set(key, values[(values.indexOf(state.get(key)) + 1) % values.length]),
      focus: (selector) => document.querySelector(selector)?.focus(),
      trigger: (name, args) => trame.trigger(name, args),
      page: (name, ...args) => twin[name](...args),
    };

    window.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.isComposing) return;
      if (document.querySelector("dialog[open]")) return; // it has the keyboard
      const writes = event.target.closest(TYPED);
      if (writes && event.key !== "Escape") return;
      if (writes && !writes.closest(".panel")) {
        writes.blur(); // leaves the field, and nothing else
        document.querySelector(".twin-scene")?.focus({ preventScroll: true });
        return;
      }
      const onButton = event.target.closest("button, [role=slider], [role=switch], input");
      let key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      if (key === " " && onButton && onButton.getAttribute("role") !== "slider") return;
      if (event.altKey) key = `Alt+${key}`;
      const keys = state.get("keys");
      if (!Object.hasOwn(keys, key)) return;
      for (const [kind, ...rest] of keys[key]) commands[kind](...rest);
      event.preventDefault();
    });
  };
})(window.twinDesk);
