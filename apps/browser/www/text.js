/* Renews the text page by itself. Only what has changed is written, node by node: a reader's place, a selection and
   the focus stay. What matters is announced, at most every 20 seconds. */
(function () {
  "use strict";

  const EVERY = 5000;
  const SAID_EVERY = 20000;
  const PICTURE_EVERY = 30000;
  const { query, cut } = document.body.dataset;
  let heard = new Date();
  let saidAt = -Infinity;
  let saidLast = document.querySelector("main").dataset.said; // what the page began with is read with it
  let pictured = performance.now();

  function attributes(shown, told) {
    for (const { name, value } of told.attributes) {
      if (name === "src") {
        if (shown.getAttribute(name) === value || performance.now() - pictured < PICTURE_EVERY) continue;
        pictured = performance.now();
      }
      if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
    }
    for (const { name } of [...shown.attributes]) if (!told.hasAttribute(name)) shown.removeAttribute(name);
  }

  function renew(shown, told) {
    if (shown.nodeType !== told.nodeType || shown.nodeName !== told.nodeName) {
      shown.replaceWith(told.cloneNode(true));
      return;
    }
    if (shown.nodeType !== Node.ELEMENT_NODE) {
      if (shown.data !== told.data) shown.data = told.data;
      return;
    }
    attributes(shown, told);
    const [before, now] = [[...shown.childNodes], [...told.childNodes]];
    now.forEach((node, k) => (before[k] ? renew(before[k], node) : shown.append(node.cloneNode(true))));
    before.slice(now.length).forEach((node) => node.remove());
  }

  /* Announces words unless they are known or the last ones are too young: then the next look does. */
  function say(words) {
    if (saidLast === words || performance.now() - saidAt < SAID_EVERY) return;
    saidAt = performance.now();
    saidLast = words;
    document.getElementById("said").textContent = words;
  }

  function mark(words) {
    const box = document.getElementById("cut");
    if (box.textContent !== words) box.textContent = words;
  }

  async function look() {
    const stop = AbortSignal.timeout(10000);
    try {
      const answer = await fetch(`text/now${query ? `?${query}` : ""}`, { signal: stop });
      if (answer.status === 401) return window.location.reload();
      if (!answer.ok) throw new Error(answer.status);
      const told = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
      renew(document.querySelector("main"), told);
      say(told.dataset.said);
      heard = new Date();
      mark("");
    } catch (error) {
      mark(cut.replace("{time}", heard.toLocaleTimeString()));
    }
    document.documentElement.dataset.looked = Number(document.documentElement.dataset.looked || 0) + 1;
    setTimeout(look, EVERY);
  }

  setTimeout(look, EVERY);
})();
