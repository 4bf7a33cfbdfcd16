// A page of the wall that gets the flight under way before its first picture is decoded: its camera, and whether it
// still flies, after the flight's end. Arguments: the folder of the page's scripts; cameras on standard input.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import vm from "node:vm";

const { start, end, seconds, elapsed } = JSON.parse(readFileSync(0, "utf8"));
const twinDesk = { components: {}, stats: { moved() {}, painted() {} }, tell() {}, pictureShown() {} };
let [now, calls] = [0, []];
const context = vm.createContext({
  twinDesk,
  window: { twinDesk },
  performance: { now: () => now },
  requestAnimationFrame: (call) => calls.push(call),
});
for (const name of ["camera.js", "scene.js"]) {
  vm.runInContext(readFileSync(join(process.argv[2], name), "utf8"), context);
}

const page = Object.assign(Object.create(twinDesk.components["twin-scene"].methods), {
  screen: { width: 1920, height: 1080 },
  camera: null,
  flight: null,
  sent: 0,
  jumped: 0,
  page: "page",
  $refs: { root: { dataset: {} } },
  moved: 0,
  asked: false,
  caused: Infinity,
  pictures: { view: null, paint: () => [] },
  sender: { camera: null, now() {} },
});
const painted = (camera) => page.painted({ type: "image/jpeg", n: 1, camera });

page.glide({ start, end, seconds, elapsed });
painted(start);
for (; now < 1000 * (seconds + 1); now += 50) {
  const due = calls;
  calls = [];
  for (const call of due) call(now);
}
painted(end);
process.stdout.write(JSON.stringify({ camera: page.camera, flies: Boolean(page.flight) }));
