const FEWEST = 2

/** What was typed as part of a number, as the API looks for it; nothing while it is too short. */
export function digitsOf(typed: string | undefined): string | undefined {
  const plus = typed?.trim().startsWith('+') ? '+' : ''
  const digits = (typed ?? '').replaceAll(/\D/g, '').slice(0, 15)
  return digits.length >= FEWEST ? plus + digits : undefined
}
