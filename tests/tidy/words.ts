/** Things that have one place: engine names, SQL, publishing, statuses, validators, fetch. */
import ts from "typescript";
import { parse } from "./imports.ts";
import { isCode, isGenerated, isTest, type Repo, type Rule, type SourceFile } from "./repo.ts";

const ENGINE = /sqlite|postgres|pg_notify/i;
const ENGINE_FILES = [/^src\/db\//, /^src\/features\/[^/]+\/(sqlite|postgres)\.ts$/];

export const engineWords: Rule = (repo) =>
  inSource(repo, /^(src|protocol|sdk|web)\//, ENGINE_FILES, (node) => {
    const word = ts.isIdentifier(node) ? node.text : textOf(node);
    if (word === undefined || !ENGINE.test(word)) return undefined;
    // A feature may take its own file of a pair; which of the two is decided once, there.
    if (/^\.\/(sqlite|postgres)\.ts$/.test(word) && ts.isImportDeclaration(node.parent)) return undefined;
    return "names a database engine; only src/db and features/*/{sqlite,postgres}.ts may. Go through src/db/open.ts or the Database interface.";
  });

const SQL =
  /^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|PRAGMA|WITH|VACUUM|ATTACH|CREATE|ALTER|DROP|BEGIN|SAVEPOINT)\s+\S/;
const SQL_FILES = [
  ...ENGINE_FILES,
  /^src\/features\/[^/]+\/([a-z-]+-)?queries\.ts$/,
  /^src\/realtime\/(events|topics|rows)\.ts$/,
];

export const sqlPlaces: Rule = (repo) =>
  inSource(repo, /^(src|protocol|sdk|web)\//, SQL_FILES, (node) => {
    if (!SQL.test(textOf(node) ?? "")) return undefined;
    return "holds SQL; move the statement into the feature's queries.ts as a function that takes tx.";
  });

/** server.ts hands the running server's `publish` to those two, which is the one call it may make. */
export const publishCallers: Rule = (repo) => {
  const advice =
    "publishes to sockets; only realtime/feed.ts and realtime/ephemeral.ts may. Append an event in the transaction instead.";
  const offences = inSource(repo, /^src\//, [/^src\/realtime\/(feed|ephemeral)\.ts$/], (node) =>
    ts.isCallExpression(node) && memberOf(node.expression) === "publish" ? advice : undefined,
  );
  const wiring = offences.filter((offence) => offence.startsWith("src/server.ts:"));
  return wiring.length === 1 ? offences.filter((offence) => offence !== wiring[0]) : offences;
};

/** Everything below http/ says what went wrong by a code; http/errors.ts knows the numbers. */
const STATUS_FREE = /^src\/(lib|db|realtime)\/|^src\/features\/[^/]+\/(?!routes\.ts)/;

export const statusNumbers: Rule = (repo) =>
  inSource(repo, STATUS_FREE, [], (node) => {
    const advice = "names an HTTP status; throw an AppError with a code, http/errors.ts maps it once.";
    if (ts.isPropertyAssignment(node) && /^status(_?code)?$/i.test(node.name.getText()))
      return isStatus(node.initializer) ? advice : undefined;
    if (ts.isCallExpression(node) && /^(json|text|body|html|redirect|status)$/.test(memberOf(node.expression) ?? ""))
      return node.arguments.some(isStatus) ? advice : undefined;
    if (ts.isBinaryExpression(node) && /\bstatus$/.test(node.left.getText()))
      return isStatus(node.right) ? advice : undefined;
    return undefined;
  });

/** The browser reaches the server through the SDK, which retries, resumes and types. */
export const webFetch: Rule = (repo) =>
  inSource(repo, /^web\/src\//, [], (node) => {
    const name = ts.isCallExpression(node) || ts.isNewExpression(node) ? (memberOf(node.expression) ?? "") : "";
    if (!/^(fetch|WebSocket|XMLHttpRequest|EventSource|sendBeacon)$/.test(name)) return undefined;
    return `calls ${name}; the web client speaks to the server only through @clickclack/sdk.`;
  });

const ZOD_FILES = /^src\/features\/[^/]+\/schema\.ts$|^src\/http\/router\.ts$/;
const VALIBOT_FILES = /^protocol\/|^src\/config\.ts$/;

export const validators: Rule = (repo) =>
  sources(repo, /^(src|protocol|sdk|web)\//).flatMap((file) => {
    const [zod, valibot] = [usesZod(file), file.imports.some((one) => one.package === "valibot")];
    const offences: string[] = [];
    if (zod && valibot)
      offences.push(`${file.path}: imports zod and valibot; a shape is written once, so split the file.`);
    if (zod && !ZOD_FILES.test(file.path))
      offences.push(`${file.path}: uses zod; schemas live in features/*/schema.ts.`);
    if (valibot && !VALIBOT_FILES.test(file.path))
      offences.push(`${file.path}: imports valibot; it lives in protocol/ and src/config.ts only.`);
    return offences;
  });

/**
 * routes.ts may take `createRoute` from the OpenAPI package, but not build shapes with its `z`;
 * http/ may name zod's types, because it passes schemas on.
 */
function usesZod(file: SourceFile): boolean {
  if (file.imports.some((one) => one.package === "zod")) return true;
  return parse(file.path, file.text).statements.some((statement) => {
    if (!ts.isImportDeclaration(statement) || !/zod-openapi/.test(statement.moduleSpecifier.getText())) return false;
    const clause = statement.importClause;
    const names = clause?.namedBindings;
    if (!names) return false;
    if (!ts.isNamedImports(names)) return true;
    const schemas = names.elements.filter((one) => (one.propertyName ?? one.name).text === "z");
    const typesOnly = clause.phaseModifier === ts.SyntaxKind.TypeKeyword || schemas.every((one) => one.isTypeOnly);
    return schemas.length > 0 && !(typesOnly && file.path.startsWith("src/http/"));
  });
}

function inSource(
  repo: Repo,
  scope: RegExp,
  exempt: RegExp[],
  offence: (node: ts.Node) => string | undefined,
): string[] {
  return sources(repo, scope)
    .filter((file) => !exempt.some((pattern) => pattern.test(file.path)))
    .flatMap((file) => {
      const source = parse(file.path, file.text);
      const found = new Map<number, string>();
      const visit = (node: ts.Node): void => {
        const what = offence(node);
        const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
        if (what) found.set(line, `${file.path}:${line}: ${what}`);
        ts.forEachChild(node, visit);
      };
      visit(source);
      return [...found.values()];
    });
}

function sources(repo: Repo, scope: RegExp): SourceFile[] {
  return repo.files.filter(
    (file) => isCode(file.path) && scope.test(file.path) && !isTest(file.path) && !isGenerated(file),
  );
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) return node.text;
  return undefined;
}

function memberOf(node: ts.Expression): string | undefined {
  if (ts.isIdentifier(node)) return node.text;
  return ts.isPropertyAccessExpression(node) ? node.name.text : undefined;
}

function isStatus(node: ts.Expression): boolean {
  return ts.isNumericLiteral(node) && Number(node.text) >= 100 && Number(node.text) < 600;
}
