import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type SettingGroup, settingsQuery } from '@/api/settings'
import { Badge } from '@/components/ui/badge'
import { Card, CardHeader } from '@/components/ui/card'
import { CopyButton } from '@/components/ui/copy-button'
import { Input } from '@/components/ui/input'
import { EmptyState } from '@/components/ui/states'
import { Loaded } from './loaded'

type Setting = SettingGroup['settings'][number]

/** Every setting with what it means and what is in effect; they are read at the start. */
export default function EnvironmentSection() {
  const [search, setSearch] = useState('')
  const query = useQuery(settingsQuery())
  const isWanted = (setting: Setting) =>
    `${setting.name} ${setting.meaning}`.toLowerCase().includes(search.trim().toLowerCase())
  return (
    <Loaded query={query}>
      {({ groups }) => {
        const shown = groups
          .map((group) => ({ ...group, settings: group.settings.filter(isWanted) }))
          .filter((group) => group.settings.length > 0)
        return (
          <div className="grid gap-4">
            <div className="flex flex-wrap items-center gap-3">
              <Input
                type="search"
                aria-label="Find a setting"
                placeholder="Find a setting"
                className="w-64"
                value={search}
                onChange={(event) => setSearch(event.target.value)}
              />
              <p className="text-[13px] text-muted-foreground">
                Set in the environment or in the file .env; read at the start.
              </p>
            </div>
            {shown.length === 0 && <EmptyState title={`No setting matches “${search}”`} />}
            {shown.map((group) => (
              <Card key={group.name}>
                <CardHeader title={group.name} />
                <dl className="divide-y border-t">
                  {group.settings.map((setting) => (
                    <SettingRow key={setting.name} setting={setting} />
                  ))}
                </dl>
              </Card>
            ))}
          </div>
        )
      }}
    </Loaded>
  )
}

function SettingRow({ setting }: { setting: Setting }) {
  return (
    <div className="grid gap-x-6 gap-y-1 px-4 py-2.5 text-[13px] md:grid-cols-[1fr_16rem]">
      <dt className="min-w-0">
        <span className="flex items-center gap-1">
          <code className="break-all font-medium text-xs">{setting.name}</code>
          <CopyButton
            size="icon-sm"
            variant="ghost"
            text={setting.name}
            className="size-6"
            title={setting.how_to_change}
            aria-label={`Copy ${setting.name}`}
          >
            {null}
          </CopyButton>
        </span>
        <span className="block text-muted-foreground">{setting.meaning}</span>
      </dt>
      <dd className="min-w-0 break-words md:text-right">
        <ShownValue setting={setting} />
        {!setting.is_default && (
          <Badge tone="primary" className="ml-2">
            changed
          </Badge>
        )}
      </dd>
    </div>
  )
}

function ShownValue({ setting }: { setting: Setting }) {
  if (setting.is_secret && setting.is_set) return <span className="text-muted-foreground">set, and kept secret</span>
  if (!setting.is_set || !setting.value) return <span className="text-muted-foreground">not set</span>
  return <code className="text-xs">{setting.value}</code>
}
