import type { CrmField, FieldMap } from '@/api/crm'

export const RULES: Record<NonNullable<FieldMap['rule']>, string> = {
  newest: 'The newest wins',
  theirs: 'Theirs wins',
  ours: 'Ours wins',
  keep: 'Never overwrite',
  ask: 'Ask a person',
}
export const DIRECTIONS: Record<NonNullable<FieldMap['direction']>, string> = {
  both: 'Both ways',
  in: 'Only in',
  out: 'Only out',
}

/** Fields that only ever come in: a CRM is never told of a consent, and opt-outs have a way of their own. */
export const isInOnly = (field: string): boolean => field === 'do_not_contact' || field.startsWith('consent_')
/** Fields that agents work out. */
export const isOutOnly = (field: string): boolean => field === 'score' || field === 'tier'

/** What a row becomes when it is mapped to another field. */
export function mappedTo(row: FieldMap, field: string): FieldMap {
  const direction = isInOnly(field) ? 'in' : isOutOnly(field) ? 'out' : (row.direction ?? 'both')
  return { ...row, field, direction }
}

/** Their fields that nothing is mapped to yet. */
export const unmapped = (remote: CrmField[], mapping: FieldMap[]): CrmField[] =>
  remote.filter((one) => mapping.every((row) => row.remote !== one.name))

/** The first thing that stands in the way of saving, in words for people. */
export function mappingProblem(mapping: FieldMap[]): string | null {
  for (const [index, row] of mapping.entries()) {
    if (!row.remote.trim()) return 'Name the CRM’s field in every row, or remove the row.'
    if (!row.field.trim() || row.field === 'attributes.') return `Choose where ${row.remote} goes.`
    const twin = mapping.findIndex((other) => other.field === row.field && other.direction !== 'out')
    if (row.field !== 'phone' && row.direction !== 'out' && twin < index)
      return `${row.field} is filled by two of their fields; keep one.`
  }
  return null
}
