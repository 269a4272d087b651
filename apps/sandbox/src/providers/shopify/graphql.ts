import type { ExecutionResult, GraphQLError, GraphQLSchema } from "graphql";
import { adminSchema } from "./admin-schema.ts";

/** A GraphQL request as it is posted. */
export interface GraphqlRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly operationName?: string | null | undefined;
}

interface Engine {
  readonly schema: GraphQLSchema;
  execute(request: GraphqlRequest, rootValue: unknown): Promise<ExecutionResult>;
}

let engine: Promise<Engine> | undefined;

/** Loads graphql-js when the first request comes: a sandbox that nobody asks for a store starts without it. */
async function loadEngine(): Promise<Engine> {
  const { buildSchema, graphql } = await import("graphql");
  const schema = buildSchema(adminSchema);
  return {
    schema,
    execute: async ({ query: source, variables, operationName }, rootValue) =>
      graphql({
        schema,
        source,
        rootValue,
        ...(variables && { variableValues: variables }),
        ...(operationName && { operationName }),
      }),
  };
}

/** Answers a document by the functions and values of the root; what is wrong with it is said in `errors`. */
export async function executeDocument(request: GraphqlRequest, rootValue: unknown): Promise<object> {
  engine ??= loadEngine();
  const { data, errors } = await (await engine).execute(request, rootValue);
  return { ...(data !== undefined && { data }), ...(errors && { errors: errors.map(describeError) }) };
}

/** A field that the schema does not have is told in Shopify's own words, all else in those of graphql-js. */
function describeError(error: GraphQLError): object {
  const [, fieldName, typeName] = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(error.message) ?? [];
  if (fieldName === undefined) return error.toJSON();
  return {
    ...error.toJSON(),
    message: `Field '${fieldName}' doesn't exist on type '${typeName}'`,
    path: ["query", fieldName],
    extensions: { code: "undefinedField", typeName, fieldName },
  };
}
