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

  class Socket extends WebSocket {
    set binaryType(kind) {
      super.binaryType = "arraybuffer";
    }

    set onmessage(hear) {
      super.onmessage = (event) => {
        window.WSLINK.heard?.(); // any message is a sign of life
        hear({ data: new Bytes(event.data) });
      };
    }
  }

  /* Beside this page, wherever that lies, and as safe as it is. */
  function address() {
    const url = new URL("ws", document.baseURI);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return url.href;
  }

  window.WSLINK = { createWebSocket: () => new Socket(address()) };
})();
