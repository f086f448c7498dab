import type { ReactNode } from 'react'
import { cn } from '@/lib/cn'
import { useTitle } from '@/lib/title'

interface PageProps {
  title: string
  /** Above the title: where one came from. */
  parent?: ReactNode
  /** Beside the title: a state, a count. */
  mark?: ReactNode
  description?: ReactNode
  actions?: ReactNode
  /** `scroll`: the page scrolls as a document. `fill`: its content fills the window and scrolls itself (tables, inbox). */
  mode?: 'scroll' | 'fill'
  /** Narrow pages are for reading and forms. */
  width?: 'wide' | 'narrow'
  children: ReactNode
}

/** Frame of every page: title, actions, content. */
export function Page({
  title,
  parent,
  mark,
  description,
  actions,
  mode = 'scroll',
  width = 'wide',
  children,
}: PageProps) {
  useTitle(title, typeof description === 'string' ? description : undefined)
  const isFilled = mode === 'fill'
  return (
    <div className={cn('flex h-full min-h-0 flex-col', !isFilled && 'overflow-y-auto')}>
      <header
        className={cn(
          'flex w-full shrink-0 flex-wrap items-center gap-x-4 gap-y-2 px-4 pt-4 pb-3 md:px-6',
          !isFilled && width === 'narrow' && 'mx-auto max-w-3xl',
        )}
      >
        <div className="min-w-0 flex-1 basis-60">
          {parent && <div className="mb-0.5 text-[13px] text-muted-foreground">{parent}</div>}
          <div className="flex flex-wrap items-center gap-2.5">
            <h1 className="min-w-0 truncate font-semibold text-xl tracking-tight">{title}</h1>
            {mark}
          </div>
          {description && <p className="mt-0.5 text-muted-foreground text-sm">{description}</p>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      <div
        className={cn(
          'w-full px-4 pb-6 md:px-6',
          isFilled ? 'flex min-h-0 flex-1 flex-col pb-0' : '',
          !isFilled && width === 'narrow' && 'mx-auto max-w-3xl',
        )}
      >
        {children}
      </div>
    </div>
  )
}
