import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useNavigate } from '@tanstack/react-router'
import { Keyboard, Menu as MenuIcon, Monitor, Moon, Search, Sun, WifiOff } from 'lucide-react'
import { Suspense, useState } from 'react'
import { Toaster } from 'sonner'
import { waitingApprovalsQuery } from '@/api/approvals'
import { waitingRunApprovalsQuery } from '@/api/run-approvals'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Dialog, DialogContent } from '@/components/ui/dialog'
import { Menu, MenuContent, MenuItem, MenuTrigger } from '@/components/ui/menu'
import { Kbd, TooltipProvider } from '@/components/ui/misc'
import { SkeletonLines } from '@/components/ui/states'
import { cn } from '@/lib/cn'
import { formatNumber, plural } from '@/lib/format'
import { keyCaps, useShortcuts } from '@/lib/shortcuts'
import { setTheme, type Theme, useTheme } from '@/lib/theme'
import { useLiveState, useLiveUpdates, useTopics } from '@/live/use-live'
import { CommandPalette } from './command-palette'
import { MORE_PLACES, type Place } from './navigation'
import { NotificationBell } from './notification-bell'
import { ShortcutList } from './shortcut-list'
import { usePlaces } from './use-places'

/** Everything around the page: navigation, palette, shortcuts, toasts, the live connection. */
export function Shell() {
  useLiveUpdates()
  useTopics(
    'campaigns',
    'conversations',
    'leads',
    'imports',
    'senders',
    'suppressions',
    'jobs',
    'notifications',
    'approvals',
  )
  const navigate = useNavigate()
  const places = usePlaces()
  const [isPaletteOpen, setPaletteOpen] = useState(false)
  const [isHelpOpen, setHelpOpen] = useState(false)
  const [isMenuOpen, setMenuOpen] = useState(false)
  useShortcuts([
    {
      keys: 'mod+k',
      label: 'Search and commands',
      group: 'Everywhere',
      run: () => setPaletteOpen((open) => !open),
      always: true,
    },
    { keys: '?', label: 'Keyboard shortcuts', group: 'Everywhere', run: () => setHelpOpen(true) },
    { keys: 'c', label: 'New campaign', group: 'Everywhere', run: () => navigate({ to: '/campaigns/new' }) },
    ...[...places, ...MORE_PLACES].map((place) => ({
      keys: `g ${place.key}`,
      label: `Go to ${place.label}`,
      group: 'Go to',
      run: () => void navigate({ to: place.to }),
    })),
  ])
  const sidebar = (
    <Sidebar
      onSearch={() => setPaletteOpen(true)}
      onHelp={() => setHelpOpen(true)}
      onNavigate={() => setMenuOpen(false)}
    />
  )
  return (
    <TooltipProvider delayDuration={300}>
      <a
        href="#content"
        className="-translate-y-20 fixed top-2 left-2 z-50 rounded-md bg-primary px-3 py-1.5 text-primary-foreground focus:translate-y-0"
      >
        Skip to content
      </a>
      <div className="flex h-full">
        <aside className="hidden w-56 shrink-0 border-r bg-surface-sunken md:flex md:flex-col">{sidebar}</aside>
        <div className="flex min-w-0 flex-1 flex-col">
          <header className="flex items-center gap-2 border-b bg-surface-sunken px-3 py-2 md:hidden">
            <Button variant="ghost" size="icon" aria-label="Menu" onClick={() => setMenuOpen(true)}>
              <MenuIcon />
            </Button>
            <Mark />
            <span className="flex-1" />
            <NotificationBell side="bottom" />
            <Button variant="ghost" size="icon" aria-label="Search" onClick={() => setPaletteOpen(true)}>
              <Search />
            </Button>
          </header>
          <ConnectionNotice />
          <main id="content" tabIndex={-1} className="min-h-0 flex-1 outline-none">
            <Suspense fallback={<SkeletonLines className="p-6" count={4} />}>
              <Outlet />
            </Suspense>
          </main>
        </div>
      </div>
      <Dialog open={isMenuOpen} onOpenChange={setMenuOpen}>
        <DialogContent side="left" title="Outrider">
          {sidebar}
        </DialogContent>
      </Dialog>
      <CommandPalette open={isPaletteOpen} onOpenChange={setPaletteOpen} />
      <ShortcutList open={isHelpOpen} onOpenChange={setHelpOpen} />
      <Toasts />
    </TooltipProvider>
  )
}

function Mark() {
  return (
    <span className="flex items-center gap-2 font-semibold text-[15px] tracking-tight">
      <img src="/favicon.svg" alt="" className="size-6" />
      Outrider
    </span>
  )
}

