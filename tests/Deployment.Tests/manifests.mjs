// Checks Kubernetes manifests without a cluster: `node manifests.mjs FOLDER < manifests.json`. Each by its kind's own validator (forms, ranges,
// what is required), then all as literals of their types by the TypeScript compiler, which finds fields that no API server knows.
// A line for each fault, the place first; nothing when there is none. FOLDER takes the compiler's input.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const packageOf = (group) => (group === "keda.sh" ? "@kubernetes-models/keda/keda.sh" : group === "" ? "kubernetes-models" : `kubernetes-models/${group}`);

const documents = JSON.parse(await new Response(process.stdin).text());
const faults = [];
const literals = [];
for (const [index, { source, manifest }] of documents.entries()) {
  const [version, group = ""] = manifest.apiVersion.split("/").reverse();
  const module = `${packageOf(group)}/${version}`;
  const place = `${source} ${manifest.kind} ${manifest.metadata.name}`;
  let kind;
  try {
    kind = (await import(module))[manifest.kind];
  } catch (error) {
    faults.push(`${place}: no types of ${manifest.apiVersion} (${error.code ?? error})`);
    continue;
  }
  if (!kind) {
    faults.push(`${place}: ${manifest.apiVersion} has no kind ${manifest.kind}`);
    continue;
  }
  try {
    new kind(manifest).validate();
  } catch (error) {
    faults.push(`${place}: ${error.message}`);
  }
  literals.push(`import type { I${manifest.kind} as T${index} } from "${module}";\n// ${place}\nexport const m${index}: T${index} = ${JSON.stringify(manifest)};`);
}

const folder = process.argv[2];
mkdirSync(folder, { recursive: true });
const file = join(folder, "manifests.ts");
writeFileSync(file, literals.join("\n"));
const compiler = spawnSync(join(here, "node_modules/.bin/tsc"), ["--noEmit", "--strict", "--skipLibCheck", "--target", "esnext", "--module", "nodenext", "--ignoreConfig", file], { encoding: "utf8" });
if (compiler.error) throw compiler.error;
for (const line of compiler.stdout.split("\n").filter((l) => l.trim())) {
  const at = /manifests\.ts\((\d+),/.exec(line);
  faults.push(at ? `${literals.join("\n").split("\n")[Number(at[1]) - 2]?.slice(3)}: ${line.slice(line.indexOf("error"))}` : line);
}
console.log(faults.join("\n"));
