export { buildReturnUrl, parseReturnUrl } from "./return-url.ts";
