/* Shows a picture for another camera than it was drawn by, until the true one comes: the picture is mapped by the
   homography that moves its surfaces with the least error, labels are projected from their own places. */
(function (twin) {
  "use strict";

  const geometry = twin.camera;
  const ROWS = 36;
  const COLS = 64;
  const STEPS_PER_OCTAVE = 3000;
  const NOTHING = 65535;
  const [ACROSS, DOWN] = [24, 14]; // places by which the picture is laid
  const FAR_M = 1e6; // where there is sky
  const OUTSIDE = 0.02; // the weight of what leaves the view, and of the sky
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

  /* The inverse of a 3 × 3 matrix, but for its scale, of its sign. */
  function inverse([[a, b, c], [d, e, f], [g, h, i]]) {
    const sign = Math.sign(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g));
    return [
      [e * i - f * h, c * h - b * i, b * f - c * e],
      [f * g - d * i, a * i - c * g, c * d - a * f],
      [d * h - e * g, b * g - a * h, a * e - b * d],
    ].map((row) => row.map((value) => value * sign));
  }

  /* Solves a symmetric system by elimination; rows hold their right side last. */
  function solved(rows) {
    const n = rows.length;
    for (let i = 0; i < n; i += 1) {
      let top = i;
      for (let j = i + 1; j < n; j += 1) if (Math.abs(rows[j][i]) > Math.abs(rows[top][i])) top = j;
      [rows[i], rows[top]] = [rows[top], rows[i]];
      for (let j = i + 1; j < n; j += 1) {
        const share = rows[j][i] / rows[i][i];
        for (let k = i; k <= n; k += 1) rows[j][k] -= share * rows[i][k];
      }
    }
    const found = new Array(n).fill(0);
    for (let i = n - 1; i >= 0; i -= 1) {
      let sum = rows[i][n];
      for (let k = i + 1; k < n; k += 1) sum -= rows[i][k] * found[k];
      found[i] = sum / rows[i][i];
    }
    return found;
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

    /* Lays the picture's canvas over the view for another camera; exact at the place that is held, if there is one. */
    lay(canvas, camera, held, width, tall) {
      const share = (factor) => `${(50 * (factor - 1)) / factor}%`;
      Object.assign(canvas.style, {
        left: `${50 * (1 - this.wide)}%`,
        top: `${50 * (1 - this.tall)}%`,
        width: `${100 * this.wide}%`,
        height: `${100 * this.tall}%`,
        transformOrigin: `${share(this.wide)} ${share(this.tall)}`,
        transform: this.transform(camera, held, width, tall),
      });
    }

    /* Whether this picture fills the view of another camera. */
    covers(camera, held, aspect) {
      if (same(camera, this.camera)) return true;
      const back = inverse(this.mapping(camera, held, aspect));
      const inside = (share, widened) => Math.abs(share - 0.5) <= widened / 2 + 1e-9;
      return [[0, 0], [1, 0], [0, 1], [1, 1]].every(([x, y]) => {
        const [u, v, w] = back.map((row) => row[0] * x + row[1] * y + row[2]);
        return w > 1e-9 && inside(u / w, this.wide) && inside(v / w, this.tall);
      });
    }

    /* Places of the view, spread over it, with their surfaces in space. */
    places(aspect) {
      if (this.known?.aspect !== aspect) {
        const all = [];
        for (let row = 0; row < DOWN; row += 1) {
          for (let col = 0; col < ACROSS; col += 1) {
            const [x, y] = [(col + 0.5) / ACROSS, (row + 0.5) / DOWN];
            const ahead = this.depths.ahead(x, y);
            const weight = Number.isFinite(ahead) ? 1 : OUTSIDE; // the sky looks alike everywhere
            all.push([x, y, weight, this.point(x, y, Math.min(FAR_M, ahead), aspect)]);
          }
        }
        this.known = { aspect, all };
      }
      return this.known.all;
    }

    /* The homography from places of this picture's view to those of another camera's that moves its surfaces with the
       least error; then shifted, so that the place that is held is exact. */
    mapping(camera, held, aspect) {
      const rows = Array.from({ length: 8 }, () => new Array(9).fill(0));
      for (const [px, py, certain, point] of this.places(aspect)) {
        const at = geometry.project(camera, point, this.k, aspect);
        if (!at) continue;
        const [x, y, u, v] = [px - 0.5, py - 0.5, at[0] - 0.5, at[1] - 0.5];
        const weight = certain * (Math.abs(u) < 0.55 && Math.abs(v) < 0.55 ? 1 : OUTSIDE);
        for (const one of [[x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]]) {
          for (let i = 0; i < 8; i += 1) for (let k = 0; k < 9; k += 1) rows[i][k] += weight * one[i] * one[k];
        }
      }
      const [a, b, c, d, e, f, g, h] = solved(rows);
      // from shares of the middle to those of the corner
      const found = [[a + g / 2, b + h / 2, c + 0.5], [d + g / 2, e + h / 2, f + 0.5], [g, h, 1]].map(([p, q, r]) => [
        p,
        q,
        r - (p + q) / 2,
      ]);
      const [from, to] = held ? [this.camera, camera].map((one) => geometry.project(one, held, this.k, aspect)) : [];
      if (!from || !to) return found;
      const [u, v, w] = found.map((row) => row[0] * from[0] + row[1] * from[1] + row[2]);
      const [du, dv] = [to[0] - u / w, to[1] - v / w];
      return [0, 1, 2].map((k) => found[k].map((value, i) => value + [du, dv, 0][k] * found[2][i]));
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

    /* The CSS transform of this picture for another camera; "" for its own. */
    transform(camera, held, width, tall) {
      if (same(camera, this.camera)) return "";
      const [[a, b, c], [d, e, f], [g, h, i]] = this.mapping(camera, held, width / tall);
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
