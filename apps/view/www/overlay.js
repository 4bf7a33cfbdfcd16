/* Labels over the picture, moved with every frame. Nodes are kept and reused: a label that stays, stays. */
(function (twin) {
  "use strict";

  class Overlay {
    constructor(root) {
      this.root = root;
      this.nodes = new Map();
    }

    update(overlay, frame) {
      const labels = (overlay && overlay.labels) || [];
      const { clientWidth: width, clientHeight: height } = frame;
      const seen = new Set();
      for (const label of labels) {
        seen.add(label.id);
        const node = this.nodes.get(label.id) || this.make(label);
        if (node.textContent !== label.text) node.textContent = label.text;
        node.style.transform = `translate(${label.x * width}px, ${label.y * height}px) translate(-50%, -100%)`;
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
