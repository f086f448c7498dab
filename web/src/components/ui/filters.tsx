import { Search, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '@/lib/cn'
import { useTyped } from '@/lib/use-typed'
import { Button } from './button'
import { Input, NativeSelect } from './input'

interface FilterChoiceProps {
  label: string
  /** What it is called where nothing is chosen. */
  any: string
  value: string | undefined
  choices: readonly (readonly [value: string, words: string])[]
  onChange: (value: string | undefined) => void
}

/** One of some, or any. */
export function FilterChoice({ label, any, value, choices, onChange }: FilterChoiceProps) {
  return (
    <NativeSelect
      aria-label={label}
      className="w-auto max-w-full sm:max-w-56"
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value || undefined)}
    >
      <option value="">{any}</option>
      {choices.map(([choice, words]) => (
        <option key={choice} value={choice}>
          {words}
        </option>
      ))}
    </NativeSelect>
  )
}

interface FilterSearchProps {
  label: string
  placeholder: string
  value: string
  onSearch: (words: string) => void
  className?: string
}

/** Words to look for; the list follows while they are typed. */
export function FilterSearch({ label, placeholder, value, onSearch, className }: FilterSearchProps) {
  const [text, setText] = useTyped(value, onSearch)
  return (
    <div className={cn('relative w-full sm:w-52', className)}>
      <Search className="-translate-y-1/2 absolute top-1/2 left-2.5 size-4 text-muted-foreground" aria-hidden />
      <Input
        type="search"
        aria-label={label}
        placeholder={placeholder}
        className="pl-8"
        maxLength={200}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </div>
  )
}

/** Something that was chosen elsewhere, to be taken away. */
export function FilterChip({
  label,
  onRemove,
  children,
}: {
  label: string
  onRemove: () => void
  children: ReactNode
}) {
  return (
    <Button className="max-w-full" onClick={onRemove}>
      <span className="max-w-60 truncate sm:max-w-80">{children}</span>
      <X aria-label={label} />
    </Button>
  )
}
