/* Shows a picture for another camera than it was drawn by, until the true one comes: the picture is mapped by the
   homography of one plane, labels are projected from their own places. */
(function (twin) {
  "use strict";

  const geometry = twin.camera;
  const ROWS = 36;
  const COLS = 64;
  const STEPS_PER_OCTAVE = 3000;
  const NOTHING = 65535;
  const FIELDS = ["target_east_m", "target_north_m", "target_m", "distance_m", "heading_deg", "pitch_deg", "view_angle_deg"];

  const same = (a, b) => a === b || (a && b && FIELDS.every((name) => a[name] === b[name]));

  /* Distances of the surfaces in a picture, on a coarse grid of places of the view; the picture shows `widened`
     times the view. */
  class Depths {
    constructor(packed, widened) {
      this.widened = widened;
      const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
      this.steps = new Uint16Array(bytes.buffer);
    }

    at(row, col) {
      const step = this.steps[Math.min(ROWS - 1, Math.max(0, row)) * COLS + Math.min(COLS - 1, Math.max(0, col))];
      return step === undefined || step === NOTHING ? Infinity : 2 ** (step / STEPS_PER_OCTAVE);
    }

    /* Metres ahead along the look at a place; between cells linear in 1/distance, as a plane is. Infinity: sky. */
    ahead(x, y) {
      const inside = (share) => (share - 0.5) / this.widened + 0.5;
      const [r, c] = [inside(y) * ROWS - 0.5, inside(x) * COLS - 0.5];
      const [row, col] = [Math.floor(r), Math.floor(c)];
      const [fr, fc] = [r - row, c - col];
      const near = 1 / this.at(Math.round(r), Math.round(c));
      let sum = 0;
      for (const [dr, wr] of [[0, 1 - fr], [1, fr]]) {
        for (const [dc, wc] of [[0, 1 - fc], [1, fc]]) {
          const one = 1 / this.at(row + dr, col + dc);
          sum += wr * wc * (Math.abs(one - near) > 0.2 * near ? near : one); // not across an edge
        }
      }
      return 1 / sum;
    }
  }

  /* A picture's camera and what is known of its surfaces. */
  class View {
    constructor({ camera, exaggeration, depth, margin = [0, 0], w = 1, h = 1 }) {
      this.camera = camera;
      this.k = exaggeration;
      this.wide = w / (w - 2 * margin[0]); // of the view's width and height
      this.tall = h / (h - 2 * margin[1]);
      this.depths = new Depths(depth || "", this.tall);
    }

    /* Lays the picture's canvas over the view, for another camera exact on the plane at a height. */
    lay(canvas, camera, height, width, tall) {
      const share = (factor) => `${(50 * (factor - 1)) / factor}%`;
      Object.assign(canvas.style, {
        left: `${50 * (1 - this.wide)}%`,
        top: `${50 * (1 - this.tall)}%`,
        width: `${100 * this.wide}%`,
        height: `${100 * this.tall}%`,
        transformOrigin: `${share(this.wide)} ${share(this.tall)}`,
        transform: this.transform(camera, height, width, tall),
      });
    }

    /* Whether this picture fills the view of another camera. */
    covers(camera, height, aspect) {
      if (same(camera, this.camera)) return true;
      const back = geometry.homography(camera, this.camera, height, this.k, aspect);
      const inside = (share, widened) => Math.abs(share - 0.5) <= widened / 2 + 1e-9;
      return [[0, 0], [1, 0], [0, 1], [1, 1]].every(([x, y]) => {
        const [u, v, w] = back.map((row) => row[0] * x + row[1] * y + row[2]);
        return w > 1e-9 && inside(u / w, this.wide) && inside(v / w, this.tall);
      });
    }

    point(x, y, ahead, aspect) {
      const look = geometry.ray(this.camera, x, y, aspect);
      return geometry.eye(this.camera, this.k).map((value, i) => value + ahead * look[i]);
    }

    /* The surface under a place of the view of a camera near this picture's; what it looks at where there is sky. */
    grabbed(camera, x, y, aspect) {
      let [px, py] = [x, y];
      if (!same(camera, this.camera)) {
        const back = geometry.homography(camera, this.camera, geometry.target(camera, this.k)[2], this.k, aspect);
        const [u, v, w] = back.map((row) => row[0] * x + row[1] * y + row[2]);
        if (w > 1e-9) [px, py] = [u / w, v / w];
      }
      const ahead = this.depths.ahead(Math.min(1, Math.max(0, px)), Math.min(1, Math.max(0, py)));
      return Number.isFinite(ahead) ? this.point(px, py, ahead, aspect) : geometry.target(camera, this.k);
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

    /* The CSS transform of this picture for another camera, exact on the plane at a height; "" for its own. */
    transform(camera, height, width, tall) {
      if (same(camera, this.camera)) return "";
      const [[a, b, c], [d, e, f], [g, h, i]] = geometry.homography(this.camera, camera, height, this.k, width / tall);
      const rows = [
        [a, (b * width) / tall, c * width],
        [(d * tall) / width, e, f * tall],
        [g / width, h / tall, i],
      ];
      const scale = rows[2][2] || 1e-12;
      const [[A, B, C], [D, E, F], [G, H]] = rows.map((row) => row.map((value) => value / scale));
      const columns = [A, D, 0, G, B, E, 0, H, 0, 0, 1, 0, C, F, 0, 1];
      return columns.every(Number.isFinite) ? `matrix3d(${columns.map((value) => value.toPrecision(9)).join(",")})` : "";
    }
  }

  twin.View = View;
  twin.sameCamera = same;
})(globalThis.twinDesk);
