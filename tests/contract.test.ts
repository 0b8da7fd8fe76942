import { expect, test } from "bun:test";
import Ajv2020 from "ajv/dist/2020.js";
import { openApiDocument } from "../src/app.ts";

interface Body {
  content?: Record<string, { schema?: Record<string, unknown>; example?: unknown }>;
}
interface Operation {
  summary?: string;
  requestBody?: Body;
  responses: Record<string, Body & { description: string }>;
}

const document = openApiDocument() as { paths: Record<string, Record<string, Operation>>; components: object };
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, ...operation })),
);
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema({ $id: "contract", ...document });

/** Keywords of which a schema has at least one, else it says nothing. */
const TYPED = ["type", "$ref", "enum", "const", "anyOf", "oneOf", "allOf"];

test("every route has a summary, and its answers a schema that says something", () => {
  for (const { name, summary, responses } of operations) {
    expect([name, summary?.length ?? 0]).not.toEqual([name, 0]);
    for (const [status, { content, description }] of Object.entries(responses)) {
      expect([name, status, description.length > 0]).toEqual([name, status, true]);
      for (const { schema = {} } of Object.values(content ?? {}))
        expect([name, status, TYPED.some((keyword) => keyword in schema)]).toEqual([name, status, true]);
    }
  }
});

test("every route says how it refuses", () => {
  for (const { name, responses } of operations) {
    const refusals = Object.keys(responses).filter((status) => Number(status) >= 400);
    expect([name, refusals.length > 2]).toEqual([name, true]);
  }
});

test("every JSON body has an example that its schema accepts", () => {
  let examples = 0;
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, { requestBody, responses }] of Object.entries(methods)) {
      const good = Object.entries(responses).filter(([status]) => Number(status) < 400);
      const bodies: [string[], Body][] = good.map(([status, body]) => [["responses", status], body]);
      if (requestBody) bodies.push([["requestBody"], requestBody]);
      for (const [where, body] of bodies) {
        const media = body.content?.["application/json"];
        if (!media) continue;
        const pointer = ["paths", path, method, ...where, "content", "application/json", "schema"].map(escapePointer);
        const validate = ajv.compile({ $ref: `contract#/${pointer.join("/")}` });
        const fits = validate(media.example);
        expect([method, path, where, fits || ajv.errorsText(validate.errors)]).toEqual([method, path, where, true]);
        examples++;
      }
    }
  }
  expect(examples).toBeGreaterThan(100);
});

function escapePointer(part: string): string {
  return encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));
}
