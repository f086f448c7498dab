import { expect, test } from 'vitest'
import { events, type ServerEvent } from './sse'

function streamOf(...pieces: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(typeof piece === 'string' ? encoder.encode(piece) : piece)
      controller.close()
    },
  })
}

async function all(stream: ReadableStream<Uint8Array>): Promise<ServerEvent[]> {
  const found: ServerEvent[] = []
  for await (const event of events(stream)) found.push(event)
  return found
}

test('events come out whole, however the body is cut', async () => {
  const bytes = new TextEncoder().encode(
    'event: text\ndata: {"text":"Zoë"}\n\n: a comment\n\nevent: result\ndata: {}\n\n',
  )
  const cut = [...bytes].map((byte) => new Uint8Array([byte]))
  expect(await all(streamOf(...cut))).toEqual([
    { name: 'text', data: '{"text":"Zoë"}' },
    { name: 'result', data: '{}' },
  ])
})

test('an event that was cut off is none', async () => {
  expect(await all(streamOf('event: text\ndata: 1\n\nevent: te'))).toEqual([{ name: 'text', data: '1' }])
})
