/* Sign-out: the next one at this screen begins with a desk of their own. */
(function (twin) {
  "use strict";

  twin.signOut = async () => {
    const answer = await fetch("sign-out", { method: "POST" }).catch(() => null);
    if (!answer || !answer.ok) return; // the line is down, and the page says so by itself
    try {
      sessionStorage.removeItem("twin-session");
    } catch (error) {
      /* a browser that keeps nothing */
    }
    twin.leaving = true;
    window.location.replace("sign-in");
  };
})(window.twinDesk);
