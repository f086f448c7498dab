import { type QueryClient, type QueryKey, useQueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { type LiveEvent, type LiveState, live, RESET } from './connection'

/** What each topic makes stale: the first part of the query keys of that resource. */
const STALE: Record<string, string[]> = {
  campaigns: ['campaigns', 'dashboard', 'timeline'],
  campaign: ['campaigns'],
  conversations: ['conversations', 'dashboard', 'timeline'],
  conversation: ['conversation', 'handset'],
  leads: ['leads', 'lists', 'timeline'],
  imports: ['imports', 'leads', 'lists'],
  senders: ['senders'],
  suppressions: ['suppressions', 'conversations', 'conversation', 'timeline'],
  jobs: ['jobs', 'dashboard'],
  approvals: ['approvals', 'dashboard'],
  bookings: ['bookings', 'calendars', 'timeline'],
  notifications: ['notifications'],
  webhooks: ['outgoing-webhooks'],
  credentials: ['credentials'],
  crm: ['crm'],
  budgets: ['budgets', 'models'],
  evals: ['evals'],
  eval: ['evals'],
  runs: ['runs'],
  run: ['runs'],
  agents: ['agents'],
  agent: ['agents'],
}
/** However fast events come, a list is asked for at most this often. */
const PAUSE_MS = 1000

/** Collects events and refreshes what they made stale, each resource at most once per pause. */
export class Refresher {
  private readonly due = new Map<string, QueryKey>()
  /** What is being asked for: asking again before the answer would throw that away, and a slow one would never come. */
  private readonly running = new Set<string>()
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly client: Pick<QueryClient, 'invalidateQueries'>) {}

  take(event: LiveEvent): void {
    if (event.kind === RESET) {
      this.due.clear()
      void this.client.invalidateQueries()
      return
    }
    const [name = '', id] = event.topic.split(':')
    for (const resource of STALE[name] ?? []) {
      const key: QueryKey = id && resource.startsWith(name) ? [resource, 'one', Number(id)] : [resource]
      this.due.set(JSON.stringify(key), key)
    }
    this.timer ??= setTimeout(() => this.flush(), PAUSE_MS)
  }

  flush(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    for (const [name, queryKey] of this.due) {
      if (this.running.has(name)) continue
      this.due.delete(name)
      this.running.add(name)
      void this.client.invalidateQueries({ queryKey }).finally(() => {
        this.running.delete(name)
        if (this.due.has(name)) this.timer ??= setTimeout(() => this.flush(), PAUSE_MS)
      })
    }
  }
}

/** A query works out `pollWhenNotLive` only when something of its own changes; the connection is nothing of its own. */
export function reconsiderPolling(client: QueryClient): void {
  for (const query of client.getQueryCache().getAll())
    for (const observer of query.observers) observer.setOptions(observer.options)
}

/** Connects the page; once, at the root. */
export function useLiveUpdates(): void {
  const client = useQueryClient()
  useEffect(() => {
    const refresher = new Refresher(client)
    const stopHandling = live.onEvent((event) => refresher.take(event))
    const retry = () => document.visibilityState === 'visible' && live.retryNow()
    const stopWatching = live.onState(() => reconsiderPolling(client))
    addEventListener('online', retry)
    document.addEventListener('visibilitychange', retry)
    live.start()
    return () => {
      stopHandling()
      stopWatching()
      removeEventListener('online', retry)
      document.removeEventListener('visibilitychange', retry)
      live.stop()
    }
  }, [client])
}

/** Hears these topics while the component is shown. */
export function useTopics(...topics: string[]): void {
  const key = topics.join(' ')
  useEffect(() => live.subscribe(key.split(' ').filter(Boolean)), [key])
}

export const useLiveState = (): LiveState =>
  useSyncExternalStore(
    (listener) => live.onState(listener),
    () => live.state,
  )

const POLL_MS = 5000

/** `refetchInterval` of a query that live updates keep fresh: polls only while they are away. */
export const pollWhenNotLive = (): number | false => (live.state === 'live' ? false : POLL_MS)
