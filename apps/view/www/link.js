/* The line to the server: says when it is broken, how old the picture is, and never stops trying.

   It stands outside the page's own framework, so that it works when that does not. After a loss the last
   picture stays; when the server answers again, the page is loaded anew with the scene it showed. */
(function (twin) {
  "use strict";

  const PING_MS = 5000;
  const PATIENCE_MS = 12000;
  const SLOWEST_MS = 8000;

  class Line {
    constructor(trame, name) {
      this.trame = trame;
      this.name = name;
      this.heard = Date.now();
      this.lost = false;
      trame.client.onConnectionClose(() => this.lose());
      trame.client.onConnectionError(() => this.lose());
      // Whatever waited for an answer never gets one: that is told once, here.
      window.addEventListener("unhandledrejection", (event) => this.lost && event.preventDefault());
      this.timer = setInterval(() => this.check(), 1000);
      this.ping();
    }

    ping() {
      if (this.lost) return;
      const session = this.trame.client.getConnection().getSession();
      session.call("trame.rca.event", [this.name, "page", { type: "hello" }]).then(
        () => {
          this.heard = Date.now();
          setTimeout(() => this.ping(), PING_MS);
        },
        () => this.lose(),
      );
    }

    check() {
      if (this.lost) this.tell();
      else if (Date.now() - this.heard > PATIENCE_MS) this.lose();
    }

    lose() {
      if (this.lost || twin.leaving) return;
      this.lost = true;
      this.box = document.createElement("div");
      this.box.className = "twin-lost";
      this.box.setAttribute("role", "alert");
      document.body.appendChild(this.box);
      document.body.classList.add("twin-is-lost");
      this.tell();
      this.retry(1000);
    }

    tell() {
      const t = this.trame.state.get("t") || {};
      const age = Math.round((Date.now() - this.heard) / 1000);
      const since = new Date(this.heard).toLocaleTimeString(undefined, { hour12: false });
      this.box.textContent = (t.connection_lost || "…").replace("{age}", age).replace("{since}", since);
    }

    async retry(wait) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      try {
        const answer = await fetch("alive", { cache: "no-store" });
        if (answer.ok) {
          const link = this.trame.state.get("link");
          window.location.replace(link ? `index.html?scene=${link}` : "index.html");
          return;
        }
      } catch (error) {
        /* not back yet */
      }
      this.retry(Math.min(SLOWEST_MS, wait * 1.6));
    }
  }

  window.addEventListener("beforeunload", () => (twin.leaving = true));
  twin.Line = Line;
})(window.twinDesk);
