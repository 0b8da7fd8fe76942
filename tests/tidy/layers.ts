/** Who may import whom: `docs/architecture.md`, "Import direction". */
import type { Import } from "./imports.ts";
import { isTest, type Repo, type Rule, type SourceFile } from "./repo.ts";

/** Each layer may import itself and what stands left of it. */
const LAYERS = ["lib", "db", "realtime", "http", "features", "app", "server", "cli", "main"];
/** Each feature may import the features left of it; those in one group not each other. */
const FEATURES = [
  ["users"],
  ["mail"],
  ["auth"],
  ["workspaces"],
  ["invites"],
  ["conversations"],
  ["channels"],
  ["members"],
  ["audit", "groups", "topics"],
  ["uploads"],
  ["messages"],
  ["threads", "reactions", "dms", "pins", "saved", "drafts", "reports"],
  ["search", "permalinks"],
  ["bots"],
  ["webhooks"],
  ["notifications"],
  ["realtime"],
  ["setup"],
];

export const workspaceDirection: Rule = (repo) =>
  edges(repo).flatMap(({ from, to }) => {
    if (isTest(from.path)) return [];
    const allowed = allowedAreas(from.path);
    const area = areaOf(to);
    if (!allowed || allowed.includes(area)) return [];
    return [
      `${from.path}: imports ${to}; ${areaOf(from.path)}/ may import only ${allowed.join(", ")}. Pass what it needs as an argument, or move it left.`,
    ];
  });

export const layerDirection: Rule = (repo) =>
  edges(repo).flatMap(({ from, to }) => {
    if (isTest(from.path) || !from.path.startsWith("src/") || !to.startsWith("src/")) return [];
    const [here, there] = [layerOf(from.path), layerOf(to)];
    if (here === -1) return [`${from.path}: belongs to no layer; put it into one of ${LAYERS.join(", ")}.`];
    if (there <= here) return [];
    return [
      `${from.path}: imports ${to}, which stands right of it (${LAYERS.join(" ← ")}). Let server.ts inject what it needs.`,
    ];
  });

export const featureDirection: Rule = (repo) =>
  edges(repo).flatMap(({ from, to }) => {
    const [here, there] = [featureOf(from.path), featureOf(to)];
    if (!here || isTest(from.path)) return [];
    const own = rankOf(here);
    if (own === -1)
      return [
        `${from.path}: the feature ${here} has no place in the order of features; give it one in tests/tidy/layers.ts.`,
      ];
    if (!there || there === here || rankOf(there) < own) return [];
    return [
      `${from.path}: imports ${to}; features import leftwards only. Move the composing code into the feature further right.`,
    ];
  });

/** The four names of a feature folder, and what each may import. */
export const featureFiles: Rule = (repo) =>
  edges(repo).flatMap(({ from, to, typeOnly }) => {
    const feature = featureOf(from.path);
    // The shape of a row may be named anywhere; only what runs has a role.
    if (!feature || typeOnly || isTest(from.path) || !to.startsWith("src/")) return [];
    const role = roleOf(from.path, feature);
    const target = featureOf(to)
      ? `${featureOf(to) === feature ? "own" : "other"} ${roleOf(to, featureOf(to) ?? "")}`
      : `${to.split("/")[1]}`;
    // The realtime feature is the HTTP face of src/realtime itself.
    if (feature === "realtime" && target === "realtime") return [];
    const refused = REFUSED[role]?.find((pattern) =>
      pattern.test(target === "realtime" ? `realtime/${to.split("/")[2]}` : target),
    );
    return refused ? [`${from.path}: a ${role} file imports ${to}; ${ADVICE[role]}`] : [];
  });

const REFUSED: Record<string, RegExp[]> = {
  schema: [/^own (routes|verbs|queries)/, /^other (routes|verbs|queries)/, /^(db|realtime|http)/],
  routes: [/^own queries/, /^other (routes|queries)/, /^realtime/],
  verbs: [/^own routes/, /^other (routes|queries)/, /^http/, /^realtime\/(?!events\.ts|topics\.ts)/],
  queries: [/^own (routes|verbs|schema)/, /^other (routes|verbs|schema)/, /^(http|realtime)/],
};
const ADVICE: Record<string, string> = {
  schema: "it describes shapes and imports lib, protocol and other schemas only.",
  routes: "it turns parsed input into a verb and its result into a reply; call a verb instead.",
  verbs: "rules use their own queries, the verbs of lower features, db, lib and realtime/events.ts.",
  queries: "it holds SQL and row mapping; let the verb pass what it needs.",
};

/** Client commands speak HTTP through the SDK; only server commands open the database. */
export const clientCommands: Rule = (repo) =>
  repo.files
    .filter((file) => file.path.startsWith("src/cli/") && !isTest(file.path) && file.imports.some(speaksHttp))
    .flatMap((file) =>
      file.imports
        .map((one) => one.file ?? "")
        .filter((target) => /^src\/(?!cli\/|lib\/|config\.ts)|^migrations\//.test(target))
        .map(
          (target) => `${file.path}: imports ${target}; a client command reaches the server through @clickclack/sdk.`,
        ),
    );

const speaksHttp = ({ file = "" }: Import) => file.startsWith("sdk/") || file === "src/cli/client-command.ts";

function allowedAreas(path: string): string[] | undefined {
  const area = areaOf(path);
  if (area === "protocol") return ["protocol"];
  if (area === "sdk") return ["sdk", "protocol"];
  if (area === "web") return ["web", "sdk", "protocol"];
  if (area === "examples") return ["examples", "sdk", "protocol"];
  if (path.startsWith("src/cli/")) return ["src", "sdk", "protocol", "package.json"];
  if (path === "src/http/web-assets.ts") return ["src", "protocol", "web"];
  if (area === "src") return ["src", "protocol", "migrations"];
  return undefined;
}

function edges(repo: Repo): { from: SourceFile; to: string; typeOnly: boolean }[] {
  return repo.files.flatMap((from) =>
    from.imports.flatMap(({ file, typeOnly }) => (file ? [{ from, to: file, typeOnly }] : [])),
  );
}

const areaOf = (path: string) => path.split("/")[0] ?? path;
const layerOf = (path: string) =>
  LAYERS.indexOf(
    (path.split("/")[1] ?? "")
      .replace(/\.ts$/, "")
      .replace(/^config$/, "lib")
      .replace(/^[a-z]+-worker$/, "server"),
  );
const featureOf = (path: string) => /^src\/features\/([^/]+)\//.exec(path)?.[1];
const rankOf = (feature: string) => FEATURES.findIndex((group) => group.includes(feature));

function roleOf(path: string, feature: string): string {
  const name = path.split("/")[3] ?? "";
  if (name === "schema.ts" || name === "routes.ts") return name.slice(0, -3);
  if (name === "queries.ts" || name === "sqlite.ts" || name === "postgres.ts" || name.endsWith("-queries.ts"))
    return "queries";
  return feature ? "verbs" : "";
}
