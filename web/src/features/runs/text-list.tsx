import { Link } from '@tanstack/react-router'
import type { RunText } from '@/api/runs'
import { MessageBubble } from '@/components/conversation/message-bubble'

/** Texts that a run sent, each with what became of it. */
export function TextList({ texts }: { texts: RunText[] }) {
  const thread = texts[0]?.conversation_id
  return (
    <div className="grid grid-cols-1 gap-2">
      <ul className="grid grid-cols-1 gap-3 rounded-lg bg-surface-sunken p-3">
        {texts.map((text) => (
          <li key={text.id}>
            <MessageBubble message={text} />
          </li>
        ))}
      </ul>
      {thread && (
        <Link
          to="/conversations"
          search={{ thread, view: 'all', status: 'any', everyone: true }}
          className="w-fit text-[13px] text-primary-text underline underline-offset-4"
        >
          Open the conversation
        </Link>
      )}
    </div>
  )
}
