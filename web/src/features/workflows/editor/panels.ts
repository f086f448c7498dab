/** What the right side of the editor shows. */
export type Panel = 'step' | 'problems' | 'try' | 'versions'
