import { useEffect, useRef, useSyncExternalStore } from 'react'

/** Keyboard shortcuts that are in force, for the list that `?` shows. */
export interface Shortcut {
  /** `g d`, `j`, `mod+k`. */
  keys: string
  label: string
  group: string
  run: (event: KeyboardEvent) => void
  /** Also while a field has the focus. */
  always?: boolean
  /** Only then; otherwise the key does what it does anyway. */
  when?: (event: KeyboardEvent) => boolean
}

const registered = new Map<symbol, Shortcut[]>()
const listeners = new Set<() => void>()
let snapshot: Shortcut[] = []
let pending = ''
let pendingSince = 0
const SEQUENCE_MS = 900

function publish(): void {
  snapshot = [...registered.values()].flat()
  for (const listener of listeners) listener()
}

/** Letters belong to a field, and to an open menu, which finds its entries by them. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.closest('[role="menu"],[role="listbox"]') !== null)

function pressed(event: KeyboardEvent): string {
  const modifier = event.ctrlKey || event.metaKey ? 'mod+' : ''
  return modifier + (event.key.length === 1 ? event.key.toLowerCase() : event.key)
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.altKey || event.isComposing || event.defaultPrevented) return
  const key = pressed(event)
  const isSequence = event.timeStamp - pendingSince < SEQUENCE_MS && pending !== ''
  const full = isSequence ? `${pending} ${key}` : key
  const typing = isTyping(event.target)
  const dialogOpen = document.querySelector('[role="dialog"],[role="alertdialog"]') !== null
  const candidates = snapshot.filter(
    (shortcut) =>
      shortcut.keys === full && (shortcut.always || (!typing && !dialogOpen)) && (shortcut.when?.(event) ?? true),
  )
  pending = ''
  const found = candidates.at(-1)
  if (found) {
    event.preventDefault()
    found.run(event)
  } else if (!typing && !dialogOpen && snapshot.some((shortcut) => shortcut.keys.startsWith(`${key} `))) {
    pending = key
    pendingSince = event.timeStamp
  }
}

addEventListener('keydown', onKeyDown)

/** Puts shortcuts in force while the component is shown; of equal keys the latest wins. */
export function useShortcuts(shortcuts: Shortcut[]): void {
  const latest = useRef(shortcuts)
  latest.current = shortcuts
  const signature = shortcuts.map((shortcut) => shortcut.keys + shortcut.label).join('|')
  // biome-ignore lint/correctness/useExhaustiveDependencies: registered anew only when keys or labels change
  useEffect(() => {
    const key = Symbol('shortcuts')
    registered.set(
      key,
      latest.current.map((shortcut, index) => ({
        ...shortcut,
        run: (event) => latest.current[index]?.run(event),
        when: (event) => latest.current[index]?.when?.(event) ?? true,
      })),
    )
    publish()
    return () => {
      registered.delete(key)
      publish()
    }
  }, [signature])
}

export const useAllShortcuts = (): Shortcut[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => snapshot,
  )

const isMac = /Mac|iP(hone|ad)/.test(navigator.platform)

/** Keys as they are printed: `Ctrl` `K`. */
export const keyCaps = (keys: string): string[] =>
  keys.split(/[ +]/).map((key) => (key === 'mod' ? (isMac ? '⌘' : 'Ctrl') : key.length === 1 ? key.toUpperCase() : key))
