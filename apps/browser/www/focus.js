/* The focus goes into a panel that opens, and back to where it came from when it closes. */
(function (twin) {
  "use strict";

  let from = null;

  const panelOf = () => document.querySelector(".panel");

  twin.focusPanel = () => {
    const panel = panelOf();
    if (!panel) return false;
    (panel.querySelector("input[role=combobox]") || panel).focus({ preventScroll: true });
    return true;
  };

  /* Whether a panel is open and the focus is not in it. */
  twin.panelWaits = () => {
    const panel = panelOf();
    return Boolean(panel) && !panel.contains(document.activeElement);
  };

  twin.installFocus = function (trame) {
    trame.state.watch(["panel"], (panel) => {
      const active = document.activeElement;
      const inside = active && active.closest(".panel");
      if (panel && !inside && active && active !== document.body) from = active;
      requestAnimationFrame(() => {
        if (panel) {
          twin.focusPanel();
          return;
        }
        const lost = !document.activeElement || document.activeElement === document.body;
        if (!lost && !document.activeElement.closest(".panel")) return;
        const back = from && from.isConnected ? from : document.querySelector(".twin-scene");
        from = null;
        back?.focus({ preventScroll: true });
      });
    });
  };
})(window.twinDesk);
