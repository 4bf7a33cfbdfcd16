// A plain CesiumJS page: one tileset on an empty globe. No ion account, no imagery, no terrain of others.
// The tests call what stands on window.viewer; lengths are metres, angles degrees, points ECEF.
(() => {
  const { Cartesian2, Cartesian3, Cartographic, Color, HeadingPitchRange } = Cesium;
  const radians = Cesium.Math.toRadians;
  Cesium.Ion.defaultAccessToken = "";

  const widget = new Cesium.CesiumWidget("globe", {
    baseLayer: false,
    globe: false,
    skyBox: false,
    skyAtmosphere: false,
    scene3DOnly: true,
    showRenderLoopErrors: false,
  });
  const { scene } = widget;
  scene.backgroundColor = Color.fromCssColorString("#bcd4e6");
  const failed = [];
  scene.renderError.addEventListener((_, error) => failed.push(String(error)));
  let tileset = null;

  // Resolves once no tile of the view, as the camera is now, has been missing for three pictures.
  function settled() {
    return new Promise((resolve) => {
      let quiet = 0;
      const stop = scene.postRender.addEventListener(() => {
        quiet = tileset.tilesLoaded ? quiet + 1 : 0;
        if (quiet === 3) {
          stop();
          resolve();
        }
      });
    });
  }

  function tilesBelow(tile) {
    return [tile, ...tile.children.flatMap(tilesBelow)];
  }

  window.viewer = {
    failed,
    settled,

    async open(url, { errorPx = 16, samples = 1 } = {}) {
      scene.msaaSamples = samples;
      tileset = await Cesium.Cesium3DTileset.fromUrl(url, { maximumScreenSpaceError: errorPx, enablePick: true });
      tileset.tileFailed.addEventListener(({ url: what, message }) => failed.push(`${what}: ${message}`));
      scene.primitives.add(tileset);
    },

    // The camera looks at a point from `rangeM` away.
    look(point, { headingDeg = 0, pitchDeg = -45, rangeM = 500 } = {}) {
      const offset = new HeadingPitchRange(radians(headingDeg), radians(pitchDeg), rangeM);
      scene.camera.lookAt(Cartesian3.fromArray(point), offset);
    },

    // Where a point is on the page, in pixels from the upper left.
    pixel(point) {
      const { x, y } = scene.cartesianToCanvasCoordinates(Cartesian3.fromArray(point));
      return [x, y];
    },

    // Whether the tileset is what is seen at a pixel.
    isTileset([x, y]) {
      return scene.pick(new Cartesian2(x, y))?.primitive === tileset;
    },

    // Ellipsoidal height of the surface that is shown above or below each point, or null.
    // Cesium looks along the line to the earth's middle, so it is asked where that line leaves the ellipsoid.
    heights(points) {
      return points.map((point) => {
        const foot = scene.ellipsoid.scaleToGeocentricSurface(Cartesian3.fromArray(point));
        return tileset.getHeight(Cartographic.fromCartesian(foot), scene) ?? null;
      });
    },

    // Every tile that Cesium knows: what we wrote beside it, and where Cesium has put it.
    tiles() {
      return tilesBelow(tileset.root).map((tile) => ({
        extras: tile.extras ?? null,
        centre: Cartesian3.pack(tile.boundingSphere.center, []),
        content: tile.hasRenderableContent && !tile.hasEmptyContent,
        ready: tile.contentReady,
        errorM: tile.geometricError,
      }));
    },

    whole() {
      const { center, radius } = tileset.boundingSphere;
      return { centre: Cartesian3.pack(center, []), radiusM: radius };
    },
  };
})();
