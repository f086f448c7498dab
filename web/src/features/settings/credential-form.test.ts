import { expect, test } from 'vitest'
import { type CredentialForm, credentialForm, formOf, hostsOf, toChange, toCreate, valuesOf } from './credential-form'

const form = (values: Partial<CredentialForm> = {}): CredentialForm => ({
  ...valuesOf(null),
  name: 'CRM key',
  header_name: 'X-Api-Key',
  value: 'sk-1',
  allowed_hosts: 'api.example.com',
  ...values,
})
const problems = (values: Partial<CredentialForm>, isNew = true) =>
  credentialForm(isNew)
    .safeParse(form(values))
    .error?.issues.map((issue) => issue.path[0]) ?? []

test('a new one needs name, header, secret and a host', () => {
  expect(problems({})).toEqual([])
  expect(problems({ name: ' ' })).toEqual(['name'])
  expect(problems({ header_name: '', value: ' ', allowed_hosts: ' \n' })).toEqual([
    'header_name',
    'allowed_hosts',
    'value',
  ])
  expect(problems({ kind: 'bearer', header_name: '' })).toEqual([])
  expect(problems({ kind: 'basic', value: '' })).toEqual(['username'])
  expect(problems({ kind: 'basic', value: '', username: 'sk_live' })).toEqual([])
})

test('of one that there is, an empty secret stays as it is', () => {
  expect(problems({ value: '' }, false)).toEqual([])
  expect(problems({ kind: 'basic', value: '' }, false)).toEqual([])
  expect(problems({ kind: 'basic', value: 'pw' }, false)).toEqual(['username'])
  expect(toChange(form({ value: '' }))).toEqual({
    name: 'CRM key',
    description: '',
    header_name: 'X-Api-Key',
    allowed_hosts: ['api.example.com'],
  })
  expect(toChange(form({ kind: 'basic', username: 'sk_live', value: '' }))).toMatchObject({
    username: 'sk_live',
    value: '',
  })
})

test('only what belongs to the kind is sent', () => {
  expect(toCreate(form())).toMatchObject({ kind: 'header', header_name: 'X-Api-Key', value: 'sk-1' })
  expect(toCreate(form({ kind: 'bearer', username: 'maya' }))).not.toHaveProperty('header_name')
  expect(toCreate(form({ kind: 'bearer', username: 'maya' }))).not.toHaveProperty('username')
  expect(toCreate(form({ kind: 'basic', username: 'maya' }))).toMatchObject({ username: 'maya' })
})

test('hosts are written one per line, or with commas', () => {
  expect(hostsOf(' a.example\n\n*.b.example, c.example:8443 ')).toEqual(['a.example', '*.b.example', 'c.example:8443'])
})

test('the form it is sent in is told in words', () => {
  expect(formOf({ kind: 'header', header_name: 'X-Api-Key' })).toBe('Header X-Api-Key')
  expect(formOf({ kind: 'basic', header_name: '' })).toBe('User name and password')
})
