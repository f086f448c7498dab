import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LiveConnection, type LiveEvent, live, RESET } from './connection'
import { pollWhenNotLive, Refresher, reconsiderPolling } from './use-live'

/** A socket whose other end is the test. */
class Wire {
  static all: Wire[] = []
  readyState = 1
  sent: unknown[] = []
  onopen?: () => void
  onmessage?: (message: { data: string }) => void
  onclose?: () => void
  constructor(readonly url: string) {
    Wire.all.push(this)
  }
  send(text: string) {
    this.sent.push(JSON.parse(text))
  }
  close() {
    this.onclose?.()
  }
  say(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }
}

const last = () => Wire.all.at(-1) as Wire
let connection: LiveConnection
let heard: LiveEvent[]

beforeEach(() => {
  vi.useFakeTimers()
  Wire.all = []
  heard = []
  connection = new LiveConnection(
    () => 'ws://here/api/events',
    (url) => new Wire(url) as never,
  )
  connection.onEvent((event) => heard.push(event))
  connection.start()
  last().onopen?.()
})

afterEach(() => {
  connection.stop()
  vi.useRealTimers()
})

describe('LiveConnection', () => {
  it('asks for a topic once, however many components listen', () => {
    const first = connection.subscribe(['campaigns'])
    const second = connection.subscribe(['campaigns', 'leads'])
    expect(last().sent).toEqual([{ subscribe: ['campaigns'] }, { subscribe: ['leads'] }])
    first()
    expect(last().sent).toHaveLength(2)
    second()
    expect(last().sent.at(-1)).toEqual({ unsubscribe: ['campaigns', 'leads'] })
  })

  it('resumes by the last id after an interruption, with its topics', () => {
    connection.subscribe(['campaign:7'])
    last().say({ id: 41, topic: 'campaign:7', kind: 'progress', payload: {} })
    last().close()
    expect(connection.state).toBe('connecting')
    vi.advanceTimersByTime(1000)
    expect(last().url).toBe('ws://here/api/events?last_id=41')
    last().onopen?.()
    expect(last().sent).toEqual([{ subscribe: ['campaign:7'] }])
    expect(connection.state).toBe('live')
    expect(heard.map((event) => event.kind)).toEqual(['progress'])
  })

  it('refreshes everything if there is nothing to resume by', () => {
    last().close()
    vi.advanceTimersByTime(1000)
    last().onopen?.()
    expect(heard.map((event) => event.kind)).toEqual([RESET])
  })

  it('waits longer and longer while the server is away, and says so', () => {
    for (let attempt = 0; attempt < 8; attempt += 1) {
      last().close()
      vi.advanceTimersByTime(15_000)
    }
    expect(connection.state).toBe('offline')
    const sockets = Wire.all.length
    last().close()
    vi.advanceTimersByTime(7_000)
    expect(Wire.all).toHaveLength(sockets)
    vi.advanceTimersByTime(8_001)
    expect(Wire.all).toHaveLength(sockets + 1)
  })

  it('gives up a silent socket', () => {
    const dead = last()
    // The other end is gone: nobody agrees to the end, so the browser does not tell of it for long.
    dead.close = () => {}
    vi.advanceTimersByTime(45_000)
    expect(connection.state).toBe('connecting')
    vi.advanceTimersByTime(1000)
    expect(last()).not.toBe(dead)
  })
})

describe('Refresher', () => {
  it('refreshes each resource once per pause, and one campaign alone', () => {
    const invalidateQueries = vi.fn(async () => {})
    const refresher = new Refresher({ invalidateQueries })
    for (let id = 1; id <= 50; id += 1) refresher.take({ id, topic: 'campaign:7', kind: 'progress', payload: {} })
    refresher.take({ id: 51, topic: 'leads', kind: 'changed', payload: {} })
    expect(invalidateQueries).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1000)
    expect(invalidateQueries.mock.calls).toEqual([
      [{ queryKey: ['campaigns', 'one', 7] }],
      [{ queryKey: ['leads'] }],
      [{ queryKey: ['lists'] }],
      [{ queryKey: ['timeline'] }],
    ])
  })

  it('waits for a slow answer before it asks again, and forgets nothing meanwhile', async () => {
    const ends: (() => void)[] = []
    const invalidateQueries = vi.fn(() => new Promise<void>((resolve) => ends.push(resolve)))
    const refresher = new Refresher({ invalidateQueries })
    for (let second = 0; second < 5; second += 1) {
      refresher.take({ id: second, topic: 'senders', kind: 'changed', payload: {} })
      vi.advanceTimersByTime(1000)
    }
    expect(invalidateQueries).toHaveBeenCalledTimes(1)
    ends[0]?.()
    await vi.advanceTimersByTimeAsync(1000)
    expect(invalidateQueries).toHaveBeenCalledTimes(2)
    ends[1]?.()
    await vi.advanceTimersByTimeAsync(5000)
    expect(invalidateQueries).toHaveBeenCalledTimes(2)
  })

  it('refreshes everything after a reset', () => {
    const invalidateQueries = vi.fn(async () => {})
    new Refresher({ invalidateQueries }).take({ id: 0, topic: '', kind: RESET, payload: {} })
    expect(invalidateQueries).toHaveBeenCalledWith()
  })
})

describe('pollWhenNotLive', () => {
  it('begins when the connection breaks and ends when it is back', async () => {
    const client = new QueryClient()
    const queryFn = vi.fn(async () => 1)
    live.state = 'live'
    const observer = new QueryObserver(client, { queryKey: ['x'], queryFn, refetchInterval: pollWhenNotLive })
    const stop = observer.subscribe(() => {})
    await vi.advanceTimersByTimeAsync(20_000)
    expect(queryFn).toHaveBeenCalledTimes(1)
    live.state = 'offline'
    reconsiderPolling(client)
    await vi.advanceTimersByTimeAsync(10_500)
    expect(queryFn).toHaveBeenCalledTimes(3)
    live.state = 'live'
    reconsiderPolling(client)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(queryFn).toHaveBeenCalledTimes(3)
    stop()
  })
})
