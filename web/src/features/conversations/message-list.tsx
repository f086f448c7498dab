import { ArrowDown } from 'lucide-react'
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Rows } from '@/components/data-table/data-table'
import { Button } from '@/components/ui/button'
import { plural } from '@/lib/format'

/** Closer to the end than this counts as reading the newest. */
const NEAR_END = 60
/** Before the top is reached, older texts are asked for. */
const AHEAD = '300px'

interface MessageListProps {
  label: string
  /** Changes with every new last entry. */
  lastKey: string | undefined
  /** How many entries there are from the lead or from us. */
  count: number
  /** The last entry was written here: it is always shown. */
  isOwn: boolean
  /** The pages of older texts. */
  older: Pick<Rows<unknown>, 'hasNextPage' | 'isFetchingNextPage' | 'canLoadMore' | 'error' | 'fetchNextPage'>
  children: ReactNode
}

/**
 * The scrolling part of a thread. The newest is at the bottom; who reads older texts stays where they are, and is told
 * of new ones. The box is laid out from its end, so that older texts that arrive above move nothing.
 */
export function MessageList(props: MessageListProps) {
  const { label, lastKey, count, isOwn, older, children } = props
  const { canLoadMore, fetchNextPage } = older
  const scroller = useRef<HTMLElement>(null)
  const top = useRef<HTMLDivElement>(null)
  const height = useRef(0)
  const seen = useRef({ lastKey, count })
  const [fresh, setFresh] = useState(0)

  const toEnd = useCallback(() => {
    scroller.current?.scrollTo({ top: 0 })
    setFresh(0)
  }, [])

  useLayoutEffect(() => {
    const box = scroller.current
    if (!box) return
    const grown = box.scrollHeight - height.current
    const isNew = seen.current.lastKey !== lastKey
    const more = Math.max(0, count - seen.current.count)
    height.current = box.scrollHeight
    seen.current = { lastKey, count }
    if (!isNew || box.scrollTop > -NEAR_END) return
    if (isOwn) toEnd()
    else {
      box.scrollTop -= grown
      setFresh((before) => before + more)
    }
  }, [lastKey, count, isOwn, toEnd])

  useEffect(() => {
    const mark = top.current
    if (!mark || !canLoadMore) return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && void fetchNextPage(), {
      root: scroller.current,
      rootMargin: AHEAD,
    })
    observer.observe(mark)
    return () => observer.disconnect()
  }, [canLoadMore, fetchNextPage])

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <section
        ref={scroller}
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the texts can be scrolled by keyboard
        tabIndex={0}
        onScroll={({ currentTarget }) => currentTarget.scrollTop > -NEAR_END && setFresh(0)}
        className="flex min-h-0 flex-1 flex-col-reverse overflow-y-auto overscroll-contain outline-offset-[-2px] [overflow-anchor:none]"
      >
        <div className="mx-auto flex w-full max-w-3xl flex-col px-4 py-4">
          <div ref={top} />
          {older.hasNextPage &&
            (older.error && !older.isFetchingNextPage ? (
              <p role="alert" className="flex items-center justify-center gap-3 py-3 text-[13px] text-danger-text">
                Older texts could not be loaded.
                <Button size="sm" onClick={() => older.fetchNextPage()}>
                  Try again
                </Button>
              </p>
            ) : (
              <p className="py-3 text-center text-muted-foreground text-xs">
                {older.isFetchingNextPage ? 'Loading older texts …' : ' '}
              </p>
            ))}
          {children}
        </div>
      </section>
      {fresh > 0 && (
        <Button
          variant="primary"
          size="sm"
          className="-translate-x-1/2 absolute bottom-3 left-1/2 rounded-full shadow-md"
          onClick={toEnd}
        >
          <ArrowDown /> {plural(fresh, 'new message')}
        </Button>
      )}
    </div>
  )
}
