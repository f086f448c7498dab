import { useQuery } from '@tanstack/react-query'
import { ArrowLeft } from 'lucide-react'
import { useState } from 'react'
import { threadQuery } from '@/api/conversations'
import { handsetPeopleQuery, handsetQuery, useHandset } from '@/api/handset'
import { Button } from '@/components/ui/button'
import { ErrorState, Skeleton } from '@/components/ui/states'
import { formatPhone } from '@/lib/format'
import { toastProblem } from '@/lib/toast'
import { useTopics } from '@/live/use-live'
import { Controls } from './controls'
import { MANUAL } from './personas'
import { Phone } from './phone'

interface HandsetPaneProps {
  phone: string
  personas: string[]
  onBack: () => void
}

/** One person's phone with what can be done with it. */
export function HandsetPane({ phone, personas, onBack }: HandsetPaneProps) {
  const query = useQuery(handsetQuery(phone))
  // Asked for by number, so that a link to somebody whom the list does not show finds them.
  const person = useQuery(handsetPeopleQuery(phone)).data?.find((one) => one.phone === phone)
  const threadId = person?.conversation_id ?? undefined
  const thread = useQuery({ ...threadQuery(threadId ?? 0), enabled: threadId !== undefined }).data
  useTopics(threadId ? `conversation:${threadId}` : '')
  const { pickUp, write, choosePersona, switchOn } = useHandset(phone)
  const [text, setText] = useState('')
  const handset = query.data
  const onError = toastProblem
  const send = (body: string) => {
    if (!body.trim() || write.isPending) return
    write.mutate(body.trim(), {
      onError: (error) => {
        setText((typed) => typed || body)
        toastProblem(error)
      },
    })
    // A quick answer leaves what is being typed.
    if (body === text) setText('')
  }
  const touch = () => {
    if (handset && handset.persona !== MANUAL && !handset.persona_is_chosen) pickUp.mutate(undefined, { onError })
  }
  const name = person?.name || formatPhone(phone)
  return (
    <section aria-label="Handset" className="flex min-w-0 flex-1 flex-col overflow-y-auto">
      <header className="flex items-center gap-2 px-4 pt-4 md:px-6">
        <Button variant="ghost" size="icon" className="lg:hidden" aria-label="Back to the people" onClick={onBack}>
          <ArrowLeft />
        </Button>
        <div className="min-w-0">
          <h2 className="truncate font-semibold text-[15px]">{name}</h2>
          <p className="truncate text-muted-foreground text-xs">
            {[person?.company, formatPhone(phone)].filter(Boolean).join(' · ')}
          </p>
        </div>
      </header>
      {query.error && !handset ? (
        <ErrorState className="flex-1" error={query.error} onRetry={query.refetch} />
      ) : !handset ? (
        <Skeleton className="mx-auto my-6 h-[36rem] w-full max-w-92 rounded-[2.75rem]" />
      ) : (
        <div className="grid min-h-0 flex-1 content-start gap-6 p-4 md:p-6 xl:grid-cols-[minmax(0,23rem)_minmax(15rem,22rem)] xl:justify-center xl:gap-10">
          <div className="h-[min(46rem,calc(100dvh-18rem))] xl:h-[min(46rem,calc(100dvh-8rem))]">
            <Phone
              handset={handset}
              isTyping={thread?.agent_is_writing ?? false}
              sending={write.isPending ? write.variables : undefined}
              text={text}
              onText={setText}
              onSend={() => send(text)}
              onTouch={touch}
            />
          </div>
          <div className="grid content-start gap-4">
            {Boolean(query.error) && (
              <p role="alert" className="text-[13px] text-danger-text">
                The simulated carrier does not answer just now; it is tried again every moment.
              </p>
            )}
            <Controls
              handset={handset}
              personas={personas}
              threadId={threadId}
              onAnswer={send}
              onPersona={(persona) => choosePersona.mutate(persona, { onError })}
              onSwitch={(delivers) => switchOn.mutate(delivers, { onError })}
            />
          </div>
        </div>
      )}
    </section>
  )
}
