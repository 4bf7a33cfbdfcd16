/* Shortcuts that work wherever the focus is, except while someone types. */
(function (twin) {
  "use strict";

  const TRIGGERS = { h: ["home"], " ": ["play_pause"] };

  twin.installKeys = function (trame) {
    const state = trame.state;
    const flip = (panel) => state.set("panel", state.get("panel") === panel ? "" : panel);

    window.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest("input, textarea, select")) return;
      const onButton = event.target.closest("button, [role=slider], [role=switch]");
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      if (key === " " && onButton && onButton.tagName === "BUTTON") return;
      if (key === "?") state.set("help_open", true);
      else if (key === "l") flip("layers");
      else if (key === "v") flip("views");
      else if (key === "k") flip("link");
      else if (key === "u") state.set("unit", state.get("unit") === "level" ? "storage" : "level");
      else if (key === "c") state.set("chart_open", !state.get("chart_open"));
      else if (key === "e") state.set("language", state.get("language") === "zh" ? "en" : "zh");
      else if (key === "w") document.querySelector(".gauge-handle")?.focus();
      else if (key === "s") document.querySelector(".twin-scene")?.focus();
      else if (key === "t") document.querySelector(".track-handle")?.focus();
      else if (key === "Escape") {
        state.set("panel", "");
        trame.trigger("close_card", []);
      } else if (/^[1-9]$/.test(key)) trame.trigger("go_to_number", [Number(key)]);
      else if (TRIGGERS[key]) trame.trigger(...TRIGGERS[key], []);
      else return;
      event.preventDefault();
    });
  };
})(window.twinDesk);
