/** One WebSocket to `/api/events` for the whole page: topics, resume by the last id, reconnect with backoff. */

export interface LiveEvent {
  id: number
  topic: string
  kind: string
  payload: Record<string, unknown>
}

export type LiveState = 'connecting' | 'live' | 'offline'

/** Events are missing between the last one and now: everything shown must be asked for again. */
export const RESET = 'reset'
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 15_000
/** The server beats every 20 s; a socket that is silent for longer is dead. */
const SILENCE_MS = 45_000

type Open = (url: string) => WebSocket

export class LiveConnection {
  private socket: WebSocket | null = null
  private readonly topics = new Map<string, number>()
  private readonly handlers = new Set<(event: LiveEvent) => void>()
  private readonly stateListeners = new Set<() => void>()
  private lastId = 0
  private failures = 0
  private wasLive = false
  private timer: ReturnType<typeof setTimeout> | undefined
  private watchdog: ReturnType<typeof setTimeout> | undefined
  state: LiveState = 'connecting'

  constructor(
    private readonly address: () => string,
    private readonly open: Open = (url) => new WebSocket(url),
  ) {}

  start(): void {
    this.connect()
  }

  stop(): void {
    clearTimeout(this.timer)
    clearTimeout(this.watchdog)
    const socket = this.socket
    this.socket = null
    socket?.close()
  }

  /** Tries at once, after the browser came back online or the page into view. */
  retryNow(): void {
    if (this.state === 'live' || this.socket?.readyState === WebSocket.CONNECTING) return
    clearTimeout(this.timer)
    this.connect()
  }

  /** Listens to topics until the returned function is called. */
  subscribe(topics: string[]): () => void {
    const fresh = topics.filter((topic) => !this.topics.has(topic))
    for (const topic of topics) this.topics.set(topic, (this.topics.get(topic) ?? 0) + 1)
    if (fresh.length) this.send({ subscribe: fresh })
    return () => {
      const gone = topics.filter((topic) => this.topics.get(topic) === 1)
      for (const topic of topics) {
        const count = (this.topics.get(topic) ?? 1) - 1
        if (count > 0) this.topics.set(topic, count)
        else this.topics.delete(topic)
      }
      if (gone.length) this.send({ unsubscribe: gone })
    }
  }

  onEvent(handler: (event: LiveEvent) => void): () => void {
    this.handlers.add(handler)
    return () => this.handlers.delete(handler)
  }

  onState(listener: () => void): () => void {
    this.stateListeners.add(listener)
    return () => this.stateListeners.delete(listener)
  }

  private connect(): void {
    this.become(this.failures > 1 ? 'offline' : 'connecting')
    const query = this.lastId ? `?last_id=${this.lastId}` : ''
    const socket = this.open(this.address() + query)
    this.socket = socket
    socket.onopen = () => {
      this.failures = 0
      this.become('live')
      this.watch()
      if (this.topics.size) this.send({ subscribe: [...this.topics.keys()] })
      // What happened before the first id is known can't be resumed, only asked for again.
      if (this.wasLive && !this.lastId) this.emit({ id: 0, topic: '', kind: RESET, payload: {} })
      this.wasLive = true
    }
    socket.onmessage = (message) => {
      if (this.socket === socket) this.receive(String(message.data))
    }
    socket.onclose = () => {
      if (this.socket === socket) this.reconnect()
    }
  }

  private receive(text: string): void {
    this.watch()
    const frame = JSON.parse(text) as Partial<LiveEvent>
    if (frame.id) this.lastId = Math.max(this.lastId, frame.id)
    if (frame.kind === 'ready' || frame.kind === 'heartbeat') return
    if (frame.kind === 'error') {
      console.warn('live updates', frame)
      return
    }
    this.emit({ id: frame.id ?? 0, topic: frame.topic ?? '', kind: frame.kind ?? '', payload: frame.payload ?? {} })
  }

  private emit(event: LiveEvent): void {
    for (const handler of this.handlers) handler(event)
  }

  private send(frame: object): void {
    if (this.state === 'live') this.socket?.send(JSON.stringify(frame))
  }

  private watch(): void {
    clearTimeout(this.watchdog)
    this.watchdog = setTimeout(() => this.drop(), SILENCE_MS)
  }

  /** Without waiting for the other end to agree: it is gone, and the browser would wait for it for a minute. */
  private drop(): void {
    const socket = this.socket
    this.socket = null
    socket?.close()
    this.reconnect()
  }

  private reconnect(): void {
    clearTimeout(this.watchdog)
    this.failures += 1
    this.become(this.failures > 1 ? 'offline' : 'connecting')
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.failures - 1))
    this.timer = setTimeout(() => this.connect(), pause * (0.5 + Math.random() / 2))
  }

  private become(state: LiveState): void {
    if (this.state === state) return
    this.state = state
    for (const listener of this.stateListeners) listener()
  }
}

export const live = new LiveConnection(() => `${location.origin.replace(/^http/, 'ws')}/api/events`)
