import { describe, expect, it } from 'vitest'
import { remove, setData } from './document'
import { DOC, SPECIFICATIONS } from './fixtures'
import { historyOf, record, redo, undo } from './history'
import { EditorStore } from './store'

const typed = (doc: typeof DOC, prompt: string) => setData(doc, 'sms', { prompt }, SPECIFICATIONS)

describe('history', () => {
  it('takes typing in one field back at once', () => {
    let history = historyOf(DOC)
    history = record(history, typed(DOC, 'H'), 'sms.prompt', 1000)
    history = record(history, typed(DOC, 'Hi'), 'sms.prompt', 1200)
    expect(undo(history).present).toBe(DOC)
    expect(redo(undo(history)).present).toBe(history.present)
  })
  it('keeps apart what is typed after a pause, elsewhere, or after an undo', () => {
    let history = record(historyOf(DOC), typed(DOC, 'H'), 'sms.prompt', 1000)
    history = record(history, typed(DOC, 'Hi'), 'sms.prompt', 9000)
    history = record(history, typed(DOC, 'Ho'), 'other', 9100)
    expect(history.past).toHaveLength(3)
    const back = record(undo(history), typed(DOC, 'Hu'), 'other', 9200)
    expect(back.future).toEqual([])
    expect(back.past).toHaveLength(3)
  })
  it('does not count what changes nothing', () => {
    const history = historyOf(DOC)
    expect(record(history, DOC, null, 0)).toBe(history)
    expect(undo(history)).toBe(history)
    expect(redo(history)).toBe(history)
  })
})

describe('EditorStore', () => {
  it('selects nothing that is gone', () => {
    const store = new EditorStore(DOC)
    store.select(['sms', 'end'])
    store.edit((doc) => remove(doc, new Set(['sms'])))
    expect([...store.get().selected]).toEqual(['end'])
    store.undo()
    expect(store.doc).toBe(DOC)
  })
  it('tells only of real changes', () => {
    const store = new EditorStore(DOC)
    let told = 0
    store.subscribe(() => {
      told += 1
    })
    store.select(['sms'])
    store.select(['sms'])
    store.edit((doc) => doc)
    store.undo()
    expect(told).toBe(1)
  })
})
