import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { ErrorState, Skeleton } from '@/components/ui/states'
import { Checkbox } from '@/components/ui/toggles'
import { cn } from '@/lib/cn'
import { type RowActs, TableRow } from './row'
import type { Selection } from './use-selection'

const ROW_HEIGHT = 40
/** Rows before the end at which the next page is asked for. */
const LOAD_AHEAD = 30
const ALL = Number.MAX_SAFE_INTEGER
/** How many rows each key moves the active one. */
const STEPS: Record<string, number> = {
  ArrowDown: 1,
  j: 1,
  ArrowUp: -1,
  k: -1,
  PageDown: 10,
  PageUp: -10,
  Home: -ALL,
  End: ALL,
}

export interface Column<T> {
  id: string
  header: string
  cell: (row: T) => ReactNode
  /** Pixels; without it the column takes a share of what is left. */
  width?: number
  /** The word by which the API sorts by this column. */
  sort?: string
  align?: 'right'
  /** False for the column that names the row. */
  hideable?: boolean
}

/** What an infinite query of pages gives. */
export interface Rows<T> {
  items: T[]
  isPending: boolean
  isFetchingNextPage: boolean
  hasNextPage: boolean
  /** The next page may be asked for as one scrolls. */
  canLoadMore: boolean
  error: unknown
  fetchNextPage: () => unknown
  refetch: () => unknown
}

interface DataTableProps<T> {
  /** What the rows are, for screen readers: `Leads`. */
  label: string
  columns: Column<T>[]
  rows: Rows<T>
  rowId: (row: T) => number
  /** How a row is called, for screen readers. */
  rowName: (row: T) => string
  onOpen?: (row: T) => void
  /** `name`, or `-name` for the other direction. */
  sort?: string | undefined
  onSort?: (sort: string) => void
  hidden?: ReadonlySet<string>
  selection?: Selection
  /** Shown instead of rows when there are none. */
  empty: ReactNode
  className?: string
}

