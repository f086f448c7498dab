/** One kind of bar. */
export interface Series {
  key: string
  label: string
}

/** Every day with a value for each series. */
export interface Chart {
  series: Series[]
  days: { day: string; values: Record<string, number>; total: number }[]
}

export const totalOf = (values: Record<string, number>) => Object.values(values).reduce((sum, value) => sum + value, 0)
