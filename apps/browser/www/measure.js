/* What is being measured, drawn over the picture for the camera of now: lines on the ground, their points, a result. */
(function (twin) {
  "use strict";

  const INK = "#0b1420";
  const TONES = { "": "#ffdc4a", clear: "#5bd8a4", blocked: "#ff7d78" };

  /* Draws on a canvas as large as the view; `place` gives [x, y] in CSS pixels of [east, north, height], or null. */
  function draw(canvas, told, place, width, height) {
    const p = window.devicePixelRatio || 1;
    const [w, h] = [Math.round(width * p), Math.round(height * p)];
    if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
    const c = canvas.getContext("2d");
    c.setTransform(p, 0, 0, p, 0, 0);
    c.clearRect(0, 0, width, height);
    c.lineJoin = c.lineCap = "round";
    for (const { tone, points } of told.lines) {
      const path = new Path2D();
      let pen = false;
      for (const point of points) {
        const at = place(point);
        if (at && pen) path.lineTo(...at);
        else if (at) path.moveTo(...at);
        pen = Boolean(at);
      }
      for (const [size, colour] of [[5, INK], [2.5, TONES[tone]]]) {
        c.lineWidth = size;
        c.strokeStyle = colour;
        if (tone === "blocked") c.setLineDash([7, 7]);
        c.stroke(path);
        c.setLineDash([]);
      }
    }
    told.points.forEach((point, k) => {
      const at = place(point);
      if (!at) return;
      c.beginPath();
      c.arc(...at, 5, 0, 2 * Math.PI);
      c.fillStyle = "#fff";
      c.strokeStyle = INK;
      c.lineWidth = 2;
      c.fill();
      c.stroke();
      if (k === told.points.length - 1 && told.label) write(c, told.label, at[0], at[1] - 16);
    });
  }

  function write(c, words, x, y) {
    c.font = '600 15px "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
    c.textAlign = "center";
    c.textBaseline = "middle";
    c.lineWidth = 4;
    c.strokeStyle = INK;
    c.strokeText(words, x, y);
    c.fillStyle = "#fff";
    c.fillText(words, x, y);
  }

  /* Draws what is measured while the panel is open, or while it is kept in the Scene. */
  twin.drawMeasured = (canvas, trame, camera, k, width, height) => {
    const told = trame.state.get("measure");
    const shown = Boolean(told?.points.length && (told.kept || trame.state.get("panel") === "measure"));
    canvas.style.display = shown ? "block" : "none";
    if (!shown || !camera) return;
    const place = ([east, north, z]) => {
      const at = twin.camera.project(camera, [east, north, z * k], k, width / height);
      return at && Math.abs(at[0]) < 20 && Math.abs(at[1]) < 20 ? [at[0] * width, at[1] * height] : null;
    };
    draw(canvas, told, place, width, height);
  };

  twin.copyText = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch (error) {
      const box = document.createElement("textarea"); // pages that are not secure have no clipboard
      box.value = text;
      document.body.appendChild(box);
      box.select();
      document.execCommand("copy");
      box.remove();
    }
  };
})(window.twinDesk);
