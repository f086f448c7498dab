/** What keys and menus do to the document of an editor. */
import type { NodeSpecification } from '@/api/workflows'
import type { Point } from '@/components/workflow-canvas/layout'
import { addStep, freePlace, type Place } from './adding'
import { type Fragment, fragmentFrom, fragmentOf, paste, textOf } from './clipboard'
import { disconnect, moveNodes, remove, specificationsByType, toggleDisabled } from './document'
import type { EditorStore } from './store'
import { drawingOf, placed } from './tidy'
import { type Direction, neighbour } from './walking'

const STEP = 20
const PASTE_OFFSET = 40

export class Commands {
  private readonly byType

  constructor(
    private readonly store: EditorStore,
    private readonly specifications: NodeSpecification[],
  ) {
    this.byType = specificationsByType(specifications)
  }

  add(type: string, place: Place): string {
    const added = addStep(this.store.doc, type, place, this.byType)
    this.store.edit(() => added.doc)
    this.store.reveal(added.id)
    return added.id
  }

  remove(): void {
    const { selected, selectedEdge } = this.store.get()
    if (selectedEdge) this.store.edit((doc) => disconnect(doc, selectedEdge))
    else if (selected.size > 0) this.store.edit((doc) => remove(doc, selected))
  }

  toggle(): void {
    const { selected } = this.store.get()
    if (selected.size > 0) this.store.edit((doc) => toggleDisabled(doc, selected))
  }

  /** The selected steps as text for the clipboard; null if none are selected. */
  copied(): string | null {
    const { selected } = this.store.get()
    return selected.size > 0 ? textOf(fragmentOf(this.store.doc, selected)) : null
  }

  /** True if the text held steps. */
  paste(text: string, at?: Point): boolean {
    const fragment = fragmentFrom(text)
    if (fragment) this.insert(fragment, at)
    return fragment !== null
  }

  duplicate(): void {
    const { selected } = this.store.get()
    if (selected.size > 0) this.insert(fragmentOf(this.store.doc, selected))
  }

  private insert(fragment: Fragment, at?: Point): void {
    const left = Math.min(...fragment.nodes.map((node) => node.position.x))
    const top = Math.min(...fragment.nodes.map((node) => node.position.y))
    const offset = at ? { x: at.x - left, y: at.y - top } : this.freeOffset(fragment)
    const pasted = paste(this.store.doc, fragment, offset)
    this.store.edit(() => pasted.doc)
    this.store.select(pasted.ids)
  }

  /** How far copies lie from what they were made of, covering nothing. */
  private freeOffset({ nodes }: Fragment): Point {
    const moved = nodes.map((node) => ({
      ...node,
      position: { x: node.position.x + PASTE_OFFSET, y: node.position.y + PASTE_OFFSET },
    }))
    const free = freePlace(this.store.doc, moved, this.byType)
    return { x: PASTE_OFFSET + free.x - (moved[0]?.position.x ?? 0), y: PASTE_OFFSET }
  }

  selectAll(): void {
    this.store.select(this.store.doc.nodes.map((node) => node.id))
  }

  tidy(): void {
    const drawing = drawingOf(this.store.doc, this.specifications)
    this.store.arrange(placed(this.store.doc, drawing), drawing)
  }

  /** Moves the selected nodes a little. */
  nudge(direction: Direction): void {
    const { selected } = this.store.get()
    const x = direction === 'ArrowLeft' ? -STEP : direction === 'ArrowRight' ? STEP : 0
    const y = direction === 'ArrowUp' ? -STEP : direction === 'ArrowDown' ? STEP : 0
    const places = this.store.doc.nodes
      .filter((node) => selected.has(node.id))
      .map((node): [string, Point] => [node.id, { x: node.position.x + x, y: node.position.y + y }])
    this.store.edit((doc) => moveNodes(doc, new Map(places)), 'nudge')
  }

  /** Selects the nearest node in this direction; the first one if none is selected. */
  walk(direction: Direction): string | undefined {
    const [from] = this.store.get().selected
    const next = from ? neighbour(this.store.doc, from, direction) : this.store.doc.nodes[0]?.id
    if (next) this.store.select([next])
    return next
  }
}
