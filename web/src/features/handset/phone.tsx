import { BatteryFull, CornerDownLeft, Power, SendHorizontal, SignalHigh, SignalZero } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Handset, HandsetText } from '@/api/handset'
import { Button } from '@/components/ui/button'
import { cn } from '@/lib/cn'
import { formatDateTime, formatPhone } from '@/lib/format'
import { onScreen } from './personas'

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

interface PhoneProps {
  handset: Handset
  /** Our agent writes an answer just now. */
  isTyping: boolean
  /** What was just written and is not on the carrier's list yet. */
  sending: string | undefined
  text: string
  onText: (text: string) => void
  onSend: () => void
  onTouch: () => void
}

/** A phone as the person holds it: their texts at the right, ours at the left. */
export function Phone({ handset, isTyping, sending, text, onText, onSend, onTouch }: PhoneProps) {
  return (
    <section
      aria-label={`Handset of ${formatPhone(handset.phone)}`}
      className="mx-auto flex h-full max-h-[46rem] min-h-96 w-full max-w-92 flex-col rounded-[2.75rem] border border-border-strong/60 bg-foreground/90 p-2.5 shadow-lg dark:bg-black"
    >
      <div className="relative flex min-h-0 flex-1 flex-col overflow-hidden rounded-[2.2rem] bg-background">
        <StatusBar isOn={handset.delivers} />
        {handset.delivers ? (
          <>
            <header className="shrink-0 border-b px-4 pt-1 pb-2 text-center">
              <h3 className="font-semibold text-sm">{formatPhone(handset.our_number)}</h3>
              <p className="text-muted-foreground text-xs">
                {handset.opted_out ? 'Blocked since STOP' : 'Text message'}
              </p>
            </header>
            <Screen texts={onScreen(handset.texts)} isTyping={isTyping} sending={sending} />
            <Keys text={text} onText={onText} onSend={onSend} onTouch={onTouch} />
          </>
        ) : (
          <Off />
        )}
        <span aria-hidden className="mx-auto mt-1.5 mb-2 h-1 w-28 shrink-0 rounded-full bg-border-strong" />
      </div>
    </section>
  )
}

function StatusBar({ isOn }: { isOn: boolean }) {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 10_000)
    return () => clearInterval(timer)
  }, [])
  const Signal = isOn ? SignalHigh : SignalZero
  return (
    <div aria-hidden className="flex shrink-0 items-center justify-between px-6 pt-3 pb-1 font-semibold text-xs">
      <span className="tabular w-12">{clock.format(now)}</span>
      <span className="h-5 w-20 rounded-full bg-foreground dark:bg-black" />
      <span className="flex w-12 justify-end gap-1 [&_svg]:size-3.5">
        <Signal />
        <BatteryFull />
      </span>
    </div>
  )
}

function Screen({
  texts,
  isTyping,
  sending,
}: {
  texts: HandsetText[]
  isTyping: boolean
  sending: string | undefined
}) {
  const box = useRef<HTMLDivElement>(null)
  const last = `${texts.at(-1)?.sid}${isTyping}${sending}`
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new text moves the screen to its end
  useLayoutEffect(() => {
    box.current?.scrollTo({ top: box.current.scrollHeight })
  }, [last])
  const lastWritten = texts.findLastIndex((text) => text.direction === 'written')
  return (
    <div
      ref={box}
      role="log"
      aria-label="Texts on the handset"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the texts can be scrolled by keyboard
      tabIndex={0}
      className="flex min-h-0 flex-1 flex-col gap-1.5 overflow-y-auto px-3.5 py-3 outline-offset-[-2px]"
    >
      {texts.length === 0 && !sending && (
        <p className="m-auto px-6 text-center text-[13px] text-muted-foreground">
          No texts yet. Start a campaign with this lead, or write first.
        </p>
      )}
      {texts.map((text, index) => (
        <Text key={text.sid} text={text} mark={index === lastWritten ? 'Delivered' : undefined} />
      ))}
      {sending && <Bubble isOwn>{sending}</Bubble>}
      {isTyping && <Typing />}
    </div>
  )
}

function Text({ text, mark }: { text: HandsetText; mark: string | undefined }) {
  const isOwn = text.direction === 'written'
  return (
    <>
      <Bubble isOwn={isOwn} title={formatDateTime(text.at)}>
        {text.body}
        {text.media_urls.map((url, index) => (
          <a key={url} href={url} target="_blank" rel="noreferrer" className="block underline underline-offset-4">
            Attachment {index + 1}
          </a>
        ))}
      </Bubble>
      {(mark || text.by_carrier) && (
        <p className={cn('px-2 text-[11px] text-muted-foreground', isOwn && 'text-right')}>
          {mark ?? 'From the carrier'}
        </p>
      )}
    </>
  )
}

function Bubble({ isOwn, title, children }: { isOwn: boolean; title?: string; children: ReactNode }) {
  return (
    <div
      title={title}
      className={cn(
        'max-w-[82%] whitespace-pre-wrap break-words rounded-[1.15rem] px-3.5 py-2 text-sm leading-snug',
        isOwn ? 'self-end rounded-br-md bg-primary text-primary-foreground' : 'self-start rounded-bl-md bg-accent',
      )}
    >
      {children}
    </div>
  )
}

function Typing() {
  return (
    <span className="flex w-fit gap-1 rounded-[1.15rem] rounded-bl-md bg-accent px-3.5 py-3">
      <span className="sr-only">An answer is being written</span>
      {[0, 150, 300].map((delay) => (
        <span
          key={delay}
          aria-hidden
          className="size-1.5 animate-pulse rounded-full bg-muted-foreground"
          style={{ animationDelay: `${delay}ms` }}
        />
      ))}
    </span>
  )
}

function Keys({ text, onText, onSend, onTouch }: Pick<PhoneProps, 'text' | 'onText' | 'onSend' | 'onTouch'>) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    onSend()
  }
  return (
    <div className="flex shrink-0 items-end gap-2 px-3 pt-2">
      <textarea
        aria-label="Text as this person"
        placeholder="Text message"
        rows={1}
        maxLength={1600}
        className="field-sizing-content max-h-28 min-h-9 min-w-0 flex-1 resize-none rounded-[1.15rem] border border-border-strong/60 bg-surface px-3.5 py-1.5 text-sm placeholder:text-muted-foreground"
        value={text}
        onFocus={onTouch}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <Button
        variant="primary"
        size="icon"
        aria-label="Send as this person"
        className="mb-0.5 rounded-full"
        disabled={!text.trim()}
        onClick={onSend}
      >
        {text.trim() ? <SendHorizontal /> : <CornerDownLeft />}
      </Button>
    </div>
  )
}

function Off() {
  return (
    <div className="flex min-h-0 flex-1 flex-col items-center justify-center gap-3 bg-surface-sunken px-8 text-center text-muted-foreground">
      <Power className="size-8" aria-hidden />
      <p className="text-sm">This phone is off. Texts to it end as undelivered.</p>
    </div>
  )
}
