// Prints what gltf-validator says of each GLB named: a line of JSON a file, {"issues": [...], "info": {...}}.
import { readFileSync } from "node:fs";
import { validateBytes } from "gltf-validator";

for (const name of process.argv.slice(2)) {
  const { issues, info } = await validateBytes(new Uint8Array(readFileSync(name)), { maxIssues: 0 });
  console.log(JSON.stringify({ issues: issues.messages, info }));
}
