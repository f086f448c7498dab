import { ChevronDown, X } from 'lucide-react'
import { Popover as Primitive } from 'radix-ui'
import { type ComponentProps, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { cn } from '@/lib/cn'
import { Button } from './button'
import { choicesFor } from './combobox-choices'
import { Input } from './input'

export interface Option {
  value: string
  label: string
}

export interface Options {
  items: Option[]
  state: 'loading' | 'failed' | 'known'
  retry: () => void
  /** Something else than what is offered can be written as well. */
  takesOwn: boolean
}

interface ComboboxProps extends Omit<ComponentProps<'input'>, 'value' | 'onChange'> {
  options: Options
  /** Empty where nothing is chosen. */
  value: string
  onChange: (value: string) => void
  /** What is chosen already and not offered again. */
  without?: readonly string[]
  canClear?: boolean
  /** Backspace in an empty field. */
  onBack?: () => void
}

/** One of many, found by its words; arrows, Enter and Escape, as in any search. */
export function Combobox({ options, value, onChange, without, canClear, onBack, className, ...props }: ComboboxProps) {
  const [isOpen, setOpen] = useState(false)
  /** Null while nothing is typed: what is chosen is shown. */
  const [typed, setTyped] = useState<string | null>(null)
  const [at, setAt] = useState(0)
  const list = useId()
  const field = useRef<HTMLInputElement>(null)
  const chosen = options.items.find((option) => option.value === value)
  const choices = choicesFor(options, typed ?? '', without)
  const current = choices[Math.min(at, choices.length - 1)]
  const optionId = (option: Option) => `${list}-${option.value}`
  const currentId = isOpen && current ? optionId(current) : undefined
  useEffect(() => {
    if (currentId) document.getElementById(currentId)?.scrollIntoView({ block: 'nearest' })
  }, [currentId])
  const close = () => {
    setOpen(false)
    setTyped(null)
  }
  const open = () => {
    if (isOpen) return
    setOpen(true)
    setAt(Math.max(0, value ? choices.findIndex((choice) => choice.value === value) : 0))
  }
  const pick = (option: Option | undefined) => {
    if (option) onChange(option.value)
    close()
  }
  /** Leaving the field keeps own words, as any text field does. */
  const leave = () => {
    const words = typed?.trim() ?? ''
    if (words) pick(choices.find((choice) => isCalled(choice, words)))
    else close()
  }
  const press = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (by !== 0) {
      event.preventDefault()
      if (isOpen) setAt((Math.min(at, choices.length - 1) + by + choices.length) % Math.max(1, choices.length))
      else open()
    } else if (event.key === 'Enter' && isOpen) {
      event.preventDefault()
      pick(current)
    } else if (event.key === 'Escape' && isOpen) {
      event.stopPropagation()
      close()
    } else if (event.key === 'Backspace' && !typed && value === '') onBack?.()
  }
  return (
    <Primitive.Root open={isOpen} onOpenChange={(wanted) => !wanted && close()}>
      <Primitive.Anchor asChild>
        <div className={cn('relative', className)}>
          <Input
            {...props}
            ref={field}
            role="combobox"
            autoComplete="off"
            aria-autocomplete="list"
            aria-expanded={isOpen}
            aria-controls={isOpen ? list : undefined}
            aria-activedescendant={currentId}
            className={cn('truncate', canClear && value ? 'pr-14' : 'pr-8')}
            value={typed ?? chosen?.label ?? (value && (options.takesOwn ? value : absent(value, options.state)))}
            onChange={(event) => {
              setTyped(event.target.value)
              setAt(0)
              setOpen(true)
            }}
            onClick={open}
            onBlur={leave}
            onKeyDown={press}
          />
          <span className="absolute inset-y-0 right-1 flex items-center">
            {canClear && value && (
              <Button
                variant="ghost"
                size="icon-sm"
                className="size-6"
                aria-label={`Choose nothing instead of ${chosen?.label ?? value}`}
                onClick={() => {
                  onChange('')
                  field.current?.focus()
                }}
              >
                <X />
              </Button>
            )}
            <ChevronDown className="pointer-events-none mx-1 size-4 text-muted-foreground" aria-hidden />
          </span>
        </div>
      </Primitive.Anchor>
      <Primitive.Portal>
        <Primitive.Content
          role="presentation"
          align="start"
          sideOffset={4}
          className="z-50 max-h-72 w-(--radix-popover-trigger-width) min-w-48 overflow-y-auto rounded-lg border bg-surface p-1 text-[13px] text-foreground shadow-lg"
          onOpenAutoFocus={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => event.preventDefault()}
          onInteractOutside={(event) => field.current?.contains(event.target as Node) && event.preventDefault()}
          // The field keeps the focus while somebody points at its choices.
          onMouseDown={(event) => event.preventDefault()}
        >
          <div id={list} role="listbox" aria-label="Choices">
            {choices.map((choice) => (
              // biome-ignore lint/a11y/useFocusableInteractive: the field above keeps the focus
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field above takes the keys
              <div
                key={choice.value}
                id={optionId(choice)}
                role="option"
                aria-selected={choice.value === value}
                className={cn(
                  'cursor-pointer truncate rounded-md px-2 py-1.5',
                  choice === current && 'bg-accent',
                  choice.value === value && 'font-medium',
                )}
                onMouseMove={() => setAt(choices.indexOf(choice))}
                onClick={() => pick(choice)}
              >
                {choice.isOwn ? `Use “${choice.label}”` : choice.label}
              </div>
            ))}
          </div>
          <Standing options={options} typed={typed ?? ''} isEmpty={choices.length === 0} />
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}

const isCalled = (choice: Option, words: string): boolean => choice.label.toLowerCase() === words.toLowerCase()

const absent = (value: string, state: Options['state']): string => (state === 'known' ? `${value} (not there)` : value)

/** Why there is nothing to choose, or not all of it. */
function Standing({ options, typed, isEmpty }: { options: Options; typed: string; isEmpty: boolean }) {
  if (options.state === 'failed')
    return (
      <p className="flex items-center justify-between gap-2 px-2 py-1 text-danger-text" role="alert">
        They could not be loaded.
        <Button size="sm" onClick={options.retry}>
          Try again
        </Button>
      </p>
    )
  if (options.state === 'loading') return <p className="px-2 py-1.5 text-muted-foreground">Being loaded …</p>
  if (!isEmpty) return null
  const none = options.takesOwn ? 'There are none yet: write one.' : 'There are none yet.'
  return (
    <p className="px-2 py-1.5 text-muted-foreground">
      {typed.trim() ? 'Nothing is called like this.' : options.items.length > 0 ? 'All are chosen.' : none}
    </p>
  )
}
