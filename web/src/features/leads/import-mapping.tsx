import type { ImportPreview, PreviewColumn } from '@/api/imports'
import { Card, CardHeader } from '@/components/ui/card'
import { NativeSelect } from '@/components/ui/input'
import { ATTRIBUTE, attributeOf, type Choices, fieldLabel, whyMapped } from './importing'

interface ImportMappingProps {
  preview: ImportPreview
  choices: Choices
  problems: Record<string, string>
  onChoose: (column: string, target: string | null) => void
}

const LEFT_OUT = ''

/** What each column of the file becomes, with a few of its values and the reason. */
export function ImportMapping({ preview, choices, problems, onChoose }: ImportMappingProps) {
  const fields = preview.fields.toSorted((one, other) => fieldLabel(one).localeCompare(fieldLabel(other)))
  return (
    <Card>
      <CardHeader
        title="Columns"
        description="What becomes of each column. Change what is not right; the sample below follows at once."
      />
      <ul className="divide-y border-t">
        {preview.columns.map((column) => (
          <MappedColumn
            key={column.name}
            column={column}
            target={column.name in choices ? (choices[column.name] ?? null) : column.target}
            isChosen={column.name in choices}
            fields={fields}
            problem={problems[column.name]}
            onChoose={(target) => onChoose(column.name, target)}
          />
        ))}
      </ul>
    </Card>
  )
}

interface MappedColumnProps {
  column: PreviewColumn
  target: string | null
  isChosen: boolean
  fields: string[]
  problem: string | undefined
  onChoose: (target: string | null) => void
}

function MappedColumn({ column, target, isChosen, fields, problem, onChoose }: MappedColumnProps) {
  const attribute = target?.startsWith(ATTRIBUTE) ? target : attributeOf(column.name)
  return (
    <li className="grid items-center gap-x-4 gap-y-1.5 px-4 py-2.5 sm:grid-cols-[minmax(0,1fr)_13rem_11rem]">
      <div className="min-w-0">
        <p className="truncate font-medium text-sm">{column.name}</p>
        <p className="truncate text-[13px] text-muted-foreground">
          {column.samples.length > 0 ? column.samples.join(' · ') : 'Empty in the first rows'}
        </p>
      </div>
      <NativeSelect
        aria-label={`Field for the column ${column.name}`}
        aria-invalid={problem ? true : undefined}
        value={target ?? LEFT_OUT}
        onChange={(event) => onChoose(event.target.value || null)}
      >
        <option value={LEFT_OUT}>Leave out</option>
        <option value={attribute}>Custom field: {fieldLabel(attribute)}</option>
        <optgroup label="Fields">
          {fields.map((field) => (
            <option key={field} value={field}>
              {fieldLabel(field)}
            </option>
          ))}
        </optgroup>
      </NativeSelect>
      <p className="text-muted-foreground text-xs">
        {whyMapped(isChosen && target !== null ? 'choice' : isChosen ? 'left out' : column.by)}
      </p>
      {problem && (
        <p role="alert" className="text-[13px] text-danger-text sm:col-span-3">
          {problem}
        </p>
      )}
    </li>
  )
}
