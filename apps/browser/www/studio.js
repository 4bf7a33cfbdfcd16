/* The studio's strip: shots are moved by dragging them. */
(function (twin) {
  "use strict";

  Object.assign(twin.icons, {
    "undo": "M12.5 8Q8.6 8 5.6 10.6L2 7V16H11L7.4 12.4Q9.6 10.5 12.5 10.5Q15.2 10.5 17.3 12Q19.3 13.5 20.1 16L22.5 15.2Q21.4 12 18.7 10Q16 8 12.5 8Z",
    "redo": "M18.4 10.6Q15.4 8 11.5 8Q8 8 5.3 10Q2.6 12 1.5 15.2L3.9 16Q4.7 13.5 6.7 12Q8.8 10.5 11.5 10.5Q14.4 10.5 16.6 12.4L13 16H22V7Z",
    "plus": "M19,13H13V19H11V13H5V11H11V5H13V11H19V13Z",
    "delete": "M6,19A2,2 0 0,0 8,21H16A2,2 0 0,0 18,19V7H6V19M8,9H16V19H8V9M15.5,4L14.5,3H9.5L8.5,4H5V6H19V4H15.5Z",
    "chevron-left": "M15.41,16.58L10.83,12L15.41,7.41L14,6L8,12L14,18Z",
    "chevron-right": "M8.59,16.58L13.17,12L8.59,7.41L10,6L16,12L10,18Z",
  });

  const KIND = "text/x-twin-shot";

  twin.shotDragged = (event, shot) => {
    event.dataTransfer.setData(KIND, shot);
    event.dataTransfer.effectAllowed = "move";
  };
  twin.shotDropped = (event, to) => {
    const shot = event.dataTransfer.getData(KIND);
    if (shot) twin.trame.trigger("move_shot", [shot, to]);
  };
})(window.twinDesk);
