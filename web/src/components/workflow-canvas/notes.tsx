import type { Node, NodeProps } from '@xyflow/react'
import { memo, type ReactNode } from 'react'
import type { WorkflowDefinition } from '@/api/workflows'
import { cn } from '@/lib/cn'
import type { Drawing, Point } from './layout'
import { type Data, NOTE } from './outcomes'

/** A sticky note: words on the canvas, for people. */
export interface StickyNote {
  id: string
  text: string
  colour: string
  /** Null where only a layout knows where the steps are. */
  position: Point | null
  width: number
  height: number
}

const COLOURS: Record<string, string> = {
  yellow: 'border-warning/60 bg-warning-soft text-warning-text',
  blue: 'border-info/60 bg-info-soft text-info-text',
  green: 'border-success/60 bg-success-soft text-success-text',
  pink: 'border-danger/60 bg-danger-soft text-danger-text',
  grey: 'bg-accent text-foreground',
}

export const noteSize = (data: Data): { width: number; height: number } => ({
  width: Number(data.width) || 240,
  height: Number(data.height) || 120,
})

export const noteOf = (node: { id: string; data?: Data; position?: Point | null }): StickyNote => ({
  id: node.id,
  text: typeof node.data?.text === 'string' ? node.data.text : '',
  colour: String(node.data?.colour ?? 'yellow'),
  position: node.position ?? null,
  ...noteSize(node.data ?? {}),
})

export const notesOf = ({ nodes }: WorkflowDefinition): StickyNote[] =>
  nodes.filter((node) => node.type === NOTE).map((node) => noteOf(node as Parameters<typeof noteOf>[0]))

interface PaperProps {
  colour: string
  isSelected: boolean
  children: ReactNode
}

export function Paper({ colour, isSelected, children }: PaperProps) {
  return (
    <div
      className={cn(
        'h-full overflow-hidden rounded-md border p-3 text-[13px] shadow-sm',
        COLOURS[colour] ?? COLOURS.yellow,
        isSelected && 'ring-2 ring-ring',
      )}
    >
      {children}
    </div>
  )
}

const BOLD = /\*\*(.+?)\*\*/g

/** The words of a note: Markdown with emphasis only. */
export function NoteWords({ text }: { text: string }) {
  return (
    <p className="whitespace-pre-wrap break-words">
      {text.split(BOLD).map((part, at) => (at % 2 === 1 ? <strong key={at}>{part}</strong> : part))}
    </p>
  )
}

export type ShownNote = Node<{ note: StickyNote }, 'note'>

const Note = ({ data: { note } }: NodeProps<ShownNote>) => (
  <Paper colour={note.colour} isSelected={false}>
    <NoteWords text={note.text} />
  </Paper>
)

export const SHOWN_NOTES = { note: memo(Note) }

const ASIDE = 60

/** The notes as React Flow draws them: where they were put, or in a column beside steps that only a layout placed. */
export function shownNotes(
  notes: readonly StickyNote[],
  drawing: Drawing,
  isPlaced: boolean,
  right: number,
): ShownNote[] {
  let y = Math.min(0, ...[...drawing.nodes.values()].map((place) => place.y))
  return notes.map((note) => {
    const beside = { x: right + ASIDE, y }
    y += note.height + ASIDE / 3
    const size = { width: note.width, height: note.height }
    return {
      id: note.id,
      type: 'note',
      position: (isPlaced && note.position) || beside,
      ...size,
      measured: size,
      data: { note },
      selectable: false,
      focusable: false,
      zIndex: -1,
      ariaLabel: `Note: ${note.text || 'empty'}`,
    }
  })
}
