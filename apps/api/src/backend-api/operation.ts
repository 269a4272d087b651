import type { FailureCode } from "@patchbay/core/errors";
import type { z } from "zod";
import type { Services } from "../services.ts";
import type { Right, ServiceKey } from "./service-keys.ts";

/** A call of an operation: who calls, and what they sent, as the schemas of the operation parsed it. */
export interface OperationCall<Params, Query, Headers, Body> {
  key: ServiceKey;
  params: Params;
  query: Query;
  headers: Headers;
  body: Body;
}

type Schema = z.ZodType;
type Parsed<Of extends Schema | undefined> = Of extends Schema ? z.output<Of> : undefined;

/**
 * One operation of the back-end API, declared once: the routes of Express and the OpenAPI document are built from it. What has
 * no schema is not read. A query has an object for the parameters of one prefix: `tag.plan=pro` is `{ tag: { plan: "pro" } }`.
 */
export interface OperationOf<
  Params extends Schema | undefined,
  Query extends Schema | undefined,
  Headers extends Schema | undefined,
  Body extends Schema | undefined,
  Answer extends Schema,
> {
  /** Its name in the OpenAPI document, which clients are generated from. */
  id: string;
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Under /api/v1, with parameters as OpenAPI writes them: `/connections/{id}`. */
  path: `/${string}`;
  right: Right;
  /** What it does, in one line. */
  summary: string;
  description?: string;
  params?: Params;
  query?: Query;
  /** By their names in lower case. */
  headers?: Headers;
  body?: Body;
  answer: Answer;
  /** The HTTP status of its answer, where it is not 200. */
  status?: 201;
  /** How it can fail, besides what every operation can fail with. */
  errors: readonly FailureCode[];
  /** Absent: the fast path answers it, and it is only documented here. */
  handle?(
    call: OperationCall<Parsed<Params>, Parsed<Query>, Parsed<Headers>, Parsed<Body>>,
    services: Services,
  ): Promise<z.input<Answer>>;
}

/** Any operation. */
export type Operation = OperationOf<
  Schema | undefined,
  Schema | undefined,
  Schema | undefined,
  Schema | undefined,
  Schema
>;

/** Declares an operation, so that its handler gets what its schemas parse. */
export function defineOperation<
  Answer extends Schema,
  Params extends Schema | undefined = undefined,
  Query extends Schema | undefined = undefined,
  Headers extends Schema | undefined = undefined,
  Body extends Schema | undefined = undefined,
>(operation: OperationOf<Params, Query, Headers, Body, Answer>): Operation {
  return operation;
}
