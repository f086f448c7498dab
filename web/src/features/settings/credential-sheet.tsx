import { type Credential, useAddCredential, useChangeCredential } from '@/api/credentials'
import { FormSheet } from '@/components/form/form-sheet'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect, Textarea } from '@/components/ui/input'
import { type CredentialForm, credentialForm, KINDS, type Kind, toChange, toCreate, valuesOf } from './credential-form'

const KIND_NAMES = Object.keys(KINDS) as Kind[]

/** Keeps a secret (`credential` null), or renames one, replaces its secret and changes its hosts. */
export function CredentialSheet({ credential, onClose }: { credential: Credential | null; onClose: () => void }) {
  const add = useAddCredential()
  const change = useChangeCredential()
  const save = (form: CredentialForm) =>
    credential ? change.mutateAsync({ id: credential.id, ...toChange(form) }) : add.mutateAsync(toCreate(form))
  return (
    <FormSheet<CredentialForm>
      title={credential ? 'Edit credential' : 'Add credential'}
      description="The secret is kept encrypted. Nobody can look at it again, not even you."
      action={credential ? 'Save changes' : 'Add credential'}
      schema={credentialForm(!credential)}
      defaultValues={valuesOf(credential)}
      save={save}
      onClose={onClose}
    >
      {({ register, watch, formState: { errors } }) => {
        const kind = watch('kind')
        const keep = credential ? ' Leave it empty to keep the present one.' : ''
        return (
          <>
            <Field label="Name" required error={errors.name?.message} hint="By this name steps of workflows choose it.">
              {(control) => <Input {...control} autoComplete="off" {...register('name')} />}
            </Field>
            <Field label="Description" error={errors.description?.message} hint="Whose it is, and where it comes from.">
              {(control) => <Input {...control} autoComplete="off" {...register('description')} />}
            </Field>
            {!credential && (
              <Field label="Kind" error={errors.kind?.message} hint={KINDS[kind].hint}>
                {(control) => (
                  <NativeSelect {...control} {...register('kind')}>
                    {KIND_NAMES.map((name) => (
                      <option key={name} value={name}>
                        {KINDS[name].label}
                      </option>
                    ))}
                  </NativeSelect>
                )}
              </Field>
            )}
            {kind === 'header' && (
              <Field label="Header" required error={errors.header_name?.message} hint="As in X-Api-Key.">
                {(control) => <Input {...control} autoComplete="off" spellCheck={false} {...register('header_name')} />}
              </Field>
            )}
            {kind === 'basic' && (
              <Field label="User name" required={!credential} error={errors.username?.message} hint={keep.trim()}>
                {(control) => <Input {...control} autoComplete="off" spellCheck={false} {...register('username')} />}
              </Field>
            )}
            <Field
              label={KINDS[kind].value}
              required={!credential && kind !== 'basic'}
              error={errors.value?.message}
              hint={`${credential ? KINDS[kind].hint : ''}${keep}`.trim()}
            >
              {(control) => <Input {...control} type="password" autoComplete="new-password" {...register('value')} />}
            </Field>
            <Field
              label="Allowed hosts"
              required
              error={errors.allowed_hosts?.message}
              hint="One per line: api.example.com, *.example.com for those below it, with :port where it is an unusual one. The secret is sent to no other. To allow a further host, enter the secret again."
            >
              {(control) => <Textarea {...control} rows={3} spellCheck={false} {...register('allowed_hosts')} />}
            </Field>
          </>
        )
      }}
    </FormSheet>
  )
}
