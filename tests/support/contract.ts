import { strict as assert } from "node:assert";
import Ajv2020 from "ajv/dist/2020.js";
import { openApiDocument } from "../../src/app.ts";

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
type Document = { paths: Record<string, Record<string, Operation>>; components: object };

const document = openApiDocument() as unknown as Document;
// Schemas point into the document by `#/components/…`, so the whole of it is the base.
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema({ $id: "contract", ...document });

const templates = Object.entries(document.paths).map(([path, operations]) => ({
  path,
  pattern: new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`),
  literal: !path.includes("{"),
  operations,
}));
// `/api/messages/by-nonce` also fits `/api/messages/{message_id}`; the literal one wins, as in the router.
templates.sort((a, b) => Number(b.literal) - Number(a.literal));

const validators = new Map<string, ReturnType<typeof ajv.compile>>();

/** Every answer of the server has to be one its contract declares, field by field. */
export async function requireContract(method: string, path: string, response: Response): Promise<void> {
  if (!path.startsWith("/api/") || path === "/api/openapi.json") return;
  if (response.status === 204) return requireNothing(method, path, response);
  const type = response.headers.get("content-type") ?? "";
  assert.match(type, /^application\/json/, `${method} ${path} answered ${type}`);
  assert.ok(response.headers.get("x-request-id"), `${method} ${path} has no X-Request-ID`);
  const body: unknown = await response.clone().json();
  const template = templateOf(path);
  const operation = template?.operations[method.toLowerCase()];
  if (!template || !operation) return requireSchema("#/components/schemas/Error", body, `${method} ${path}`);
  const declared = operation.responses[String(response.status)];
  assert.ok(declared, `${method} ${template.path} does not declare ${response.status}: ${JSON.stringify(body)}`);
  const pointer = [
    "paths",
    template.path,
    method.toLowerCase(),
    "responses",
    String(response.status),
    "content",
    "application/json",
    "schema",
  ];
  requireSchema(`#/${pointer.map(escapePointer).join("/")}`, body, `${method} ${path} ${response.status}`);
}

function templateOf(path: string) {
  return templates.find((one) => one.pattern.test(path));
}

async function requireNothing(method: string, path: string, response: Response): Promise<void> {
  const declared = templateOf(path)?.operations[method.toLowerCase()]?.responses["204"];
  assert.ok(declared && !declared.content, `${method} ${path} does not declare 204`);
  assert.equal(await response.clone().text(), "", `${method} ${path} answered 204 with a body`);
}

function requireSchema(pointer: string, body: unknown, what: string): void {
  let validate = validators.get(pointer);
  if (!validate) {
    validate = ajv.compile({ $ref: `contract${pointer}` });
    validators.set(pointer, validate);
  }
  assert.ok(
    validate(body),
    `${what} breaks the contract: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(body, null, 1)}`,
  );
}

function escapePointer(part: string): string {
  return encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));
}