function Sidebar({
  onSearch,
  onHelp,
  onNavigate,
}: {
  onSearch: () => void
  onHelp: () => void
  onNavigate: () => void
}) {
  const places = usePlaces()
  return (
    <>
      <div className="hidden px-4 pt-4 pb-3 md:block">
        <Mark />
      </div>
      <div className="px-3 pb-2">
        <button
          type="button"
          onClick={onSearch}
          className="flex h-8 w-full items-center gap-2 rounded-md border bg-surface px-2.5 text-[13px] text-muted-foreground shadow-sm hover:border-border-strong"
        >
          <Search className="size-3.5" aria-hidden /> Search
          <span className="ml-auto flex gap-0.5">
            {keyCaps('mod+k').map((cap) => (
              <Kbd key={cap}>{cap}</Kbd>
            ))}
          </span>
        </button>
      </div>
      <nav aria-label="Main" className="flex-1 overflow-y-auto px-3">
        <Places places={places} onNavigate={onNavigate} />
        <p className="mt-4 mb-1 px-2 font-medium text-muted-foreground text-xs">Set up</p>
        <Places places={MORE_PLACES} onNavigate={onNavigate} />
      </nav>
      <div className="flex items-center gap-1 border-t px-3 py-2">
        <LiveMark />
        <span className="flex-1" />
        <span className="hidden md:block">
          <NotificationBell side="top" />
        </span>
        <Button variant="ghost" size="icon-sm" aria-label="Keyboard shortcuts" onClick={onHelp}>
          <Keyboard />
        </Button>
        <ThemeMenu />
      </div>
    </>
  )
}

function Places({ places, onNavigate }: { places: Place[]; onNavigate: () => void }) {
  return (
    <ul className="grid gap-0.5">
      {places.map((place) => (
        <li key={place.to}>
          <Link
            to={place.to}
            onClick={onNavigate}
            activeOptions={{ exact: place.to === '/', includeSearch: false }}
            className="flex h-8 items-center gap-2.5 rounded-md px-2 font-medium text-[13px] text-muted-foreground transition-colors hover:bg-accent hover:text-foreground data-[status=active]:bg-accent data-[status=active]:text-foreground"
          >
            <place.icon className="size-4" aria-hidden />
            <span className="flex-1">{place.label}</span>
            {place.to === '/approvals' && <WaitingCount />}
          </Link>
        </li>
      ))}
    </ul>
  )
}

/** How many drafts and decisions wait for a person. */
function WaitingCount() {
  const drafts = useQuery(waitingApprovalsQuery()).data ?? 0
  const decisions = useQuery(waitingRunApprovalsQuery()).data ?? 0
  const count = drafts + decisions
  if (count === 0) return null
  return (
    <Badge tone="warning" className="tabular" title={`${plural(decisions, 'decision')} and ${plural(drafts, 'draft')}`}>
      {formatNumber(count)}
      <span className="sr-only"> waiting</span>
    </Badge>
  )
}

const LIVE_WORDS = { live: 'Live', connecting: 'Connecting', offline: 'Every 5 s' }

function LiveMark() {
  const state = useLiveState()
  return (
    <span
      className="flex items-center gap-1.5 px-1 text-muted-foreground text-xs"
      title={state === 'live' ? 'Updates arrive as they happen' : 'Updates are asked for every five seconds'}
    >
      <span className={cn('size-1.5 rounded-full', state === 'live' ? 'bg-success' : 'bg-warning')} aria-hidden />
      {LIVE_WORDS[state]}
    </span>
  )
}

function ConnectionNotice() {
  const state = useLiveState()
  if (state !== 'offline') return null
  return (
    <div
      role="status"
      className="flex items-center gap-2 border-b bg-warning-soft px-4 py-1.5 text-[13px] text-warning-text"
    >
      <WifiOff className="size-4" aria-hidden />
      Live updates are interrupted. What you see is asked for every few seconds until the connection is back.
    </div>
  )
}

const THEMES: { value: Theme; label: string; icon: typeof Sun }[] = [
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
  { value: 'system', label: 'As the system', icon: Monitor },
]

function ThemeMenu() {
  const theme = useTheme()
  const Icon = THEMES.find((entry) => entry.value === theme)?.icon ?? Monitor
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button variant="ghost" size="icon-sm" aria-label="Theme">
          <Icon />
        </Button>
      </MenuTrigger>
      <MenuContent>
        {THEMES.map((entry) => (
          <MenuItem key={entry.value} onSelect={() => setTheme(entry.value)}>
            <entry.icon /> {entry.label}
          </MenuItem>
        ))}
      </MenuContent>
    </Menu>
  )
}

function Toasts() {
  const theme = useTheme()
  return (
    <Toaster
      theme={theme}
      position="bottom-right"
      toastOptions={{
        classNames: {
          toast: '!bg-surface !text-foreground !border-border !shadow-lg',
          description: '!text-muted-foreground',
        },
      }}
    />
  )
}
