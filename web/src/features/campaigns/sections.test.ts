import { describe, expect, it } from 'vitest'
import type { Preflight, PreflightFinding } from '@/api/campaigns'
import { DRAFT } from './draft.fixture'
import { canStart, issuesOf, lacksOptOut, nextSection, notesOf, sectionOf, sectionStates } from './sections'

const finding = (code: string, field: string | null = null): PreflightFinding => ({
  code,
  field,
  message: code,
  remedy: '',
})
const report = (blockers: PreflightFinding[], warnings: PreflightFinding[] = []) =>
  ({ can_start: blockers.length === 0, blockers, warnings }) as unknown as Preflight

describe('the checklist', () => {
  it('puts every finding into a section', () => {
    expect(sectionOf(finding('no_leads', 'audience'))).toBe('audience')
    expect(sectionOf(finding('no_sender', 'sender_ids'))).toBe('budget')
    expect(sectionOf(finding('every_run_fails'))).toBe('workflow')
    expect(sectionOf(finding('brand_new'))).toBe('review')
  })
  it('marks the sections that block and those that want attention', () => {
    const preflight = report([finding('no_leads', 'audience')], [finding('no_opt_out_words', 'sms_template')])
    const issues = issuesOf(DRAFT, [], preflight)
    expect(sectionStates(issues, true)).toMatchObject({
      basics: 'done',
      audience: 'blocking',
      message: 'attention',
      review: 'blocking',
    })
    expect(canStart(issues, preflight)).toBe(false)
  })
  it('lets nothing start that is not checked or not stored', () => {
    expect(canStart([], undefined)).toBe(false)
    expect(canStart(issuesOf(DRAFT, [], report([])), report([]))).toBe(true)
    expect(canStart(issuesOf({ ...DRAFT, name: '' }, [], report([])), report([]))).toBe(false)
    expect(sectionStates([], false).basics).toBe('open')
  })
  it('says slips in placeholders before the server does', () => {
    const issues = issuesOf({ ...DRAFT, sms_template: 'Hi {{frist_name}}' }, [], report([]))
    expect(issues).toMatchObject([{ section: 'message', isBlocking: false }])
    expect(lacksOptOut('Hi')).toBe(true)
    expect(lacksOptOut('Hi. Reply STOP to end')).toBe(false)
    expect(lacksOptOut(null)).toBe(false)
  })
  it('only tells what needs no action', () => {
    const preflight = report([], [finding('offline_model', 'model')])
    expect(issuesOf(DRAFT, [], preflight)).toEqual([])
    expect(notesOf(preflight)).toHaveLength(1)
    expect(nextSection('basics')?.id).toBe('audience')
    expect(nextSection('review')).toBeUndefined()
  })
})
