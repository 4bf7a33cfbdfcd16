/* Runs steps through a history of cameras: a JSON list of ["leave", camera] and ["step", -1 | 1, camera of now]. */
import { readFileSync } from "node:fs";
import vm from "node:vm";

vm.runInThisContext(readFileSync(process.argv[2], "utf8"));
const history = new globalThis.twinDesk.CameraHistory();
const answers = JSON.parse(readFileSync(0, "utf8")).map(([name, ...args]) => history[name](...args) ?? null);
process.stdout.write(JSON.stringify(answers));
