import { useReactFlow } from '@xyflow/react'
import { useEffect, useRef } from 'react'
import { useShortcuts } from '@/lib/shortcuts'
import { toast } from '@/lib/toast'
import type { Commands } from './commands'
import { useEditorStore } from './store'
import type { Direction } from './walking'

const GROUP = 'Workflow'
const FIT_MS = 200

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

const isDirection = (key: string): key is Direction => /^Arrow(?:Up|Down|Left|Right)$/.test(key)

/** Keys that move within lists and menus belong to these. */
const isOnCanvas = (event: KeyboardEvent): boolean =>
  event.target === document.body || (event.target instanceof Element && event.target.closest('.react-flow') !== null)

/** Text that somebody marked is what they want to copy. */
const hasMarkedText = (): boolean => (getSelection()?.toString() ?? '') !== ''

/** The keys of the editor; `?` lists them. */
export function EditorKeys({ commands, onSave }: { commands: Commands; onSave: () => void }) {
  const store = useEditorStore()
  const flow = useReactFlow()
  const focus = (id: string | undefined) => {
    if (!id) return
    const node = flow.getNode(id)
    if (node)
      void flow.setCenter(node.position.x + 116, node.position.y + 50, { zoom: flow.getZoom(), duration: FIT_MS })
    document
      .querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`)
      ?.focus({ preventScroll: true })
  }
  const arrow = useRef((_: Direction, __: boolean) => {})
  arrow.current = (direction, isMoving) => {
    if (isMoving) commands.nudge(direction)
    else focus(commands.walk(direction))
  }
  const hasSelection = () => store.get().selected.size > 0 || store.get().selectedEdge !== null
  const add = () => {
    const { selected, selectedEdge } = store.get()
    const [id] = selected
    if (selectedEdge) store.choose({ kind: 'edge', edge: selectedEdge })
    else if (id) store.choose({ kind: 'after', id })
    else store.choose({ kind: 'at', position: { x: 0, y: 0 } })
  }
  const key = (
    keys: string,
    label: string,
    run: (event: KeyboardEvent) => void,
    when?: (event: KeyboardEvent) => boolean,
  ) => ({
    keys,
    label,
    group: GROUP,
    run,
    ...(when && { when }),
  })
  const never = () => false
  useShortcuts([
    { ...key('mod+s', 'Save now', onSave), always: true },
    key(
      'Tab',
      'Add a step after the selected one',
      add,
      (event) => isOnCanvas(event) && !event.shiftKey && hasSelection(),
    ),
    key('a', 'Add a step', add),
    key('d', 'Switch steps off or on', () => commands.toggle()),
    key('F2', 'Rename', () => {
      const [id] = store.get().selected
      if (id) store.rename(id)
    }),
    key('Delete', 'Delete', () => commands.remove()),
    key('Backspace', 'Delete', () => commands.remove(), isOnCanvas),
    key('mod+z', 'Undo (with Shift: redo)', (event) => (event.shiftKey ? store.redo() : store.undo())),
    key('mod+y', 'Redo', () => store.redo()),
    key('mod+c', 'Copy', () => {}, never),
    key('mod+x', 'Cut', () => {}, never),
    key('mod+v', 'Paste, also from another workflow', () => {}, never),
    key('mod+d', 'Duplicate', () => commands.duplicate()),
    key('mod+a', 'Select all', () => commands.selectAll(), isOnCanvas),
    key('ArrowUp', 'Walk up (with Shift: move)', () => {}, never),
    key('ArrowDown', 'Walk down (with Shift: move)', () => {}, never),
    key('ArrowLeft', 'Walk left (with Shift: move)', () => {}, never),
    key('ArrowRight', 'Walk right (with Shift: move)', () => {}, never),
    key('l', 'Arrange by itself', () => {
      commands.tidy()
      requestAnimationFrame(() => void flow.fitView({ padding: 0.15, maxZoom: 1, duration: FIT_MS }))
    }),
    key('1', 'Show everything', () => void flow.fitView({ padding: 0.15, maxZoom: 1, duration: FIT_MS })),
    key('0', 'Full size', () => void flow.zoomTo(1, { duration: FIT_MS })),
    key('+', 'Closer', () => void flow.zoomIn({ duration: FIT_MS })),
    key('-', 'Further away', () => void flow.zoomOut({ duration: FIT_MS })),
    key('Escape', 'Select nothing', () => store.select([]), isOnCanvas),
  ])
  useEffect(() => {
    // Before React Flow, which would move the node that has the focus.
    const press = (event: KeyboardEvent) => {
      const isOpen = document.querySelector('[role="dialog"],[role="alertdialog"],[role="menu"]') !== null
      if (!isDirection(event.key) || isOpen || isField(event.target) || !isOnCanvas(event)) return
      if (event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      event.stopPropagation()
      arrow.current(event.key, event.shiftKey)
    }
    addEventListener('keydown', press, { capture: true })
    return () => removeEventListener('keydown', press, { capture: true })
  }, [])
  useEffect(() => {
    // The browser's own events: they need no permission, and bring what was copied elsewhere.
    const copy = (event: ClipboardEvent) => {
      const text = isField(event.target) || hasMarkedText() ? null : commands.copied()
      if (text === null) return
      event.clipboardData?.setData('text/plain', text)
      event.preventDefault()
      if (event.type === 'cut') commands.remove()
    }
    const paste = (event: ClipboardEvent) => {
      if (isField(event.target)) return
      const text = event.clipboardData?.getData('text/plain') ?? ''
      if (commands.paste(text)) event.preventDefault()
      else if (text.trim()) toast('There are no steps on the clipboard')
    }
    document.addEventListener('copy', copy)
    document.addEventListener('cut', copy)
    document.addEventListener('paste', paste)
    return () => {
      document.removeEventListener('copy', copy)
      document.removeEventListener('cut', copy)
      document.removeEventListener('paste', paste)
    }
  }, [commands])
  return null
}
