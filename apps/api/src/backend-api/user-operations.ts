import { z } from "zod";
import { defineOperation } from "./operation.ts";
import { productId, receipt } from "./schemas.ts";
import { buildScope, requireEveryProvider } from "./service-keys.ts";

/** DELETE /users/:id. */
export const eraseUser = defineOperation({
  id: "eraseUser",
  method: "DELETE",
  path: "/users/{id}",
  right: "manage",
  summary: "Erase a user: revoke every grant at its provider, then delete everything about them",
  description:
    "A key that names providers has to name all of them. A user who is unknown, or was erased before, has no receipts.",
  params: z.object({ id: productId }),
  answer: z.strictObject({ receipts: z.array(receipt) }),
  errors: [],
  async handle({ key, params }, services) {
    requireEveryProvider(key, services.registry);
    const { actor, application } = buildScope(key, services.registry);
    const user = await services.findUser(application, params.id);
    return { receipts: user === undefined ? [] : await services.eraseUser({ user, actor }) };
  },
});
