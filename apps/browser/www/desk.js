/* The page's own client code: one Vue plugin made of the files beside this one, which are loaded after it. */
window.twinDesk = (function () {
  "use strict";

  const twin = { components: {}, leaving: false };

  /* What was painted when: read by tests, and by whoever wonders how fluent the stream is. */
  twin.stats = {
    frames: 0,
    stills: 0,
    latencies: [],
    moves: [], // ms from a hand's movement to the picture that was moved with it
    overlay: null,
    words: [], // boxes of the words that are shown: left, top, right, bottom
    moved(caused) {
      this.moves.push(performance.now() - caused);
      if (this.moves.length > 2000) this.moves.splice(0, 1000);
    },
    painted(meta) {
      this.frames += 1;
      if (meta.still) this.stills += 1;
      if (meta.seen) this.latencies.push(performance.now() - meta.seen);
      if (this.latencies.length > 2000) this.latencies.splice(0, 1000);
    },
  };

  /* Calls back in the repaint that shows the next picture, or after `most` ms: a page put together for each
     movement of a hand costs more than the pictures. */
  const waiting = new Set();
  twin.withPicture = (call, most = 60) => {
    const once = () => {
      clearTimeout(timer);
      waiting.delete(once);
      call();
    };
    const timer = setTimeout(once, most);
    waiting.add(once);
  };
  twin.pictureShown = () => {
    for (const once of [...waiting]) once();
  };

  /* Takes what a picture says of itself, in the repaint that shows it. What has not changed is left as it is: a page
     put together anew costs more than reading it. */
  const said = {};
  twin.tell = (told) => {
    const changed = {};
    for (const [name, view] of Object.entries(told || {})) {
      if (name === "card" && view.serial !== twin.trame.state.get("card").serial) continue;
      const text = JSON.stringify(view);
      if (said[name] === text) continue;
      said[name] = text;
      changed[name] = view;
    }
    if (Object.keys(changed).length) twin.trame.state.update(changed);
  };

  /* The address that shows the scene of a permanent link; one that `follows` shows the present where it was live. */
  twin.address = (link, follows) =>
    new URL(`index.html?scene=${link}${follows ? "&live=1" : ""}`, window.location.href).href;

  twin.copy = async (address) => {
    try {
      await navigator.clipboard.writeText(address);
    } catch (error) {
      document.querySelector("#permanent-link").select(); // pages that are not secure have no clipboard
      document.execCommand("copy");
    }
    twin.trame.state.set("copied", true);
    setTimeout(() => twin.trame.state.set("copied", false), 2000);
  };

  /* Gives a file to the visitor; Excel reads its letters by the mark at its start. */
  twin.saveFile = (name, text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  /* A fault of the page itself: say so and offer to load it anew, over whatever is left of it. */
  twin.broken = (error) => {
    console.error(error);
    if (twin.leaving || document.querySelector(".twin-broken")) return;
    if (document.documentElement.dataset.room === "wall") setTimeout(() => window.location.reload(), 10000); // no hand
    const box = document.createElement("div");
    box.className = "twin-broken";
    box.setAttribute("role", "alert");
    const t = twin.trame.state.get("t") || {};
    box.innerHTML = "<p></p><button type='button'></button>";
    box.querySelector("p").textContent = t.page_broken || "…";
    const button = box.querySelector("button");
    button.textContent = t.page_reload || "↻";
    button.addEventListener("click", () => window.location.reload());
    document.body.appendChild(box);
    button.focus();
  };

  twin.install = (app) => {
    for (const [name, component] of Object.entries(twin.components)) app.component(name, component);
    const { trame } = app._context.provides;
    twin.trame = trame;
    twin.app = app;
    app.config.errorHandler = twin.broken;
    new twin.Line(trame);
    twin.installKeys(trame);
    twin.installFocus(trame);
    twin.fitWall(trame);
    twin.installPapers(trame);
    twin.shapeFilm(trame);
    const language = () => (document.documentElement.lang = trame.state.get("language") === "en" ? "en" : "zh-CN");
    trame.state.addListener(language);
    language();
    for (const [mode, style] of Object.entries(trame.state.get("label_styles").modes)) {
      document.documentElement.style.setProperty(`--mode-${mode}`, style.colour || style);
    }
    const measure = twin.latest((rem) => trame.trigger("measure", [rem]));
    const rem = () => measure(parseFloat(getComputedStyle(document.documentElement).fontSize));
    if (document.documentElement.dataset.room === "desk") {
      window.addEventListener("resize", rem);
      trame.state.watch(["loading"], (loading) => loading && !loading.active && rem());
    }
    const asked = new URLSearchParams(window.location.search);
    const scene = asked.get("scene");
    if (scene) {
      if (asked.has("back")) trame.trigger("resume", [scene]);
      else trame.trigger("open_link", [scene, asked.has("live")]);
      window.history.replaceState({}, "", window.location.pathname); // the next reload shows what is shown then
    }
  };

  return twin;
})();
