import { z } from 'zod'
import type { Budget } from '@/api/budgets'

const AMOUNT = /^\d+(\.\d+)?$/

/** The amount is text while it is typed; how great and how exact it may be, the API knows. */
export const limitForm = z
  .object({ kind: z.enum(['own', 'none', 'default']), limit: z.string().trim() })
  .refine(({ kind, limit }) => kind !== 'own' || (AMOUNT.test(limit) && Number(limit) > 0), {
    path: ['limit'],
    message: 'Write an amount above zero, as in 5 or 12.50. To stop paid calls for good, take the provider’s key away.',
  })

export type LimitForm = z.infer<typeof limitForm>

/** The form as it opens: whoever opens it mostly wants to write an amount. */
export const startOf = ({ limit }: Pick<Budget, 'limit'>): LimitForm => ({
  kind: 'own',
  limit: limit === null ? '' : String(Number(limit)),
})

/** What the API is told: an amount, null for none, `default` for the one of the settings. */
export const limitOf = ({ kind, limit }: LimitForm): string | null | 'default' =>
  kind === 'own' ? limit : kind === 'none' ? null : 'default'
