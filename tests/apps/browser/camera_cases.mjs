/* Runs cases of the camera's geometry: a JSON list of [name, arguments] on standard input, answers on output. */
import { readFileSync } from "node:fs";
import vm from "node:vm";

vm.runInThisContext(readFileSync(process.argv[2], "utf8"));
const cases = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map(([name, args]) => globalThis.twinDesk.camera[name](...args))));
