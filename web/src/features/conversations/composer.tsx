import { Lock, Send, Sparkles } from 'lucide-react'
import { type KeyboardEvent, type Ref, useId, useImperativeHandle, useRef } from 'react'
import type { Conversation } from '@/api/conversations'
import { segmentWords } from '@/components/conversation/segments'
import { Button } from '@/components/ui/button'
import { Kbd } from '@/components/ui/misc'
import { Notice } from '@/components/ui/states'
import { Segmented } from '@/components/ui/toggles'
import { cn } from '@/lib/cn'
import { formatNumber, formatPhone } from '@/lib/format'
import { keyCaps } from '@/lib/shortcuts'
import { adviceFor, MOST_CHARACTERS, sendWords, sentence, suggestionWords } from './composing'
import type { Mode } from './drafts'
import { type Composing, useComposer } from './use-composer'

export interface ComposerHandle {
  focus: (mode: Mode) => void
}

const MODES = [
  { value: 'reply', label: 'Reply' },
  { value: 'note', label: 'Private note' },
] as const

/** Writing to the lead, or a note for colleagues. */
export function Composer({ thread, ref }: { thread: Conversation; ref: Ref<ComposerHandle> }) {
  const composing = useComposer(thread)
  const { mode, setMode, body, block, send } = composing
  const field = useRef<HTMLTextAreaElement>(null)
  const hints = useId()
  const isNote = mode === 'note'
  useImperativeHandle(ref, () => ({
    focus: (next) => {
      setMode(next)
      field.current?.focus()
    },
  }))
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send()
    else if (event.key === 'Escape') field.current?.blur()
    else return
    event.preventDefault()
  }
  return (
    <div className={cn('shrink-0 border-t px-4 pt-2.5 pb-3', isNote ? 'bg-warning-soft' : 'bg-surface')}>
      <div className="mx-auto grid max-w-3xl gap-2">
        <div className="flex flex-wrap items-center gap-2">
          <Segmented label="What to write" value={mode} choices={MODES} onChange={setMode} />
          {!isNote && !block && (
            <Button
              variant="ghost"
              size="sm"
              className="ml-auto"
              isBusy={composing.suggesting.isPending}
              onClick={composing.suggest}
            >
              {!composing.suggesting.isPending && <Sparkles />} Suggest a reply
            </Button>
          )}
        </div>
        <Before composing={composing} thread={thread} />
        <textarea
          ref={field}
          dir="auto"
          aria-label={isNote ? 'Private note' : `Reply to ${thread.lead_name || 'the lead'}`}
          aria-describedby={hints}
          placeholder={isNote ? 'Only colleagues see this; it is never sent' : 'Write a text'}
          disabled={block !== null}
          value={body}
          onChange={(event) => composing.type(event.target.value)}
          onKeyDown={onKeyDown}
          className="field-sizing-content max-h-56 min-h-18 w-full resize-none rounded-md border border-border-strong/50 bg-surface px-3 py-2 text-sm leading-relaxed shadow-sm placeholder:text-muted-foreground focus-visible:border-ring disabled:opacity-60"
        />
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
          <div id={hints} className="min-w-0 flex-1 text-muted-foreground text-xs">
            {isNote ? <NoteHint body={body} /> : <ReplyHint composing={composing} thread={thread} />}
          </div>
          <span className="hidden gap-0.5 sm:flex" aria-hidden>
            {keyCaps('mod+Enter').map((cap) => (
              <Kbd key={cap}>{cap}</Kbd>
            ))}
          </span>
          <Button variant="primary" disabled={!composing.canSend} onClick={send}>
            {isNote ? <Lock /> : <Send />}
            {isNote ? 'Keep note' : sendWords(adviceFor(body).count.segments)}
          </Button>
        </div>
      </div>
    </div>
  )
}

/** What stands above the field: why nothing can be sent, what went wrong, what the agent drafted. */
function Before({ composing, thread }: { composing: Composing; thread: Conversation }) {
  const { block, problem, suggestion, mode, body } = composing
  const isOther = suggestion?.text && body !== suggestion.text
  return (
    <>
      {block && (
        <Notice tone="danger">
          {block.title} {block.remedy}
        </Notice>
      )}
      {problem && (
        <div role="alert">
          <Notice tone="danger">
            <strong className="font-medium">{problem.title}.</strong> {[problem.detail, problem.remedy].join(' ')}
          </Notice>
        </div>
      )}
      {suggestion && mode === 'reply' && !block && (
        <Notice tone={suggestion.text ? 'info' : 'warning'} icon={Sparkles}>
          <span className="line-clamp-3">
            {suggestion.text ? (isOther ? 'Your wording of a suggestion' : 'Suggested') : 'The agent wrote nothing'} (
            {suggestionWords(suggestion)}). {sentence(suggestion.reason)}
          </span>
        </Notice>
      )}
      {mode === 'reply' && !block && thread.handled_by === 'agent' && body.trim() && (
        <p className="text-muted-foreground text-xs">
          Sending takes this conversation over from the agent; hand it back when you are done.
        </p>
      )}
    </>
  )
}

function NoteHint({ body }: { body: string }) {
  const most = MOST_CHARACTERS.note
  if (body.length <= most) return <>Never sent, and no agent reads it.</>
  return <span className="text-danger-text">{formatNumber(body.length - most)} characters too long.</span>
}

function ReplyHint({ composing, thread }: { composing: Composing; thread: Conversation }) {
  const { body, type } = composing
  const most = MOST_CHARACTERS.reply
  if (!body) return thread.phone ? <>To {formatPhone(thread.phone)}</> : null
  if (body.length > most)
    return (
      <span className="text-danger-text">
        {formatNumber(body.length - most)} characters too long: a text holds {formatNumber(most)}.
      </span>
    )
  const { count, plain } = adviceFor(body)
  const isCostly = count.encoding === 'UCS-2' && count.nonGsm.length > 0
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      <span className="tabular">{segmentWords(count)}</span>
      {isCostly && (
        <span>
          {count.nonGsm.slice(0, 4).join(' ')} {count.nonGsm.length > 1 ? 'need' : 'needs'} the alphabet with 70
          characters per segment
        </span>
      )}
      {plain && (
        <Button variant="link" size="sm" className="text-xs" onClick={() => type(plain.body)}>
          Use plain characters{plain.segments < count.segments && ` (${plain.segments} instead of ${count.segments})`}
        </Button>
      )}
    </span>
  )
}
