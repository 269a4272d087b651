/** Two sites to a browser, so that cookies behave as they will in life. */
const appPort = Number(process.env["E2E_PORT"] ?? 3170);
const sandboxPort = Number(process.env["E2E_SANDBOX_PORT"] ?? 4170);

export const ports = { app: appPort, sandbox: sandboxPort };
export const appUrl = `http://localhost:${appPort}`;
export const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
