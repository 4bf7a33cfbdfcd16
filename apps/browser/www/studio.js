/* The studio's strip: shots are moved by dragging them. */
(function (twin) {
  "use strict";

  Object.assign(twin.icons, {
    "movie-open": "M4 5H20V19H4ZM6 7V9H8V7ZM6 11V13H8V11ZM6 15V17H8V15ZM16 7V9H18V7ZM16 11V13H18V11ZM16 15V17H18V15ZM10 7V17H14V7Z",
    "movie-edit": "M3 17.2V21H6.8L17.8 9.9L14.1 6.2ZM20.7 7Q21.3 6.3 20.7 5.6L18.4 3.3Q17.7 2.7 17 3.3L15.1 5.1L18.9 8.9Z",
    "presentation": "M3 3H21V5H20V16H13V18.2L16 21H13.2L12 19.8L10.8 21H8L11 18.2V16H4V5H3ZM6 5V14H18V5ZM10 7L15 9.5L10 12Z",
    "eye": "M12 5Q17.5 5 21.5 12Q17.5 19 12 19Q6.5 19 2.5 12Q6.5 5 12 5ZM12 8Q9.5 8.3 9 12Q9.5 15.7 12 16Q14.5 15.7 15 12Q14.5 8.3 12 8Z",
    "record": "M12 4A8 8 0 1 0 12 20A8 8 0 1 0 12 4ZM12 7A5 5 0 1 1 12 17A5 5 0 1 1 12 7Z",
    "undo": "M12.5 8Q8.6 8 5.6 10.6L2 7V16H11L7.4 12.4Q9.6 10.5 12.5 10.5Q15.2 10.5 17.3 12Q19.3 13.5 20.1 16L22.5 15.2Q21.4 12 18.7 10Q16 8 12.5 8Z",
    "redo": "M18.4 10.6Q15.4 8 11.5 8Q8 8 5.3 10Q2.6 12 1.5 15.2L3.9 16Q4.7 13.5 6.7 12Q8.8 10.5 11.5 10.5Q14.4 10.5 16.6 12.4L13 16H22V7Z",
    "plus": "M19,13H13V19H11V13H5V11H11V5H13V11H19V13Z",
    "delete": "M6,19A2,2 0 0,0 8,21H16A2,2 0 0,0 18,19V7H6V19M8,9H16V19H8V9M15.5,4L14.5,3H9.5L8.5,4H5V6H19V4H15.5Z",
    "chevron-left": "M15.41,16.58L10.83,12L15.41,7.41L14,6L8,12L14,18Z",
    "chevron-right": "M8.59,16.58L13.17,12L8.59,7.41L10,6L16,12L10,18Z",
  });

  const KIND = "text/x-twin-shot";

  /* Gives the scene the film's shape. */
  twin.shapeFilm = (trame) => {
    trame.state.watch(["film"], (film) => {
      if (film?.shape) document.documentElement.style.setProperty("--film-shape", film.shape);
    });
  };

  /* Gives what was typed to an action, and empties the field. */
  twin.typed = (event, action) => {
    const text = event.target.value.trim();
    event.target.value = "";
    if (text) twin.trame.trigger(action, [text]);
  };

  /* A field of a form keeps what is being typed: the page, drawn again meanwhile, would put back what it had. */
  const FIELDS = ".form-field input, .form-lines input, input[data-field]";
  const VALUE = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
  window.addEventListener("input", ({ target }) => {
    if (target.matches(FIELDS)) Object.defineProperty(target, "value", { configurable: true, get: VALUE.get, set() {} });
  });
  for (const end of ["change", "focusout"]) window.addEventListener(end, ({ target }) => delete target.value, true);

  /* Begins or ends a presentation. */
  twin.present = () => {
    const { trame } = twin;
    trame.state.set("panel", "");
    trame.trigger("present", [!trame.state.get("presenting").on]);
  };

  /* A presenter's hand has the arrows, space and the keys of a remote control, before the scene has them. */
  const STEPS = { " ": 1, ArrowRight: 1, ArrowDown: 1, PageDown: 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };
  window.addEventListener(
    "keydown",
    (event) => {
      if (!twin.trame?.state.get("presenting")?.on || event.altKey || event.ctrlKey || event.metaKey) return;
      if (document.querySelector("dialog[open]") || event.target.closest("input[type=text], select")) return;
      if (event.key === "Backspace") twin.trame.trigger("present_return", []);
      else if (event.key === "Escape") twin.trame.trigger("present", [false]);
      else if (!(event.key in STEPS) || (event.key === " " && event.target.closest("button, input"))) return;
      else twin.trame.trigger("present_step", [STEPS[event.key]]);
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );

  twin.shotDragged = (event, shot) => {
    event.dataTransfer.setData(KIND, shot);
    event.dataTransfer.effectAllowed = "move";
  };
  twin.shotDropped = (event, to) => {
    const shot = event.dataTransfer.getData(KIND);
    if (shot) twin.trame.trigger("move_shot", [shot, to]);
  };
})(window.twinDesk);
