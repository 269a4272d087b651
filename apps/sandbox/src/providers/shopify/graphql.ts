import type { ExecutionResult, GraphQLError, GraphQLSchema } from "graphql";
import { adminSchema } from "./admin-schema.ts";

/** A GraphQL request as it is posted. */
export interface GraphqlRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly operationName?: string | null | undefined;
}

interface GraphqlEngine {
  readonly schema: GraphQLSchema;
  execute(request: GraphqlRequest, rootValue: unknown): Promise<ExecutionResult>;
}

let engine: Promise<GraphqlEngine> | undefined;

/** Loads graphql-js at the first request, so that the sandbox starts without it. */
async function loadEngine(): Promise<GraphqlEngine> {
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

/** Executes a document with the functions and values of the root. `errors` lists what is wrong with the document. */
export async function executeDocument(request: GraphqlRequest, rootValue: unknown): Promise<object> {
  engine ??= loadEngine();
  const { data, errors } = await (await engine).execute(request, rootValue);
  return { ...(data !== undefined && { data }), ...(errors && { errors: errors.map(describeGraphqlError) }) };
}

/** An unknown field is reported in Shopify's words, every other error in those of graphql-js. */
function describeGraphqlError(error: GraphQLError): object {
  const [, fieldName, typeName] = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(error.message) ?? [];
  if (fieldName === undefined) return error.toJSON();
  return {
    ...error.toJSON(),
    message: `Field '${fieldName}' doesn't exist on type '${typeName}'`,
    path: ["query", fieldName],
    extensions: { code: "undefinedField", typeName, fieldName },
  };
}
