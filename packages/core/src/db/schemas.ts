import {
  type KyselyPlugin,
  OperationNodeTransformer,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryId,
  type QueryResult,
  type RootOperationNode,
  SchemableIdentifierNode,
  type UnknownRow,
} from "kysely";
import { tables } from "./schema.ts";

/** The PostgreSQL schemas that hold our tables and those of the job queue. */
export interface Schemas {
  own: string;
  queue: string;
}

/** The schema of our tables if `DATABASE_SCHEMA` names none. */
export const defaultSchema = "patchbay";

/** Names the schemas of an installation. Each has a job queue of its own, so that two in one database share no jobs. */
export function nameSchemas(own: string): Schemas {
  return { own, queue: `${own}_worker` };
}

/** What the code calls the schema of the job queue: graphile-worker's own name for it. */
const queueName = "graphile_worker";

/**
 * Puts the schema before each name of a table or of a function of the job queue. `search_path` would do the same for a
 * connection, but a pooler may give our statements to any connection.
 */
export function createSchemaPlugin(schemas: Schemas): KyselyPlugin {
  const transformer = new SchemaTransformer(schemas);
  return {
    transformQuery: ({ node, queryId }: PluginTransformQueryArgs): RootOperationNode =>
      transformer.transformNode(node, queryId),
    transformResult: async ({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> => result,
  };
}

const ownNames: ReadonlySet<string> = new Set([...Object.keys(tables), "kysely_migration", "kysely_migration_lock"]);

class SchemaTransformer extends OperationNodeTransformer {
  readonly #schemas: Schemas;

  constructor(schemas: Schemas) {
    super();
    this.#schemas = schemas;
  }

  protected override transformSchemableIdentifier(node: SchemableIdentifierNode, queryId?: QueryId) {
    const { schema, identifier } = super.transformSchemableIdentifier(node, queryId);
    if (schema?.name === queueName)
      return SchemableIdentifierNode.createWithSchema(this.#schemas.queue, identifier.name);
    if (schema === undefined && ownNames.has(identifier.name)) {
      return SchemableIdentifierNode.createWithSchema(this.#schemas.own, identifier.name);
    }
    return node;
  }
}
