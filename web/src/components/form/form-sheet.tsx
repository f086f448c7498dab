import { useBlocker } from '@tanstack/react-router'
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react'
import type { FieldValues } from 'react-hook-form'
import { Button } from '@/components/ui/button'
import { Confirm, Dialog, DialogContent } from '@/components/ui/dialog'
import { Kbd } from '@/components/ui/misc'
import { Notice } from '@/components/ui/states'
import { keyCaps } from '@/lib/shortcuts'
import { type ApiForm, useApiForm } from './use-api-form'

interface FormSheetProps<Values extends FieldValues> extends Omit<Parameters<typeof useApiForm<Values>>[0], 'onSaved'> {
  title: string
  description?: ReactNode
  /** The button that saves: `Create agent`. */
  action: string
  onClose: () => void
  /** The fields. */
  children: (form: ApiForm<Values>['form']) => ReactNode
}

/** A form in a sheet. Mod+Enter saves; whoever leaves with changes is asked first, whichever way they leave. */
export function FormSheet<Values extends FieldValues>(props: FormSheetProps<Values>) {
  const { title, description, action, onClose, children } = props
  const id = useId()
  const isLeaving = useRef(false)
  const [isAsking, setAsking] = useState(false)
  const leave = () => {
    isLeaving.current = true
    onClose()
  }
  const { form, onSubmit, problem } = useApiForm({ ...props, onSaved: leave })
  const { isDirty, isSubmitting } = form.formState
  const isChanged = () => isDirty && !isLeaving.current
  const blocker = useBlocker({ shouldBlockFn: isChanged, enableBeforeUnload: isChanged, withResolver: true })
  const isBlocked = blocker.status === 'blocked'
  const stay = () => {
    setAsking(false)
    blocker.reset?.()
  }
  const saveByKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) void onSubmit()
  }
  return (
    <>
      <Dialog open onOpenChange={() => (isChanged() ? setAsking(true) : leave())}>
        <DialogContent
          side="right"
          title={title}
          description={description}
          onKeyDown={saveByKey}
          onOpenAutoFocus={(event) => {
            event.preventDefault()
            document.getElementById(id)?.querySelector<HTMLElement>('input, textarea, select')?.focus()
          }}
          footer={
            <>
              <span className="mr-auto hidden items-center gap-1 text-muted-foreground text-xs sm:flex">
                {[...keyCaps('mod'), 'Enter'].map((cap) => (
                  <Kbd key={cap}>{cap}</Kbd>
                ))}
                saves
              </span>
              <Button onClick={() => (isChanged() ? setAsking(true) : leave())}>Cancel</Button>
              <Button type="submit" form={id} variant="primary" isBusy={isSubmitting}>
                {action}
              </Button>
            </>
          }
        >
          <form id={id} noValidate className="grid gap-5" onSubmit={onSubmit}>
            {problem && (
              <Notice tone="danger">
                <span role="alert">{[problem.detail || problem.title, problem.remedy].filter(Boolean).join(' ')}</span>
              </Notice>
            )}
            {children(form)}
          </form>
        </DialogContent>
      </Dialog>
      <Confirm
        open={isAsking || isBlocked}
        onOpenChange={(open) => !open && stay()}
        title="Leave without saving?"
        description="What you changed here will be lost."
        action="Leave"
        stay="Keep editing"
        isDangerous
        onConfirm={() => {
          setAsking(false)
          if (isBlocked) blocker.proceed()
          else leave()
        }}
      />
    </>
  )
}