/** The one table: virtual rows, pages by cursor as one scrolls, sort by the server, selection, keyboard. */
export function DataTable<T>(props: DataTableProps<T>) {
  const { label, rows, rowId, rowName, onOpen, selection, empty, className } = props
  const columns = useMemo(
    () => props.columns.filter((column) => !props.hidden?.has(column.id)),
    [props.columns, props.hidden],
  )
  const scroller = useRef<HTMLDivElement>(null)
  const [activeId, setActiveId] = useState<number>()
  const { items, hasNextPage, isFetchingNextPage, canLoadMore, fetchNextPage } = rows

  // By its id: live updates put rows before it, and Enter must open the row that is marked.
  // biome-ignore lint/correctness/useExhaustiveDependencies: an id does not change with the function that tells it
  const active = useMemo(
    () => (activeId === undefined ? -1 : items.findIndex((row) => rowId(row) === activeId)),
    [items, activeId],
  )

  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    // Rows may follow the scroll bar a frame later; drawing them within the scroll event would hold it up.
    useFlushSync: false,
  })
  const visible = virtual.getVirtualItems()
  const last = visible.at(-1)?.index ?? 0

  useEffect(() => {
    if (canLoadMore && last >= items.length - LOAD_AHEAD) void fetchNextPage()
  }, [canLoadMore, last, items.length, fetchNextPage])

  const template = useMemo(
    () =>
      [selection && '40px', ...columns.map((column) => (column.width ? `${column.width}px` : 'minmax(140px, 1fr)'))]
        .filter(Boolean)
        .join(' '),
    [columns, selection],
  )
  const minWidth = columns.reduce((sum, column) => sum + (column.width ?? 140), selection ? 40 : 0)

  const open = (row: T) => {
    setActiveId(rowId(row))
    // The keys go on from here, also after whatever is opened is closed again.
    scroller.current?.focus({ preventScroll: true })
    onOpen?.(row)
  }
  // One object for all time, so that a row is drawn again only when it itself changes.
  const latest = useRef({ open, toggle: (_id: number) => {} })
  latest.current = { open, toggle: (id) => selection?.toggle(id) }
  const [acts] = useState<RowActs<T>>(() => ({
    open: (row) => latest.current.open(row),
    toggle: (id) => latest.current.toggle(id),
  }))

  const move = (step: number) => {
    const next = Math.min(items.length - 1, Math.max(0, active + step))
    setActiveId(items[next] && rowId(items[next]))
    virtual.scrollToIndex(next)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current || event.ctrlKey || event.metaKey || event.altKey) return
    const row = items[active]
    const step = STEPS[event.key]
    const isOpening = event.key === 'Enter' && row && onOpen
    const isPicking = (event.key === 'x' || event.key === ' ') && row && selection
    if (step) move(step)
    else if (isOpening) onOpen(row)
    else if (isPicking) selection.toggle(rowId(row))
    else return
    event.preventDefault()
  }

  if (rows.error && items.length === 0) return <ErrorState error={rows.error} onRetry={rows.refetch} />
  if (!rows.isPending && items.length === 0) return <>{empty}</>
  const allShown = items.length > 0 && items.every((row) => selection?.has(rowId(row)))
  const someShown = !allShown && items.some((row) => selection?.has(rowId(row)))

  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={hasNextPage ? -1 : items.length + 1}
      aria-busy={rows.isPending}
      aria-multiselectable={selection ? true : undefined}
      aria-activedescendant={visible.some(({ index }) => index === active) ? `row-${active}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      className={cn('relative min-h-0 flex-1 overflow-auto outline-offset-[-2px]', className)}
    >
      <div style={{ minWidth }}>
        <div
          role="row"
          aria-rowindex={1}
          tabIndex={-1}
          className="sticky top-0 z-10 grid h-9 items-center border-b bg-surface-sunken font-medium text-muted-foreground text-xs"
          style={{ gridTemplateColumns: template }}
        >
          {selection && (
            <span role="columnheader" tabIndex={-1} className="grid place-items-center">
              <Checkbox
                aria-label="Select all loaded rows"
                checked={allShown || (someShown && 'indeterminate')}
                onCheckedChange={() => (allShown ? selection.clear() : selection.add(items.map(rowId)))}
              />
            </span>
          )}
          {columns.map((column) => (
            <Heading key={column.id} column={column} sort={props.sort} onSort={props.onSort} />
          ))}
        </div>
        {rows.isPending ? (
          <LoadingRows columns={columns.length} template={template} />
        ) : (
          <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
            {visible.map(({ index, start }) => {
              const row = items[index] as T
              const id = rowId(row)
              return (
                <TableRow
                  key={id}
                  row={row}
                  id={id}
                  name={rowName(row)}
                  index={index}
                  start={start}
                  height={ROW_HEIGHT}
                  template={template}
                  columns={columns}
                  isActive={index === active}
                  isSelected={selection ? selection.has(id) : undefined}
                  canOpen={onOpen !== undefined}
                  acts={acts}
                />
              )
            })}
          </div>
        )}
        {isFetchingNextPage && <p className="px-3 py-2 text-muted-foreground text-xs">Loading more …</p>}
        {Boolean(rows.error) && items.length > 0 && (
          <p className="flex items-center gap-3 px-3 py-2 text-[13px] text-danger-text" role="alert">
            The next rows could not be loaded.
            <Button size="sm" onClick={() => rows.fetchNextPage()}>
              Try again
            </Button>
          </p>
        )}
      </div>
    </div>
  )
}

function Heading<T>({
  column,
  sort,
  onSort,
}: {
  column: Column<T>
  sort?: string | undefined
  onSort?: ((sort: string) => void) | undefined
}) {
  const isSorted = column.sort !== undefined && sort?.replace('-', '') === column.sort
  const isDescending = isSorted && sort?.startsWith('-')
  const Icon = isSorted ? (isDescending ? ArrowDown : ArrowUp) : ChevronsUpDown
  return (
    <span
      role="columnheader"
      tabIndex={-1}
      aria-sort={isSorted ? (isDescending ? 'descending' : 'ascending') : undefined}
      className={cn('truncate px-3', column.align === 'right' && 'text-right')}
    >
      {column.sort && onSort ? (
        <button
          type="button"
          className={cn(
            '-mx-1 inline-flex items-center gap-1 rounded px-1 hover:text-foreground',
            isSorted && 'text-foreground',
          )}
          onClick={() => onSort(isSorted && !isDescending ? `-${column.sort}` : (column.sort as string))}
        >
          {column.header}
          <Icon className={cn('size-3', !isSorted && 'opacity-40')} aria-hidden />
        </button>
      ) : (
        column.header
      )}
    </span>
  )
}

function LoadingRows({ columns, template }: { columns: number; template: string }) {
  const cells = template.split(' ').length
  return (
    <div role="rowgroup">
      {Array.from({ length: 12 }, (_, row) => (
        <div
          key={row}
          role="row"
          tabIndex={-1}
          className="grid h-10 items-center border-b"
          style={{ gridTemplateColumns: template }}
        >
          {Array.from({ length: Math.max(cells, columns) }, (_, cell) => (
            <span key={cell} role="gridcell" tabIndex={-1} className="px-3">
              <Skeleton className="h-3.5 w-3/4" />
            </span>
          ))}
        </div>
      ))}
    </div>
  )
}
