/* Shortcuts that work wherever the focus is, except while someone types. The parts of the page declare them
   (apps/parts/part.py); here is only how each kind of command is carried out. */
(function (twin) {
  "use strict";

  twin.installKeys = function (trame) {
    const state = trame.state;
    const commands = {
      panel: (panel) => state.set("panel", state.get("panel") === panel ? "" : panel),
      set: (key, value) => state.set(key, value),
      turn: (key, values) => state.set(key, values[(values.indexOf(state.get(key)) + 1) % values.length]),
      focus: (selector) => document.querySelector(selector)?.focus(),
      trigger: (name, args) => trame.trigger(name, args),
    };

    window.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest("input, textarea, select")) return;
      if (document.querySelector("dialog[open]")) return; // it has the keyboard
      const onButton = event.target.closest("button, [role=slider], [role=switch]");
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      if (key === " " && onButton && onButton.tagName === "BUTTON") return;
      const keys = state.get("keys");
      if (!Object.hasOwn(keys, key)) return;
      for (const [kind, ...rest] of keys[key]) commands[kind](...rest);
      event.preventDefault();
    });
  };
})(window.twinDesk);
