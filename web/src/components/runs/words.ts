/** What happens to runs, in words. */
import type { RunEffect, RunStatus, WaitKind } from '@/api/runs'
import type { Tone } from '@/components/ui/badge'
import { formatDuration, humanize } from '@/lib/format'

export const RUN_STATUSES: Record<RunStatus, { label: string; tone: Tone }> = {
  waiting: { label: 'Waiting', tone: 'warning' },
  completed: { label: 'Completed', tone: 'success' },
  failed: { label: 'Failed', tone: 'danger' },
  stopped: { label: 'Stopped', tone: 'neutral' },
  cancelled: { label: 'Cancelled', tone: 'neutral' },
}

const STOP_REASONS: Record<string, string> = {
  replied: 'The lead answered, so the further steps were not wanted any more.',
  opted_out: 'The lead opted out.',
  suppressed: 'The number must not be contacted any more.',
  cancelled: 'It was cancelled, or its campaign was.',
  lead_gone: 'The lead was deleted.',
}

/** Why a run ended early; unknown reasons are shown as they are named. */
export const stopWords = (reason: string | null): string => (reason ? (STOP_REASONS[reason] ?? humanize(reason)) : '')

const WAITS: Record<WaitKind, string> = {
  timer: 'Waits',
  reply: 'Waits for an answer',
  approval: 'Waits for a decision',
  effect: 'Waits for something outside',
  call: 'Waits for a call',
}

export const waitLabel = (kind: WaitKind): string => WAITS[kind] ?? humanize(kind)

/** `Mon 30 Mar 09:00`, on the clock of a time zone; the year only where it is another one. */
export function zonedTime(at: string, zone: string, now = new Date()): string {
  const when = new Date(at)
  const parts = (zoned: Date) =>
    Object.fromEntries(
      new Intl.DateTimeFormat('en-GB', {
        weekday: 'short',
        day: 'numeric',
        month: 'short',
        year: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        timeZone: zone,
      })
        .formatToParts(zoned)
        .map((part) => [part.type, part.value]),
    )
  const { weekday, day, month, year, hour, minute } = parts(when)
  return [weekday, day, month, year !== parts(now).year && year, `${hour}:${minute}`].filter(Boolean).join(' ')
}

/** When a wait ends by itself, on the lead's clock: `until Mon 30 Mar 09:00 (lead’s time)`. */
export function untilWords(wait: { kind: WaitKind; due_at: string | null }, zone: string, now = new Date()): string {
  if (!wait.due_at) return 'for as long as it takes'
  if (new Date(wait.due_at) <= now) return 'goes on in a moment'
  const until = `until ${zonedTime(wait.due_at, zone, now)} (lead’s time)`
  return wait.kind === 'timer' ? until : `${until} at the latest`
}

const EFFECT_KINDS: Record<string, string> = {
  webhook: 'Webhook call',
  webhook_call: 'Webhook call',
  book_meeting: 'Meeting',
  place_call: 'Call',
  call: 'Call',
}

export const effectLabel = (kind: string): string => EFFECT_KINDS[kind] ?? humanize(kind)

export const EFFECT_STATES: Record<RunEffect['state'], { label: string; tone: Tone; words: string }> = {
  queued: { label: 'Queued', tone: 'neutral', words: 'It is carried out in a moment, or tried again later.' },
  working: { label: 'Under way', tone: 'info', words: 'It is being carried out.' },
  done: { label: 'Done', tone: 'success', words: '' },
  failed: { label: 'Failed', tone: 'danger', words: 'It did not happen.' },
  unknown: {
    label: 'Not sure',
    tone: 'warning',
    words: 'Nobody knows whether it happened, so it is not repeated. Look there, then say what became of it.',
  },
  cancelled: { label: 'Never left', tone: 'neutral', words: 'The run was cancelled before it began.' },
}

/** How long a run took, or has taken so far. */
export function lastedWords(run: { started_at: string; finished_at: string | null }, now = Date.now()): string {
  const end = run.finished_at ? Date.parse(run.finished_at) : now
  return formatDuration(Math.max(0, end - Date.parse(run.started_at)) / 1000)
}

/** `outer/inner` → the inner node's own id. */
export const ownId = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
