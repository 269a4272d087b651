import { Router } from "express";

/** What the health checks ask. */
export interface Health {
  /** Whether requests can be served. Throws or gives false where not. */
  ready(): Promise<boolean>;
}

/** `/healthz`: the process runs. `/readyz`: it can serve, and is not about to stop. */
export function createHealth(health: Health): Router {
  const router = Router({ caseSensitive: true });
  router.get("/healthz", (_request, response) => void response.json({ status: "ok" }));
  router.get("/readyz", (_request, response) => {
    health.ready().then(
      (yes) => response.status(yes ? 200 : 503).json({ status: yes ? "ready" : "not ready" }),
      () => response.status(503).json({ status: "not ready" }),
    );
  });
  return router;
}
