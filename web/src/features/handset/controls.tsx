import { Link } from '@tanstack/react-router'
import { MessageSquareOff, MessagesSquare, TriangleAlert } from 'lucide-react'
import { useId } from 'react'
import type { Handset } from '@/api/handset'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { NativeSelect } from '@/components/ui/input'
import { Label } from '@/components/ui/label'
import { Notice } from '@/components/ui/states'
import { Switch } from '@/components/ui/toggles'
import {
  elsewhere,
  elsewhereWords,
  faultWords,
  KEYWORDS,
  MANUAL,
  personaWords,
  playedBy,
  QUICK_ANSWERS,
} from './personas'

interface ControlsProps {
  handset: Handset
  personas: string[]
  threadId: number | undefined
  onAnswer: (body: string) => void
  onPersona: (persona: string | null) => void
  onSwitch: (delivers: boolean) => void
}

/** Beside the phone: what to answer, who plays the person, what the network does. */
export function Controls({ handset, personas, threadId, onAnswer, onPersona, onSwitch }: ControlsProps) {
  const power = useId()
  const faults = faultWords(handset.faults)
  const away = elsewhereWords(handset.texts)
  const { lost } = elsewhere(handset.texts)
  return (
    <div className="grid content-start gap-5">
      <section>
        <h3 className="mb-2 font-medium text-[13px]">Answer as this person</h3>
        <Answers answers={QUICK_ANSWERS} onAnswer={onAnswer} isOff={!handset.delivers} />
        <Answers answers={KEYWORDS} onAnswer={onAnswer} isOff={!handset.delivers} />
      </section>
      <Field label="Who plays this person" hint={playedBy(handset)}>
        {(control) => (
          <NativeSelect
            {...control}
            value={handset.persona_is_chosen ? handset.persona : ''}
            onChange={({ target }) => onPersona(target.value || null)}
          >
            <option value="">
              {handset.persona_is_chosen
                ? 'Whom the simulator gives'
                : `${personaWords(handset.persona).label} (not chosen)`}
            </option>
            {[MANUAL, ...personas.filter((name) => name !== MANUAL)].map((name) => (
              <option key={name} value={name}>
                {personaWords(name).label}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      <div className="flex items-start justify-between gap-3">
        <div>
          <Label htmlFor={power}>Phone is on</Label>
          <p className="text-[13px] text-muted-foreground">Texts to a phone that is off end as undelivered.</p>
        </div>
        <Switch id={power} checked={handset.delivers} onCheckedChange={onSwitch} />
      </div>
      {handset.opted_out && (
        <Notice tone="danger" icon={MessageSquareOff}>
          They wrote STOP: the carrier delivers nothing from {handset.our_number}. START allows it again.
        </Notice>
      )}
      {faults.length > 0 && (
        <Notice tone="warning" icon={TriangleAlert}>
          The simulated carrier misbehaves on purpose: {faults.join(', ')}.
        </Notice>
      )}
      {away.length > 0 && (
        <p className="text-[13px] text-muted-foreground">
          {away.join(' · ')}
          {lost.at(-1)?.error_code && ` (code ${lost.at(-1)?.error_code})`}
        </p>
      )}
      {threadId && (
        <Button asChild className="w-fit">
          <Link to="/conversations" search={{ thread: threadId }}>
            <MessagesSquare /> Open the thread in the inbox
          </Link>
        </Button>
      )}
    </div>
  )
}

interface AnswersProps {
  answers: { label: string; body: string }[]
  onAnswer: (body: string) => void
  isOff: boolean
}

function Answers({ answers, onAnswer, isOff }: AnswersProps) {
  return (
    <div className="mb-2 flex flex-wrap gap-1.5">
      {answers.map((answer) => (
        <Button
          key={answer.label}
          size="sm"
          className="rounded-full"
          title={answer.body}
          disabled={isOff}
          onClick={() => onAnswer(answer.body)}
        >
          {answer.label}
        </Button>
      ))}
    </div>
  )
}
