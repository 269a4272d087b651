// The names that a product's back end relies on: those of the OpenAPI document.

type Json = Readonly<Record<string, unknown>>;

/** What this needs of an OpenAPI document. */
export interface ApiDocument {
  info: { version: string };
  paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  components?: Json;
}

/**
 * Lists the names of a document: each operation, parameter, status, code, field and word of a closed list, each with where it
 * stands.
 */
export function listApiNames(document: ApiDocument): string[] {
  const names = new Set<string>();
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const place = `${method.toUpperCase()} ${path}`;
      names.add(place);
      names.add(`${place} is ${String(operation["operationId"])}`);
      for (const parameter of asList(operation["parameters"])) {
        const at = `${place} ${String(parameter["in"])} ${String(parameter["name"])}`;
        collect(parameter["schema"], at);
      }
      collect(schemaIn(operation["requestBody"]), `${place} body`);
      for (const [status, response] of Object.entries(asObject(operation["responses"])))
        collect(schemaIn(response), `${place} ${status}`);
    }
  }
  return [...names];

  function collect(given: unknown, place: string): void {
    const schema = resolve(document, given);
    names.add(place);
    for (const value of [...asValues(schema["enum"]), ...("const" in schema ? [schema["const"]] : [])])
      names.add(`${place} = ${String(value)}`);
    for (const [name, property] of Object.entries(asObject(schema["properties"])))
      collect(property, `${place}.${name}`);
    for (const [name, property] of Object.entries(asObject(schema["patternProperties"])))
      collect(property, `${place}.${name}`);
    if (schema["items"] !== undefined) collect(schema["items"], `${place}[]`);
    for (const kind of ["allOf", "anyOf", "oneOf"]) for (const part of asList(schema[kind])) collect(part, place);
  }
}

/** Lists the names that a document has lost within its version. With another version, any may go. */
export function listLostNames(before: ApiDocument, after: ApiDocument): string[] {
  if (before.info.version !== after.info.version) return [];
  const kept = new Set(listApiNames(after));
  return listApiNames(before).filter((name) => !kept.has(name));
}

function schemaIn(message: unknown): unknown {
  return asObject(asObject(asObject(message)["content"])["application/json"])["schema"] ?? {};
}

/** Follows a reference to a schema of the document's own. */
function resolve(document: ApiDocument, given: unknown): Json {
  const schema = asObject(given);
  const { $ref: reference } = schema;
  if (typeof reference !== "string") return schema;
  const target = reference
    .slice("#/".length)
    .split("/")
    .reduce<unknown>((at, key) => asObject(at)[key], document);
  return asObject(target);
}

function asObject(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}

function asValues(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function asList(value: unknown): Json[] {
  return asValues(value).map(asObject);
}
