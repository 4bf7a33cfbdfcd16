/* Places and pixels of warp.js: {backwards: [{from, to, k, aspect, depth, widened, places}], filled: {...}} on standard
   input; for each place what `backwards` finds, and the pixels after `fill`, on output. */
import { readFileSync } from "node:fs";
import vm from "node:vm";

for (const script of process.argv.slice(2)) vm.runInThisContext(readFileSync(script, "utf8"));
const { warp } = globalThis.twinDesk;
const asked = JSON.parse(readFileSync(0, "utf8"));

const backwards = asked.backwards.map(({ from, to, k, aspect, depth, widened, places }) => {
  const place = warp.backwards(from, to, warp.inverseDepths(depth), widened, k, aspect);
  return places.map(([x, y]) => place(x, y));
});

const filled = asked.filled.map(({ width, height, source, shift, wide }) => {
  const out = { pixels: new Int32Array(width * height).fill(-1), width, height };
  const picture = { pixels: Int32Array.from(source.pixels), width: source.width, height: source.height };
  const lattice = warp.lattice(picture, (x, y) => [x + shift[0], y + shift[1], 1], wide, wide);
  warp.fill(out, picture, lattice);
  return { pixels: [...out.pixels], whole: lattice.whole };
});

process.stdout.write(JSON.stringify({ backwards, filled }));
