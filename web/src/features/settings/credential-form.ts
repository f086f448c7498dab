import { z } from 'zod'
import type { Credential, CredentialIn, CredentialPatch } from '@/api/credentials'

export type Kind = Credential['kind']

export const KINDS: Record<Kind, { label: string; value: string; hint: string }> = {
  header: { label: 'Key in a header', value: 'Key', hint: 'Sent as it is, in the header that you name.' },
  bearer: { label: 'Bearer token', value: 'Token', hint: 'Sent as “Authorization: Bearer …”.' },
  basic: { label: 'User name and password', value: 'Password', hint: 'Sent as “Authorization: Basic …”.' },
}

const shape = z.object({
  name: z.string().trim().min(1, 'Give it a name.').max(80, 'At most 80 characters.'),
  description: z.string().trim().max(300, 'At most 300 characters.'),
  kind: z.enum(['header', 'bearer', 'basic']),
  header_name: z.string().trim().max(100, 'At most 100 characters.'),
  username: z.string().max(4000, 'At most 4,000 characters.'),
  value: z.string().max(4000, 'At most 4,000 characters.'),
  /** One per line. */
  allowed_hosts: z.string(),
})
export type CredentialForm = z.infer<typeof shape>

/** What a person enters. Of one that there is already, an empty secret means that it stays. */
export const credentialForm = (isNew: boolean) =>
  shape.superRefine((form, context) => {
    const needs = (path: keyof CredentialForm, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message })
    if (form.kind === 'header' && !form.header_name) needs('header_name', 'Name the header, as in X-Api-Key.')
    if (hostsOf(form.allowed_hosts).length === 0)
      needs('allowed_hosts', 'Name at least one host, as in api.example.com.')
    if (form.kind === 'basic') {
      if (!form.username && (isNew || form.value)) needs('username', 'Enter the user name.')
      return
    }
    if (isNew && !form.value.trim()) needs('value', 'Enter the secret.')
  })

export const valuesOf = (credential: Credential | null): CredentialForm => ({
  name: credential?.name ?? '',
  description: credential?.description ?? '',
  kind: credential?.kind ?? 'header',
  header_name: credential?.header_name ?? '',
  username: '',
  value: '',
  allowed_hosts: credential?.allowed_hosts.join('\n') ?? '',
})

export const hostsOf = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean)

export function toCreate(form: CredentialForm): CredentialIn {
  const { name, description, kind, value } = form
  return {
    name,
    description,
    kind,
    value,
    allowed_hosts: hostsOf(form.allowed_hosts),
    ...(kind === 'header' && { header_name: form.header_name }),
    ...(kind === 'basic' && { username: form.username }),
  }
}

/** Without a secret that was not entered. A user name comes with its password, which some services leave empty. */
export function toChange(form: CredentialForm): CredentialPatch {
  const { name, description, kind, value } = form
  const isReplaced = kind === 'basic' ? form.username !== '' : value.trim() !== ''
  return {
    name,
    description,
    allowed_hosts: hostsOf(form.allowed_hosts),
    ...(kind === 'header' && { header_name: form.header_name }),
    ...(isReplaced && { value }),
    ...(isReplaced && kind === 'basic' && { username: form.username }),
  }
}

/** In which form it is sent, in a few words. */
export const formOf = (credential: Pick<Credential, 'kind' | 'header_name'>): string =>
  credential.kind === 'header' ? `Header ${credential.header_name}` : KINDS[credential.kind].label
