/* Decodes pictures and shows the newest for the camera of now: a still by its own camera as it is, anything else warped
   onto a canvas of its own (warp.js), over the wider still, which goes on filling the edges. */
(function (twin) {
  "use strict";

  const MOST_PIXELS = 1280 * 720; // of a warped picture: each takes the page 4 ns
  const [HAZE, GROUND] = [[198, 213, 227], [169, 166, 152]]; // where no picture reaches
  const [HAZE_TO, GROUND_FROM] = [0.3, 0.6];

  const pixelsOf = (data) => ({ data, pixels: new Int32Array(data.data.buffer), width: data.width, height: data.height });

  class Pictures {
    /* `onReady` is called where a repaint would show something else: it is to call `paint`, then `lay`. */
    constructor(still, warped, { onReady, onBroken }) {
      this.still = { canvas: still, context: still.getContext("bitmaprenderer", { alpha: false }), view: null };
      this.moving = { view: null };
      this.warped = { canvas: warped, context: warped.getContext("2d", { alpha: false }), out: null };
      this.reader = new OffscreenCanvas(1, 1).getContext("2d", { alpha: false, willReadFrequently: true });
      this.on = { onReady, onBroken };
      this.ready = null;
      this.newest = 0;
      this.decoding = 0;
      this.over = null;
    }

    async take(meta, content) {
      if (meta.type === "overlay") this.over = meta;
      else await this.decode(meta, content);
      this.on.onReady();
    }

    async decode(meta, content) {
      let bitmap;
      this.decoding += 1;
      try {
        bitmap = await createImageBitmap(new Blob([content], { type: meta.type }));
      } catch (error) {
        this.on.onBroken(meta);
        return;
      } finally {
        this.decoding -= 1;
      }
      if (meta.n < this.newest && this.newest - meta.n < 1000) {
        bitmap.close();
        return;
      }
      this.newest = meta.n;
      this.ready?.bitmap.close();
      this.ready = { meta, bitmap };
    }

    /* Takes the newest picture; what came without one is of it and waits until it is decoded. Returns what they say. */
    paint() {
      const taken = [];
      if (this.ready) {
        const { meta, bitmap } = this.ready;
        this.ready = null;
        if (meta.still) this.paintStill(meta, bitmap);
        else this.moving = { view: new twin.View(meta), source: this.read(bitmap, meta.w, meta.h) };
        bitmap.close();
        taken.push(meta);
      }
      if (this.over && !this.decoding) {
        taken.push(this.over);
        this.over = null;
      }
      return taken;
    }

    paintStill(meta, bitmap) {
      const { canvas, context } = this.still;
      const view = new twin.View(meta);
      Object.assign(canvas, { width: meta.w, height: meta.h });
      context.transferFromImageBitmap(bitmap);
      Object.assign(canvas.style, {
        left: `${50 * (1 - view.wide)}%`,
        top: `${50 * (1 - view.tall)}%`,
        width: `${100 * view.wide}%`,
        height: `${100 * view.tall}%`,
      });
      Object.assign(this.still, { view, source: null });
      this.moving = { view: null };
    }

    /* The newest picture's view; null before there is one. */
    get view() {
      return this.moving.view || this.still.view;
    }

    /* Shows what is there for a camera, in a view of so many CSS pixels. */
    lay(camera, width, tall) {
      const { still, moving, warped } = this;
      const asItIs = !moving.view && twin.sameCamera(camera, still.view.camera);
      if (!asItIs) this.warp(camera, width, tall);
      still.canvas.style.display = asItIs ? "block" : "none";
      warped.canvas.style.display = asItIs ? "none" : "block";
    }

    warp(camera, width, tall) {
      const { still, moving, warped } = this;
      const out = this.sized(width, tall);
      const [newest, under] = moving.view ? [moving, still] : [still, null];
      const lattice = this.lattice(newest, camera, width / tall);
      if (!lattice.whole) {
        bare(out);
        if (under?.view) twin.warp.fill(out, this.source(under), this.lattice(under, camera, width / tall), lattice);
      }
      twin.warp.fill(out, this.source(newest), lattice);
      warped.context.putImageData(out.data, 0, 0);
    }

    lattice(layer, camera, aspect) {
      const { view } = layer;
      return twin.warp.lattice(this.source(layer), view.backwards(camera, aspect), view.wide, view.tall);
    }

    /* Pixels of a picture; of a still only once it is to be warped, and no more than then are shown. */
    source(layer) {
      if (!layer.source) {
        const { canvas, view } = layer;
        const share = Math.min(1, (view.wide * this.warped.out.width) / canvas.width);
        layer.source = this.read(canvas, Math.round(share * canvas.width), Math.round(share * canvas.height));
      }
      return layer.source;
    }

    read(picture, width, height) {
      const { canvas } = this.reader;
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      this.reader.drawImage(picture, 0, 0, width, height);
      return pixelsOf(this.reader.getImageData(0, 0, width, height));
    }

    /* The warped picture, of the size for a view. */
    sized(width, tall) {
      const { warped } = this;
      const p = window.devicePixelRatio || 1;
      const share = Math.min(1, Math.sqrt(MOST_PIXELS / (p * width * p * tall)));
      const [w, h] = [width, tall].map((size) => Math.max(1, Math.round(share * p * size)));
      if (warped.out?.width !== w || warped.out.height !== h) {
        Object.assign(warped.canvas, { width: w, height: h });
        warped.out = pixelsOf(new ImageData(w, h));
        this.still.source = null;
      }
      return warped.out;
    }
  }

  /* Haze above, ground below. */
  function bare({ pixels, width, height }) {
    for (let row = 0; row < height; row += 1) {
      const share = Math.min(1, Math.max(0, (row / height - HAZE_TO) / (GROUND_FROM - HAZE_TO)));
      const [r, g, b] = HAZE.map((value, k) => Math.round(value + share * (GROUND[k] - value)));
      pixels.fill((255 << 24) | (b << 16) | (g << 8) | r, row * width, (row + 1) * width);
    }
  }

  twin.Pictures = Pictures;
})(window.twinDesk);
