/* The line that trame's client talks through, made here so that what arrives stays in this process.

   wslink asks its socket for Blobs and reads each one twice; a browser keeps Blobs in another process, and a
   picture's way there and back costs a quarter of all its work for a frame. Here a message is an ArrayBuffer
   that offers the two methods wslink calls on a Blob. */
(function () {
  "use strict";

  class Bytes {
    constructor(buffer) {
      this.buffer = buffer;
    }

    slice(start, end) {
      return new Bytes(this.buffer.slice(start, end));
    }

    async arrayBuffer() {
      return this.buffer;
    }
  }

  const TELLING = 4096; // bytes of a message whose time says something of the line

  const COMPRESSED = 4; // times, about

  const FULL = 4029; // apps/hub/sockets.py: no more desks; the reason is for people

  /* Shows why the server gives this page no desk: nothing else of the page is there to show it. */
  function refused(words) {
    const box = document.createElement("div");
    box.setAttribute("role", "alert");
    box.style.cssText =
      "position:fixed;inset:0;z-index:9999;display:grid;place-items:center;padding:2rem;text-align:center;" +
      "background:#0b1420;color:#e6eef4;font:18px/1.6 'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif";
    box.textContent = words;
    document.body.appendChild(box);
  }

  class Socket extends WebSocket {
    constructor(url) {
      super(url);
      this.addEventListener("close", (event) => event.code === FULL && refused(event.reason));
    }

    send(message) {
      this.since = performance.now();
      super.send(message);
    }

    /* What the line carries, by the quickest of the large messages; the first ones come compressed. */
    measure(bytes) {
      const now = performance.now();
      const found = (1000 * bytes) / COMPRESSED / Math.max(1, now - this.since);
      if (bytes > TELLING) window.WSLINK.bytesPerS = Math.max(found, window.WSLINK.bytesPerS || 0);
      this.since = now;
    }

    set binaryType(kind) {
      super.binaryType = "arraybuffer";
    }

    set onmessage(hear) {
      super.onmessage = (event) => {
        window.WSLINK.heard?.(); // any message is a sign of life
        this.measure(event.data.byteLength);
        hear({ data: new Bytes(event.data) });
      };
    }
  }

  /* The name by which a page that is loaded anew finds its desk; each tab has its own, for each room. */
  function session(room) {
    const key = room === "desk" ? "twin-session" : `twin-session-${room}`;
    try {
      const known = sessionStorage.getItem(key);
      if (known) return known;
      const bytes = crypto.getRandomValues(new Uint8Array(16));
      const name = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      sessionStorage.setItem(key, name);
      return name;
    } catch (error) {
      return ""; // a browser that keeps nothing: every page is a new desk
    }
  }

  /* Beside this page, wherever that lies, and as safe as it is. */
  function address() {
    const url = new URL("ws", document.baseURI);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const { room } = document.documentElement.dataset;
    if (room !== "desk") url.searchParams.set("room", room);
    url.searchParams.set("session", session(room));
    return url.href;
  }

  window.WSLINK = { createWebSocket: () => new Socket(address()) };
})();
