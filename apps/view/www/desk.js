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
  }

  return { components, stats, install };
})();
