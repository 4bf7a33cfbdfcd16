/* Sends only the newest value: while one is unanswered, later ones replace each other. */
(function (twin) {
  "use strict";

  twin.latest = function (send) {
    let busy = false;
    let waiting = null;
    function run(value) {
      busy = true;
      const answered = () => {
        busy = false;
        if (waiting === null) return;
        const { value: next } = waiting;
        waiting = null;
        run(next);
      };
      Promise.resolve(send(value)).then(answered, answered);
    }
    return (value) => {
      if (busy) waiting = { value };
      else run(value);
    };
  };
})(window.twinDesk);
