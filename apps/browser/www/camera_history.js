/* The views that were flown from, to go back to and forth again; as a browser's history of pages. Pure. */
(function (twin) {
  "use strict";

  const MOST = 50;
  const NEAR = 0.02; // of the distance, and as many degrees times a hundred: no other view

  function alike(a, b) {
    const way = Math.hypot(a.target_east_m - b.target_east_m, a.target_north_m - b.target_north_m);
    const turn = Math.abs(((((a.heading_deg - b.heading_deg) % 360) + 540) % 360) - 180);
    const near = NEAR * Math.min(a.distance_m, b.distance_m);
    return way < near && Math.abs(a.distance_m - b.distance_m) < near && turn + Math.abs(a.pitch_deg - b.pitch_deg) < 2;
  }

  class CameraHistory {
    constructor() {
      this.before = [];
      this.after = [];
    }

    /* Keeps a view that is being left; what was gone back from is forgotten. */
    leave(camera) {
      this.after = [];
      this.put(this.before, camera);
    }

    canStep(step) {
      return (step < 0 ? this.before : this.after).length > 0;
    }

    /* The view to go to, one step back (-1) or forth (1) from the one of now; null where there is none. */
    step(step, now) {
      const [from, to] = step < 0 ? [this.before, this.after] : [this.after, this.before];
      while (from.length && alike(from[from.length - 1], now)) from.pop();
      if (!from.length) return null;
      this.put(to, now);
      return from.pop();
    }

    put(kept, camera) {
      if (kept.length && alike(kept[kept.length - 1], camera)) return;
      kept.push(camera);
      if (kept.length > MOST) kept.shift();
    }
  }

  twin.CameraHistory = CameraHistory;
})(globalThis.twinDesk || (globalThis.twinDesk = {}));
