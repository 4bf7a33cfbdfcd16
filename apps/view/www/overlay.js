/* What lies over the picture and moves with it: place names, north arrow, scale bar. It comes with each frame,
   in shares of the picture. Nodes are kept and reused: a label that stays, stays. */
(function (twin) {
  "use strict";

  const COMPASS = `<svg class="compass" viewBox="-20 -20 40 40"><circle class="compass-ring" r="19"/>
    <g class="compass-needle"><path class="compass-north" d="M0-15 5 0H-5z"/><path class="compass-south" d="M0 15 5 0H-5z"/></g></svg>`;

  class Overlay {
    constructor(root) {
      this.root = root;
      this.nodes = new Map();
      root.insertAdjacentHTML("beforeend", COMPASS + '<div class="scalebar"><span></span><i></i></div>');
      this.compass = root.querySelector(".compass");
      this.needle = root.querySelector(".compass-needle");
      this.scale = root.querySelector(".scalebar");
    }

    update(overlay, frame) {
      if (!overlay) return;
      const { clientWidth: width, clientHeight: height } = frame;
      const seen = new Set();
      for (const label of overlay.labels || []) {
        seen.add(label.id);
        const node = this.nodes.get(label.id) || this.make(label);
        if (node.textContent !== label.text) node.textContent = label.text;
        node.style.transform = `translate(${label.x * width}px, ${label.y * height}px) translate(-50%, -50%)`;
      }
      for (const [id, node] of this.nodes) {
        if (seen.has(id)) continue;
        node.remove();
        this.nodes.delete(id);
      }
    }

    make(label) {
      const node = document.createElement("span");
      node.className = `twin-label twin-label-${label.kind || "place"}`;
      this.root.appendChild(node);
      this.nodes.set(label.id, node);
      return node;
    }
  }

  twin.Overlay = Overlay;
})(window.twinDesk);
