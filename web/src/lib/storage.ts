/** What this browser remembers. Storage may be switched off or full: then nothing is remembered, and nothing breaks. */
const PREFIX = 'outrider.'

export function readStored<T>(key: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(PREFIX + key)
    return text === null ? otherwise : (JSON.parse(text) as T)
  } catch {
    return otherwise
  }
}

export function store(key: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value))
  } catch (error) {
    console.warn('not remembered', key, error)
  }
}
