import { Link, useParams } from '@tanstack/react-router'
import { Suspense } from 'react'
import { NotFound } from '@/components/layout/not-found'
import { Page } from '@/components/layout/page'
import { Skeleton } from '@/components/ui/states'
import { SECTIONS } from './sections'

/** On narrow screens the sections are a row that scrolls. */
const showInRow = (item: HTMLElement | null) => item?.scrollIntoView({ inline: 'center', block: 'nearest' })

/** Everything about the installation; each section has an address of its own. */
export function SettingsPage() {
  const { section: wanted } = useParams({ strict: false })
  const section = wanted === undefined ? SECTIONS[0] : SECTIONS.find((one) => one.id === wanted)
  if (!section) return <NotFound />
  const Content = section.content
  return (
    <Page title={section.label} parent="Settings" description={section.description}>
      <div className="flex flex-col gap-4 md:flex-row md:gap-8">
        <nav aria-label="Settings" className="-mx-4 overflow-x-auto px-4 md:mx-0 md:w-44 md:shrink-0 md:px-0">
          <ul className="flex gap-1 md:flex-col md:gap-0.5">
            {SECTIONS.map(({ id, label, icon: Icon }) => (
              <li key={id} className="shrink-0" ref={id === section.id ? showInRow : undefined}>
                <Link
                  to="/settings/$section"
                  params={{ section: id }}
                  aria-current={id === section.id ? 'page' : undefined}
                  className="flex h-8 items-center gap-2.5 whitespace-nowrap rounded-md px-2 font-medium text-[13px] text-muted-foreground hover:bg-accent hover:text-foreground aria-[current=page]:bg-accent aria-[current=page]:text-foreground"
                >
                  <Icon className="size-4" aria-hidden /> {label}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="min-w-0 max-w-5xl flex-1">
          <Suspense fallback={<Skeleton className="h-64 rounded-lg" />}>
            <Content />
          </Suspense>
        </div>
      </div>
    </Page>
  )
}
