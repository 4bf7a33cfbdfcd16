/* Saves a finished page to keep as soon as the server has it; its link stays in the panel. */
(function (twin) {
  "use strict";

  let saved = "";
  twin.installPapers = (trame) => {
    trame.state.watch(["papers"], (papers) => {
      if (!papers || !papers.href || papers.href === saved) return;
      saved = papers.href;
      const link = document.createElement("a");
      link.href = papers.href;
      link.download = papers.name;
      link.click();
    });
  };
})(window.twinDesk);
