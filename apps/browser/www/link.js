/* The line to the server: says within five seconds that it is silent, how old everything is, and never stops trying.

   It stands outside the page's own framework, so that it works when that does not. Any message is a sign of life;
   a ping every two seconds makes one where nothing else comes. Silence of QUIET_MS turns the page grey, and it is over when
   something is heard again. A line that is cut, or silent for LOST_TICKS checks, is given up: the last picture stays
   until the server answers, then the page is loaded anew. A server that still runs goes on as it is, for all who look
   at it; one that was started anew is told what the page showed. */
(function (twin) {
  "use strict";

  const PING_MS = 2000;
  const CHECK_MS = 500;
  const QUIET_MS = 4400;
  const LOST_TICKS = 24; // counted, not timed: a laptop that slept has not been ignored
  const SLOWEST_MS = 8000;
  const ANSWER_MS = 3000;
  const WALL_MS = 1000;
  const READY_MS = 250; // once the server answers
  const READY_TRIES = 240; // a server that answers and shows nothing for so long has a reason, which its page says
  const { room } = document.documentElement.dataset;

  /* Milliseconds since a moment, by the clock that shows the time of day or by the one that nobody sets: whichever
     says more. The one may be set back, the other may stand still while the machine sleeps. */
  twin.moment = () => ({ day: Date.now(), own: performance.now() });
  twin.since = (moment) => Math.max(Date.now() - moment.day, performance.now() - moment.own);

  /* An age in words, as apps/ages.py; "age_short" is the kind over the scene. */
  twin.age = (seconds, t, kind = "age") => {
    if (seconds === null || seconds === undefined) return t.none || "";
    if (seconds < 10) return t[`${kind}_now`] || "";
    for (const [unit_s, unit] of [[86400, "days"], [3600, "hours"], [60, "minutes"], [1, "seconds"]]) {
      if (seconds >= unit_s) return (t[`${kind}_${unit}`] || "").replace("{n}", Math.floor(seconds / unit_s));
    }
    return "";
  };

  /* Seconds since a moment of the server's clock, which comes with the answer to each ping; null before the first. */
  let served = null;
  twin.servedSince = (since_s) =>
    served && typeof since_s === "number" ? served.clock_s + twin.since(served.at) / 1000 - since_s : null;

  class Line {
    constructor(trame) {
      this.trame = trame;
      this.state = "open";
      this.hear();
      window.WSLINK.heard = () => this.hear();
      trame.client.onConnectionClose(() => this.lose());
      trame.client.onConnectionError(() => this.lose());
      // Whatever waited for an answer never gets one: that is told once, here.
      window.addEventListener("unhandledrejection", (event) => this.state === "lost" && event.preventDefault());
      setInterval(() => this.check(), CHECK_MS);
      this.ping();
    }

    hear() {
      this.heard = twin.moment();
      this.ticks = 0;
      if (this.state === "quiet") this.become("open");
    }

    ping() {
      if (this.state === "lost") return;
      const session = this.trame.client.getConnection().getSession();
      session.call("twin.scene.event", [{ type: "hello" }]).then(
        (clock_s) => {
          if (typeof clock_s === "number") served = { clock_s, at: twin.moment() };
          setTimeout(() => this.ping(), PING_MS);
        },
        () => this.lose(),
      );
    }

    check() {
      this.ticks += 1;
      if (this.state === "open" && twin.since(this.heard) > QUIET_MS) this.become("quiet");
      if (this.state === "quiet" && this.ticks > LOST_TICKS) this.lose();
      if (this.state !== "open") this.tell();
    }

    lose() {
      if (this.state === "lost" || twin.leaving) return;
      this.become("lost");
      this.retry(1000);
    }

    become(state) {
      this.state = state;
      document.body.classList.toggle("twin-is-lost", state !== "open");
      document.body.classList.toggle("twin-is-cut", state === "lost");
      if (state === "open") {
        this.box?.remove();
        this.box = null;
      } else {
        this.tell();
      }
      window.dispatchEvent(new CustomEvent("twin-line", { detail: state }));
    }

    tell() {
      if (!this.box) {
        this.box = document.createElement("div");
        this.box.className = "twin-lost";
        this.box.setAttribute("role", "alert");
        document.body.appendChild(this.box);
      }
      const t = this.trame.state.get("t") || {};
      const words = (this.state === "quiet" ? t.connection_quiet : t.connection_lost) || "…";
      const age = Math.round(twin.since(this.heard) / 1000);
      const since = new Date(this.heard.day).toLocaleTimeString(undefined, { hour12: false });
      this.box.textContent = words.replace("{age}", age).replace("{since}", since);
    }

    /* A wall is alone: it tries once a second for ever, and keeps its picture until there is another to show. */
    async retryWall() {
      for (let answered = 0; ; ) {
        await new Promise((resolve) => setTimeout(resolve, answered ? READY_MS : WALL_MS));
        try {
          const answer = await fetch("wall/ready", { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) });
          answered += 1;
          if (!answer.ok && answered < READY_TRIES) continue;
          const page = await fetch(window.location.href, { signal: AbortSignal.timeout(ANSWER_MS) });
          if (page.ok) return window.location.reload();
        } catch (error) {
          answered = 0;
        }
      }
    }

    async retry(wait) {
      if (room !== "desk") return this.retryWall();
      await new Promise((resolve) => setTimeout(resolve, wait));
      try {
        const answer = await fetch("alive", { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) });
        if (answer.ok) {
          this.comeBack(await answer.text());
          return;
        }
      } catch (error) {
        /* not back yet */
      }
      this.retry(Math.min(SLOWEST_MS, wait * 1.6));
    }

    comeBack(instance) {
      const link = this.trame.state.get("link");
      const other = instance !== this.trame.state.get("instance");
      window.location.replace(link && other ? `index.html?scene=${link}&back=1` : "index.html");
    }
  }

  /* The chip of a live desk. Its age is counted here: it goes on where nothing comes, and then it is not green. */
  twin.components["twin-live"] = {
    props: { head: { type: Object, required: true }, t: { type: Object, required: true } },
    template: `<span :class="'chip chip-live chip-live-' + tone">{{ words }}</span>`,
    data: () => ({ now: 0, lost: false }),
    created() {
      this.timer = setInterval(() => (this.now += 1), 500);
      this.onLine = ({ detail }) => (this.lost = detail !== "open");
      window.addEventListener("twin-line", this.onLine);
    },
    beforeUnmount() {
      clearInterval(this.timer);
      window.removeEventListener("twin-line", this.onLine);
    },
    computed: {
      seconds() {
        void this.now;
        return twin.servedSince(this.head.live_since_s);
      },
      tone() {
        const old = this.seconds !== null && this.head.live_stale_s !== null && this.seconds > this.head.live_stale_s;
        return this.lost ? "lost" : old ? "old" : this.head.live_tone;
      },
      words() {
        const words = (this.lost ? this.t.live_cut : this.t.live_of) || "";
        return words.replace("{time}", this.head.live_time).replace("{age}", twin.age(this.seconds, this.t));
      },
    },
  };

  window.addEventListener("beforeunload", () => (twin.leaving = true));
  twin.Line = Line;
})(window.twinDesk);
