import { Braces } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/menu'
import { useStepForm } from './form-context'
import { searchVariables } from './variables'

/** Everything an expression of this step can name, by search; the chosen one is put where the caret is. */
export function VariablePicker({ label, onPick }: { label: string; onPick: (path: string) => void }) {
  const { variables } = useStepForm()
  const [isOpen, setOpen] = useState(false)
  const [words, setWords] = useState('')
  const groups = searchVariables(variables, words)
  const pick = (path: string) => {
    setOpen(false)
    setWords('')
    onPick(path)
  }
  return (
    <Popover open={isOpen} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <Button variant="ghost" size="icon-sm" aria-label={`Insert a variable into ${label}`} title="Insert a variable">
          <Braces />
        </Button>
      </PopoverTrigger>
      <PopoverContent align="end" className="flex max-h-96 w-80 flex-col gap-2 p-2">
        <Input
          type="search"
          aria-label="Search variables"
          placeholder="Search variables"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          onKeyDown={(event) => {
            const first = groups[0]?.variables[0]
            if (event.key !== 'Enter' || !first) return
            event.preventDefault()
            pick(first.path)
          }}
        />
        <div className="min-h-0 flex-1 overflow-y-auto">
          {groups.length === 0 && (
            <p className="p-2 text-[13px] text-muted-foreground">
              {variables.length === 0 ? 'Nothing is known here yet.' : 'Nothing is called like this.'}
            </p>
          )}
          {groups.map((group) => (
            <section key={group.name} aria-label={group.name}>
              <p className="px-2 pt-1.5 pb-0.5 font-medium text-muted-foreground text-xs">{group.name}</p>
              <ul>
                {group.variables.map((variable) => (
                  <li key={variable.path}>
                    <button
                      type="button"
                      title={variable.description}
                      className="flex w-full items-baseline gap-2 rounded-md px-2 py-1 text-left text-[13px] hover:bg-accent focus-visible:bg-accent"
                      onClick={() => pick(variable.path)}
                    >
                      <span className="min-w-0 flex-1 truncate">{variable.label}</span>
                      <code className="max-w-44 truncate text-muted-foreground text-xs">{variable.path}</code>
                    </button>
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </div>
      </PopoverContent>
    </Popover>
  )
}
