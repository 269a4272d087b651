export type { Proxy } from "./dispatcher.ts";
export type { HttpResponse } from "./send-request.ts";
export {
  createProviderHttp,
  type ProviderHttp,
  type ProviderHttpOptions,
  type ProviderRequest,
} from "./provider-http.ts";
export {
  parseJsonAs,
  parseJsonBody,
  parseRetryAfter,
  assertNotTransient,
  tryParseJson,
  unrecognizedResponseError,
} from "./parse-response.ts";
export { NoResponseError, OutcomeUnknownError } from "./outcome-unknown.ts";
