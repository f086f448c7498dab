import { useInfiniteQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { messagesQuery } from '@/api/conversations'
import { placeOf, textWith } from './team'

/** Older pages that are looked through for a quote. */
const MOST_PAGES = 20

/** Scrolls to the text in which the lead said something, and puts the focus on it. */
export function useJump(conversationId: number): (quote: string) => Promise<void> {
  const texts = useInfiniteQuery(messagesQuery(conversationId))
  return async (quote) => {
    let known = texts.data
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const found = textWith(known?.pages.flatMap((page) => page.items) ?? [], quote)
      if (found) return show(found.id)
      const last = known?.pages.at(-1)
      if (!last?.next_cursor) break
      known = (await texts.fetchNextPage()).data
    }
    toast.info('These words are not among the texts that are kept.')
  }
}

function show(messageId: number): void {
  // An older page that was just loaded is drawn first.
  requestAnimationFrame(() => {
    const text = document.getElementById(placeOf(messageId))
    text?.scrollIntoView({ block: 'center' })
    text?.focus({ preventScroll: true })
  })
}
