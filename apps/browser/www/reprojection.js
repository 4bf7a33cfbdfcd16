/* What is known of a picture's places in space, from the depth grid that comes with it: where another camera sees them,
   and its labels, until the true picture comes. */
(function (twin) {
  "use strict";

  const { camera: geometry, warp } = twin;
  const FIELDS = ["target_east_m", "target_north_m", "target_m", "distance_m", "heading_deg", "pitch_deg", "view_angle_deg"];

  const same = (a, b) => a === b || (a && b && FIELDS.every((name) => a[name] === b[name]));

  /* A picture's camera and what is known of its surfaces. */
  class View {
    constructor({ camera, exaggeration, depth, margin = [0, 0], w = 1, h = 1 }) {
      this.camera = camera;
      this.k = exaggeration;
      this.wide = w / (w - 2 * margin[0]); // of the view's width and height
      this.tall = h / (h - 2 * margin[1]);
      this.depths = depth ? warp.inverseDepths(depth) : new Float64Array(64 * 36);
    }

    /* A function from places of another camera's view to [x, y, 1/distance] in this picture's; null behind it. */
    backwards(camera, aspect) {
      return warp.backwards(this.camera, camera, this.depths, this.tall, this.k, aspect);
    }

    point(x, y, ahead, aspect) {
      const look = geometry.ray(this.camera, x, y, aspect);
      return geometry.eye(this.camera, this.k).map((value, i) => value + ahead * look[i]);
    }

    /* The surface under a place of the view of a camera near this picture's, on its ray; what it looks at where there
       is sky. */
    grabbed(camera, x, y, aspect) {
      const [px, py, near] = this.backwards(camera, aspect)(x, y) || [0, 0, 0];
      const at = near > 0 && geometry.project(camera, this.point(px, py, 1 / near, aspect), this.k, aspect);
      if (!at) return geometry.target(camera, this.k);
      const look = geometry.ray(camera, x, y, aspect);
      return geometry.eye(camera, this.k).map((value, i) => value + at[2] * look[i]);
    }

    /* An overlay of this picture as another camera sees its places; what lies behind that one is left out. */
    overlay(told, camera, aspect) {
      if (!told || same(camera, this.camera)) return told;
      const moved = (many) =>
        (many || []).flatMap((one) => {
          const at = geometry.project(camera, this.point(one.x, one.y, one.away_m, aspect), this.k, aspect);
          return at ? [{ ...one, x: at[0], y: at[1] }] : [];
        });
      const north_deg = told.north_deg + this.camera.heading_deg - camera.heading_deg;
      return { ...told, labels: moved(told.labels), marks: moved(told.marks), bars: moved(told.bars), north_deg };
    }
  }

  twin.View = View;
  twin.sameCamera = same;
})(globalThis.twinDesk);
