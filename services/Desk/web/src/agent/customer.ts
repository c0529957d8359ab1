import { z } from "zod";

/** The customer's card (GET /api/customers/of-contact/{contact}). */
export const customerCard = z.object({
  id: z.string(),
  tenant: z.string(),
  name: z.string().nullish(),
  numbers: z.array(z.string()),
  notes: z.string().nullish(),
  version: z.number(),
  contacts: z.array(
    z.object({
      id: z.string(),
      startedAt: z.string(),
      channel: z.string().nullish(),
      queue: z.string().nullish(),
      agent: z.string().nullish(),
      termination: z.string().nullish(),
      disposition: z.string().nullish(),
    }),
  ),
});

export type CustomerCard = z.infer<typeof customerCard>;
