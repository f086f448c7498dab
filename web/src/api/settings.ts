import { queryOptions } from '@tanstack/react-query'
import { api, data, type Schemas } from './client'

export type SettingsReport = Schemas['SettingsReport']
export type SettingGroup = Schemas['SettingGroup']
export type QuietHours = Schemas['QuietHours']
export type DayHours = Schemas['DayHours']
export type WebhookAddress = Schemas['WebhookAddress']

export const settingsQuery = () =>
  queryOptions({ queryKey: ['settings'] as const, queryFn: () => data(api.GET('/api/settings')) })

/** Whether the server can work; it answers 503 with the same body when it can't. */
export const readinessQuery = () =>
  queryOptions({
    queryKey: ['settings', 'readiness'] as const,
    queryFn: () => data(api.GET('/health/ready')),
    refetchInterval: 15_000,
  })
