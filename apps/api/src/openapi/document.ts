import { failures, type FailureCode } from "@patchbay/core/errors";
import { z } from "zod";
import type { Operation } from "../backend-api/operation.ts";
import { connection, credential, failure, receipt } from "../backend-api/schemas.ts";

/**
 * The version of what the document names: paths, parameters, fields and codes. A name that goes away or changes needs a new
 * one, and `pnpm generate` refuses it otherwise; a name that is added does not.
 */
const apiVersion = "1.0.0";

/** What every operation can fail with. */
const usualErrors = [
  "unauthenticated",
  "origin_refused",
  "right_missing",
  "invalid_request",
  "too_many_requests",
  "database_unavailable",
  "internal",
] as const satisfies FailureCode[];

type Json = Record<string, unknown>;

/** The API as OpenAPI 3.1. It is the same wherever Patchbay runs. */
export interface OpenApiDocument extends Json {
  openapi: string;
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, Json>>;
}

const description = `What a product's back end calls. Each call carries a service key as a Bearer token; keys are for programs,
and requests of browsers are refused. Branch on the \`code\` of a failure. Fields and codes may be added within a version.`;

/** Builds the OpenAPI document of the operations, from the schemas that parse their requests and type their answers. */
export function buildDocument(operations: readonly Operation[]): OpenApiDocument {
  const paths: OpenApiDocument["paths"] = {};
  for (const operation of operations) {
    const described = (paths[operation.path] ??= {});
    described[operation.method.toLowerCase()] = describeOperation(operation);
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Patchbay",
      version: apiVersion,
      description,
      license: { name: "MIT", identifier: "MIT" },
    } as OpenApiDocument["info"],
    servers: [{ url: "/api/v1" }],
    security: [{ serviceKey: [] }],
    paths,
    components: {
      securitySchemes: { serviceKey: { type: "http", scheme: "bearer", description: "A key of SERVICE_KEYS." } },
      schemas: buildSchemas(operations),
    },
  };
}

function describeOperation(operation: Operation): Json {
  const { id, right, summary, description: more, path, body, answer, status = 200 } = operation;
  const [, tag = ""] = path.split("/");
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: [more, `Right: \`${right}\`.`].filter((text) => text !== undefined).join(" "),
    ...(hasParameters(operation) && { parameters: describeParameters(operation) }),
    ...(body && { requestBody: { required: !body.isOptional(), content: jsonOf(refer(nameBody(id))) } }),
    responses: {
      [status]: { description: summary, content: jsonOf(refer(nameAnswer(operation, answer))) },
      ...describeFailures([...usualErrors, ...operation.errors]),
    },
  };
}

const refer = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const jsonOf = (schema: Json): Json => ({ "application/json": { schema } });
const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const nameBody = (id: string): string => `${capitalize(id)}Body`;

const hasParameters = ({ params, query, headers }: Operation): boolean =>
  [params, query, headers].some((schema) => schema !== undefined);

/** The parameters in the path, the query and the headers. Path parameters are described as what their texts stand for. */
function describeParameters({ params, query, headers }: Operation): Json[] {
  return [
    ...listParameters(params, "path", "output"),
    ...listParameters(query, "query", "input"),
    ...listParameters(headers, "header", "input"),
  ];
}

function listParameters(
  schema: z.ZodType | undefined,
  place: "path" | "query" | "header",
  io: "input" | "output",
): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io });
  return Object.entries(properties).map(([name, property]) => {
    if (typeof property === "object" && property.type === "object") return describePrefix(name, property);
    return { name, in: place, required: required.includes(name), schema: property };
  });
}

/** `tag.plan=pro` is an object whose members are parameters of their own (OpenAPI 3.1, style `form` with `explode`). */
function describePrefix(name: string, property: Json): Json {
  const { additionalProperties, propertyNames, maxProperties } = property;
  return {
    name,
    in: "query",
    description: `One parameter \`${name}.<key>\` for each: \`${name}.plan=pro\`.`,
    style: "form",
    explode: true,
    schema: {
      type: "object",
      patternProperties: { [`^${name}\\.`]: additionalProperties },
      additionalProperties: false,
      ...(maxProperties !== undefined && { maxProperties }),
      ...(propertyNames !== undefined && { propertyNames: { maxLength: maxKeyLength(name, propertyNames) } }),
    },
  };
}

function maxKeyLength(name: string, propertyNames: unknown): number {
  const { maxLength = 0 } = propertyNames as { maxLength?: number };
  return name.length + 1 + maxLength;
}

/** The failures by their HTTP status, with the codes that a caller has to tell apart. */
function describeFailures(codes: readonly FailureCode[]): Json {
  const byStatus = Map.groupBy(new Set(codes), (code) => failures[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [
      status,
      {
        description: same.map((code) => `\`${code}\``).join(", "),
        content: jsonOf({ allOf: [refer("Failure"), { properties: { code: { enum: same } } }] }),
      },
    ]),
  );
}

/** The schemas that have a name of their own wherever they stand. */
const named = { Connection: connection, Credential: credential, Receipt: receipt, Failure: failure };

function nameAnswer({ id }: Operation, answer: z.ZodType): string {
  const [known] = Object.entries(named).find(([, schema]) => schema === answer) ?? [];
  return known ?? `${capitalize(id)}Answer`;
}

function buildSchemas(operations: readonly Operation[]): Json {
  const bodies = operations.flatMap(({ id, body }) => (body ? [[nameBody(id), body] as const] : []));
  const answers = operations.map((operation) => [nameAnswer(operation, operation.answer), operation.answer] as const);
  return {
    ...writeSchemas(bodies, "input"),
    ...writeSchemas([...Object.entries(named), ...answers], "output"),
  };
}

/** Writes schemas that refer to one another by name. */
function writeSchemas(schemas: readonly (readonly [string, z.ZodType])[], io: "input" | "output"): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of new Map(schemas)) registry.add(schema, { id });
  const written = z.toJSONSchema(registry, { io, uri: (id) => `#/components/schemas/${id}` }).schemas;
  return Object.fromEntries(
    Object.entries(written).map(([id, { $schema: _dialect, $id: _id, ...schema }]) => [id, schema]),
  );
}
