/**
 * Whether this page serves a connect session. A browser can have one beside the session of a user who signed in here. The two
 * know nothing of one another: each has its own calls, stream and stored values.
 */
export const isConnectPage = (): boolean => location.pathname === "/connect";
