/* The page's own client code: one Vue plugin made of the files beside this one, loaded after it. */
window.twinDesk = (function () {
  "use strict";

  const components = {};

  /* What was painted when: read by tests, and by whoever wonders how fluent the stream is. */
  const stats = {
    frames: 0,
    stills: 0,
    latencies: [],
    painted(meta) {
      this.frames += 1;
      if (meta.still) this.stills += 1;
      if (meta.seen) this.latencies.push(performance.now() - meta.seen);
      if (this.latencies.length > 2000) this.latencies.splice(0, 1000);
    },
  };

  function install(app) {
    for (const [name, component] of Object.entries(components)) app.component(name, component);
    const { trame } = app._context.provides;
    new twin.Line(trame, "scene");
    twin.installKeys(trame);
    const language = () => (document.documentElement.lang = trame.state.get("language") === "en" ? "en" : "zh-CN");
    trame.state.addListener(language);
    language();
    const scene = new URLSearchParams(window.location.search).get("scene");
    if (scene) trame.trigger("open_link", [scene]);
  }

  const twin = { components, stats, install, leaving: false };
  return twin;
})();
