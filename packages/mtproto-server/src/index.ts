export { type DataCentre, dataCentres, routeToDataCentre } from "./data-centres.ts";
export { getErrorCode } from "./error-codes.ts";
export { createMtprotoFaults, type MtprotoFault, type MtprotoFaults } from "./faults.ts";
export { type RpcCaller, RpcError, type RpcHandler, type TlObject } from "./rpc.ts";
export { createMtprotoServer, type MtprotoServer, type MtprotoServerOptions } from "./server.ts";
export { createSocks5Proxy, type Socks5Proxy } from "./socks5/proxy.ts";
export { testKey } from "./crypto/test-key.ts";
