/* The geometry of a Scene's camera: the same functions as layers/camera, checked against them in
   tests/apps/browser/test_camera_js.py. Pure; they need no page.

   A camera has the fields of twin.scene.Camera. Points and vectors are [east, north, height · exaggeration], m;
   places of the view are shares from its left and top; `aspect` is width over height; `k` the exaggeration. */
(function (twin) {
  "use strict";

  const RAD = Math.PI / 180;
  const SHORTEST_M = 50;
  const LONGEST_M = 400000;
  const STEEPEST_DEG = -89;
  const FLATTEST_DEG = -2;
  const SECONDS_PER_UNIT = 1.1;
  const SHORTEST_S = 0.6;
  const LONGEST_S = 6;
  const RISE = 1.2; // rho of van Wijk and Nuij, "Smooth and efficient zooming and panning" (2003)

  const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
  const compass = (degrees) => ((degrees % 360) + 360) % 360;
  const add = (a, b, times = 1) => a.map((value, i) => value + times * b[i]);
  const less = (a, b) => a.map((value, i) => value - b[i]);
  const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

  /* Unit vectors of the look, to the right of the picture and to its top. */
  function axes(camera) {
    const [h, p] = [camera.heading_deg * RAD, camera.pitch_deg * RAD];
    const [sh, ch, sp, cp] = [Math.sin(h), Math.cos(h), Math.sin(p), Math.cos(p)];
    return { forward: [sh * cp, ch * cp, sp], right: [ch, -sh, 0], up: [-sh * sp, -ch * sp, cp] };
  }

  function target(camera, k) {
    return [camera.target_east_m, camera.target_north_m, camera.target_m * k];
  }

  function eye(camera, k) {
    return add(target(camera, k), axes(camera).forward, -camera.distance_m);
  }

  function half(camera) {
    return Math.tan((camera.view_angle_deg * RAD) / 2);
  }

  /* Direction through a place of the view; its part along the look is 1. */
  function ray(camera, x, y, aspect) {
    const { forward, right, up } = axes(camera);
    const h = half(camera);
    return add(add(forward, right, (2 * x - 1) * h * aspect), up, (1 - 2 * y) * h);
  }

  /* Where a point lies in the view, [x, y, metres along the look]; null behind the camera. */
  function project(camera, point, k, aspect) {
    const { forward, right, up } = axes(camera);
    const off = less(point, eye(camera, k));
    const depth = dot(off, forward);
    if (depth <= 1e-6) return null;
    const h = half(camera) * depth;
    return [0.5 + dot(off, right) / (2 * h * aspect), 0.5 - dot(off, up) / (2 * h), depth];
  }

  /* The camera at another place, with changes to its angles or distance. */
  function posed(camera, place, k, changes = {}) {
    const turned = { ...camera, ...changes };
    turned.heading_deg = compass(turned.heading_deg);
    const at = add(place, axes(turned).forward, turned.distance_m);
    return { ...turned, target_east_m: at[0], target_north_m: at[1], target_m: at[2] / k };
  }

  /* Moved level until `grabbed` lies under the place `to`. Towards the horizon a finger's width is a mountain
     range: no farther than four times the grabbed point. */
  function panned(camera, grabbed, to, aspect, k) {
    const [x, y, z] = eye(camera, k);
    const [a, b, c] = ray(camera, to[0], to[1], aspect);
    const drop = grabbed[2] - z;
    const level = Math.max(Math.hypot(a, b), 1e-9);
    const farthest = (4 * Math.max(Math.hypot(grabbed[0] - x, grabbed[1] - y), Math.abs(drop))) / level;
    const t = Math.min(drop * c > 0 ? drop / c : farthest, farthest);
    return posed(camera, [grabbed[0] - t * a, grabbed[1] - t * b, z], k);
  }

  /* Swung around `grabbed`: the look turns to the right, and rises. */
  function turned(camera, grabbed, rightDeg, upDeg, k) {
    const pitch = clamp(camera.pitch_deg + upDeg, STEEPEST_DEG, FLATTEST_DEG);
    const [x, y, z] = less(eye(camera, k), grabbed);
    const [heading, rise] = [camera.heading_deg * RAD, (pitch - camera.pitch_deg) * RAD];
    const [s, c] = [Math.sin(heading), Math.cos(heading)];
    const [back, across] = [x * s + y * c, x * c - y * s];
    const along = back * Math.cos(rise) - z * Math.sin(rise);
    const height = back * Math.sin(rise) + z * Math.cos(rise);
    const now = (camera.heading_deg + rightDeg) * RAD;
    const [sn, cn] = [Math.sin(now), Math.cos(now)];
    const place = add(grabbed, [along * sn + across * cn, along * cn - across * sn, height]);
    return posed(camera, place, k, { heading_deg: now / RAD, pitch_deg: pitch });
  }

  /* At `factor` times the distance from `grabbed`, along the line between them. */
  function zoomed(camera, grabbed, factor, k) {
    const off = less(eye(camera, k), grabbed);
    const away = Math.max(1, Math.hypot(...off));
    const f = Math.min(Math.max(factor, Math.min(1, SHORTEST_M / away)), Math.max(1, LONGEST_M / away));
    return posed(camera, add(grabbed, off, f), k, { distance_m: camera.distance_m * f });
  }

  /* -- flights ------------------------------------------------------------------------------------------- */

  const eased = (x) => x * x * x * (x * (6 * x - 15) + 10);

  const stays = (way, w0, w1) => way < 1e-3 * Math.min(w0, w1);

  /* The paper's r0 and r1 for a way between two distances. */
  function ends(way, w0, w1) {
    return [[w0, 1], [w1, -1]].map(([w, sign]) => {
      const b = (w1 * w1 - w0 * w0 + sign * RISE ** 4 * way * way) / (2 * w * RISE ** 2 * way);
      return Math.log(Math.sqrt(b * b + 1) - b);
    });
  }

  /* [share of the way, distance] after a share of the path's length. */
  function vanWijk(way, w0, w1, share) {
    if (stays(way, w0, w1)) return [share, w0 * Math.exp(share * Math.log(w1 / w0))];
    const [r0, r1] = ends(way, w0, w1);
    const r = r0 + share * (r1 - r0);
    const along = (w0 / RISE ** 2) * (Math.cosh(r0) * Math.tanh(r) - Math.sinh(r0));
    return [along / way, (w0 * Math.cosh(r0)) / Math.cosh(r)];
  }

  /* A flight from one camera to another: {start, end, seconds}. */
  function fly(start, end) {
    const way = Math.hypot(end.target_east_m - start.target_east_m, end.target_north_m - start.target_north_m);
    const [w0, w1] = [start.distance_m, end.distance_m];
    const turn = Math.abs(compass(end.heading_deg - start.heading_deg + 180) - 180);
    const [r0, r1] = stays(way, w0, w1) ? [0, Math.abs(Math.log(w1 / w0))] : ends(way, w0, w1);
    const seconds = clamp(SECONDS_PER_UNIT * ((r1 - r0) / RISE + turn / 90), SHORTEST_S, LONGEST_S);
    return { start, end, seconds };
  }

  /* The camera `t` seconds after take-off of a flight {start, end, seconds}; the server keeps it above ground. */
  function flown({ start: a, end: b, seconds }, t) {
    if (t <= 0) return a;
    if (t >= seconds) return b;
    const share = eased(t / seconds);
    const off = [b.target_east_m - a.target_east_m, b.target_north_m - a.target_north_m];
    const [way, distance] = vanWijk(Math.hypot(...off), a.distance_m, b.distance_m, share);
    const turn = compass(b.heading_deg - a.heading_deg + 180) - 180;
    const between = (name) => a[name] + share * (b[name] - a[name]);
    return {
      ...a,
      target_east_m: a.target_east_m + way * off[0],
      target_north_m: a.target_north_m + way * off[1],
      target_m: between("target_m"),
      distance_m: distance,
      heading_deg: compass(a.heading_deg + share * turn),
      pitch_deg: between("pitch_deg"),
      view_angle_deg: between("view_angle_deg"),
    };
  }

  /* The inverse of a 3 × 3 matrix, rows. */
  function inverse([[a, b, c], [d, e, f], [g, h, i]]) {
    const cofactors = [
      [e * i - f * h, c * h - b * i, b * f - c * e],
      [f * g - d * i, a * i - c * g, c * d - a * f],
      [d * h - e * g, b * g - a * h, a * e - b * d],
    ];
    const det = a * cofactors[0][0] + b * cofactors[1][0] + c * cofactors[2][0];
    return cofactors.map((row) => row.map((value) => value / det));
  }

  twin.camera = { axes, eye, target, ray, project, posed, panned, turned, zoomed, fly, flown, inverse };
})(globalThis.twinDesk || (globalThis.twinDesk = {}));
