/** Until when a thread can be put aside with one click. */

const MORNING = 9
const HOUR = 3_600_000
const MONDAY = 1

export interface SnoozeChoice {
  label: string
  until: Date
}

const morningOf = (now: Date, days: number): Date =>
  new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING)

/** In the zone of the person at the screen, earliest first. */
export function snoozeChoices(now: Date): SnoozeChoice[] {
  const daysToMonday = (MONDAY - now.getDay() + 7) % 7 || 7
  const choices = [
    { label: 'In one hour', until: new Date(now.getTime() + HOUR) },
    { label: 'In four hours', until: new Date(now.getTime() + 4 * HOUR) },
    { label: 'Tomorrow morning', until: morningOf(now, 1) },
    { label: 'Monday morning', until: morningOf(now, daysToMonday) },
    { label: 'In a month', until: morningOf(now, 30) },
  ]
  // On a Sunday tomorrow is Monday.
  return daysToMonday === 1 ? choices.filter((choice) => choice.label !== 'Tomorrow morning') : choices
}
