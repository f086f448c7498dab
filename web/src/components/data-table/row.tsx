import { memo } from 'react'
import { Checkbox } from '@/components/ui/toggles'
import { cn } from '@/lib/cn'
import type { Column } from './data-table'

/** What a row may do to its table. */
export interface RowActs<T> {
  open: (row: T) => void
  toggle: (id: number) => void
}

interface TableRowProps<T> {
  row: T
  id: number
  name: string
  index: number
  /** Pixels from the top of the first row. */
  start: number
  height: number
  template: string
  columns: Column<T>[]
  isActive: boolean
  /** Undefined in a table without selection. */
  isSelected: boolean | undefined
  canOpen: boolean
  acts: RowActs<T>
}

const CELL = 'min-w-0 truncate px-3'
const RIGHT = `${CELL} tabular text-right`

function Row<T>(props: TableRowProps<T>) {
  const { row, id, name, index, start, height, template, columns, isActive, isSelected, canOpen, acts } = props
  return (
    <div
      id={`row-${index}`}
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-active={isActive || undefined}
      data-selected={isSelected || undefined}
      onClick={() => acts.open(row)}
      onKeyDown={undefined}
      className={cn(
        'absolute inset-x-0 grid items-center border-b text-[13px] hover:bg-accent/60 data-[active]:bg-accent data-[selected]:bg-primary-soft',
        canOpen && 'cursor-pointer',
      )}
      style={{ height, transform: `translateY(${start}px)`, gridTemplateColumns: template }}
    >
      {isSelected !== undefined && (
        <span
          role="gridcell"
          tabIndex={-1}
          className="grid h-full place-items-center"
          onClick={(event) => event.stopPropagation()}
          onKeyDown={undefined}
        >
          <Checkbox aria-label={`Select ${name}`} checked={isSelected} onCheckedChange={() => acts.toggle(id)} />
        </span>
      )}
      {columns.map((column) => (
        <span key={column.id} role="gridcell" tabIndex={-1} className={column.align === 'right' ? RIGHT : CELL}>
          {column.cell(row)}
        </span>
      ))}
    </div>
  )
}

/** A row that is drawn again only when something of its own changes: scrolling draws only those that come into view. */
export const TableRow = memo(Row) as typeof Row
