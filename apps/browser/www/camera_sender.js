/* Sends a page's events. While two messages are unanswered only the newest camera waits, so a slow line never builds
   a queue. */
(function (twin) {
  "use strict";

  const UNANSWERED = 2;

  class CameraSender {
    constructor(session) {
      this.session = session;
      this.open = 0;
      this.camera = null;
    }

    now(event) {
      this.open += 1;
      const answered = () => {
        this.open -= 1;
        this.next();
      };
      this.session.call("twin.scene.event", [event]).then(answered, answered);
    }

    /* `t` is that of the oldest movement in it: from there the delay is told. */
    move(camera) {
      this.camera = { ...camera, t: this.camera ? this.camera.t : camera.t };
      this.next();
    }

    next() {
      if (!this.camera || this.open >= UNANSWERED) return;
      const camera = this.camera;
      this.camera = null;
      this.now(camera);
    }
  }

  twin.CameraSender = CameraSender;
})(window.twinDesk);
