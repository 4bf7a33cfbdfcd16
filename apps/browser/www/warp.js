/* Warps a picture's pixels for another camera, in the page's own thread: inverse mapping over the depth grid.

   Composed by CSS `matrix3d` without a graphics card, a rotated picture of 1920 × 1080 takes the compositor 30 ms; a
   canvas that is only scaled takes 6, and the loops here 3 to 6. Pure; they need no page. Pixels are Int32Arrays of RGBA. */
(function (twin) {
  "use strict";

  const geometry = twin.camera;
  const [COLS, ROWS] = [64, 36]; // of the depth grid, and cells of the lattice by which a view is filled
  const STEPS_PER_OCTAVE = 3000;
  const NOTHING = 65535;
  const EDGE = 0.2; // depths that differ by more are of two surfaces
  const TURNS = 4; // of the fixed point
  const ONE = 65536; // a pixel in fixed point
  const FAR = 2 ** 29;
  const RED_BLUE = 0xff00ff;
  const OPAQUE = -0x1000000;

  /* Inverse distances ahead (1/m; 0 for sky) of a packed depth grid, 64 × 36 from the top left. */
  function inverseDepths(packed) {
    const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
    const found = new Float64Array(COLS * ROWS);
    new Uint16Array(bytes.buffer).forEach((step, k) => {
      found[k] = step === NOTHING ? 0 : 2 ** (-step / STEPS_PER_OCTAVE);
    });
    return found;
  }

  /* Inverse distance at a place of the view, linear as that of a plane is, but not across an edge. The grid covers
     `widened` times the view. */
  function inverseDepth(grid, widened, x, y) {
    const c = Math.min(COLS - 1.001, Math.max(0, ((x - 0.5) / widened + 0.5) * COLS - 0.5));
    const r = Math.min(ROWS - 1.001, Math.max(0, ((y - 0.5) / widened + 0.5) * ROWS - 0.5));
    const [col, row] = [c | 0, r | 0];
    const [fc, fr] = [c - col, r - row];
    const k = row * COLS + col;
    const near = grid[k + (fr < 0.5 ? 0 : COLS) + (fc < 0.5 ? 0 : 1)];
    const most = EDGE * near;
    let [a, b, d, e] = [grid[k], grid[k + 1], grid[k + COLS], grid[k + COLS + 1]];
    if (Math.abs(a - near) > most) a = near;
    if (Math.abs(b - near) > most) b = near;
    if (Math.abs(d - near) > most) d = near;
    if (Math.abs(e - near) > most) e = near;
    return (a * (1 - fc) + b * fc) * (1 - fr) + (d * (1 - fc) + e * fc) * fr;
  }

  /* A function from a place of the view of camera `to` to [x, y, 1/distance] in that of camera `from`; null behind it.

     A place p seen at the inverse distance w lies in the other view at H p + w t (homogeneous): for a known w that is
     solved for p, and w is looked up again at p. Four turns leave less than a pixel where depths are smooth. */
  function backwards(from, to, grid, widened, k, aspect) {
    const [a, b] = [geometry.axes(from), geometry.axes(to)];
    const [ha, hb] = [from, to].map((camera) => Math.tan((camera.view_angle_deg * Math.PI) / 360));
    const dot = (p, q) => p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
    const seen = (v) => {
      const ahead = dot(b.forward, v);
      return [ahead / 2 + dot(b.right, v) / (2 * hb * aspect), ahead / 2 - dot(b.up, v) / (2 * hb), ahead];
    };
    const [eyeA, eyeB] = [geometry.eye(from, k), geometry.eye(to, k)];
    const t = seen(eyeA.map((value, i) => value - eyeB[i]));
    const columns = [
      seen(a.right.map((value) => 2 * ha * aspect * value)),
      seen(a.up.map((value) => -2 * ha * value)),
      seen(a.forward.map((value, i) => value - ha * aspect * a.right[i] + ha * a.up[i])),
    ];
    const back = geometry.inverse([0, 1, 2].map((i) => columns.map((column) => column[i])));
    const [tx, ty, tw] = back.map((row) => dot(row, t));
    const [[p0, p1, p2], [q0, q1, q2], [r0, r1, r2]] = back;
    return (x, y) => {
      const [gx, gy, gw] = [p0 * x + p1 * y + p2, q0 * x + q1 * y + q2, r0 * x + r1 * y + r2];
      if (gw <= 1e-9) return null;
      let [px, py, w] = [x, y, inverseDepth(grid, widened, x, y)];
      for (let turn = 0; turn < TURNS; turn += 1) {
        const s = (1 + w * tw) / gw;
        px = s * gx - w * tx;
        py = s * gy - w * ty;
        w = inverseDepth(grid, widened, px, py);
      }
      return [px, py, w];
    };
  }

  /* Places in a picture, in fixed point, for the corners of 64 × 36 cells of a view; `place(x, y)` gives the place in the
     picture's view, which the picture shows `wide` × `tall` times. `inside`: whether a corner is in the picture. */
  function lattice({ width, height }, place, wide, tall) {
    const us = new Float64Array((COLS + 1) * (ROWS + 1)).fill(-FAR);
    const vs = new Float64Array(us.length).fill(-FAR);
    const inside = new Uint8Array(us.length);
    const fixed = (share, widened, size) =>
      Math.min(FAR, Math.max(-FAR, ONE * (((share - 0.5) / widened + 0.5) * size - 0.5)));
    for (let k = 0, row = 0; row <= ROWS; row += 1) {
      for (let col = 0; col <= COLS; col += 1, k += 1) {
        const at = place(col / COLS, row / ROWS);
        if (!at) continue;
        const [u, v] = [fixed(at[0], wide, width), fixed(at[1], tall, height)];
        us[k] = u;
        vs[k] = v;
        inside[k] = u >= 0 && v >= 0 && u < ONE * (width - 1) && v < ONE * (height - 1);
      }
    }
    return { us, vs, inside, whole: inside.every(Boolean) };
  }

  /* Fills a view from a picture by a lattice; `out` and `source` are {pixels, width, height}. What the picture does not
     reach stays as it was, and so do cells that lie `under` another lattice's picture. */
  function fill(out, source, corners, under = null) {
    for (let row = 0; row < ROWS; row += 1) {
      const [top, bottom] = [Math.round((row * out.height) / ROWS), Math.round(((row + 1) * out.height) / ROWS)];
      for (let col = 0; col < COLS; col += 1) {
        const k = row * (COLS + 1) + col;
        const reached = held(corners.inside, k);
        if (!reached || (under && held(under.inside, k) === 4)) continue;
        const [left, right] = [Math.round((col * out.width) / COLS), Math.round(((col + 1) * out.width) / COLS)];
        cell(out, source, corners, k, left, top, right, bottom, reached === 4);
      }
    }
  }

  const held = (inside, k) => inside[k] + inside[k + 1] + inside[k + COLS + 1] + inside[k + COLS + 2];

  /* Pixels of a cell of the lattice, bilinear: weights of 8 bits, red and blue in one integer. What the source does not
     reach is left as it was; a cell that is `inside` is not asked for each pixel. */
  function cell(out, source, { us, vs }, k, left, top, right, bottom, inside) {
    const to = out.pixels;
    const from = source.pixels;
    const width = source.width | 0;
    const mostU = ONE * (width - 1);
    const mostV = ONE * (source.height - 1);
    const across = 1 / (right - left);
    const down = 1 / (bottom - top);
    const below = k + COLS + 1;
    for (let y = top; y < bottom; y += 1) {
      const f = (y - top + 0.5) * down;
      const [u0, v0] = [us[k] + (us[below] - us[k]) * f, vs[k] + (vs[below] - vs[k]) * f];
      const du = ((us[k + 1] + (us[below + 1] - us[k + 1]) * f - u0) * across) | 0;
      const dv = ((vs[k + 1] + (vs[below + 1] - vs[k + 1]) * f - v0) * across) | 0;
      let u = (u0 + du / 2) | 0;
      let v = (v0 + dv / 2) | 0;
      const end = y * out.width + right;
      for (let at = y * out.width + left; at < end; at += 1, u += du, v += dv) {
        if (!inside && (u < 0 || v < 0 || u >= mostU || v >= mostV)) continue;
        const place = (v >> 16) * width + (u >> 16);
        const a = from[place];
        const b = from[place + 1];
        const c = from[place + width];
        const d = from[place + width + 1];
        const x = (u >> 8) & 255;
        const z = (v >> 8) & 255;
        const low = (x * z) >> 8;
        const righter = x - low;
        const lower = z - low;
        const rest = 256 - x - lower;
        const redBlue =
          Math.imul(a & RED_BLUE, rest) + Math.imul(b & RED_BLUE, righter) + Math.imul(c & RED_BLUE, lower) + Math.imul(d & RED_BLUE, low);
        const green =
          ((a >> 8) & 255) * rest + ((b >> 8) & 255) * righter + ((c >> 8) & 255) * lower + ((d >> 8) & 255) * low;
        to[at] = OPAQUE | ((redBlue >>> 8) & RED_BLUE) | (green & 0xff00);
      }
    }
  }

  twin.warp = { inverseDepths, inverseDepth, backwards, lattice, fill };
})(globalThis.twinDesk);
