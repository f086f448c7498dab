/** Server-sent events of an answer to a POST, which the browser's own EventSource can't make. */

export interface ServerEvent {
  name: string
  data: string
}

/** The events of a body as they come (HTML standard, "Server-sent events", as far as our server uses it). */
export async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      rest += decoder.decode(value, { stream: !done })
      const blocks = rest.split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const event = read(block)
        if (event) yield event
      }
      if (done) return
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function read(block: string): ServerEvent | null {
  const lines = block.split('\n')
  const field = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).replace(/^ /, ''))
  const found = field('data')
  return found.length ? { name: field('event')[0] ?? 'message', data: found.join('\n') } : null
}
