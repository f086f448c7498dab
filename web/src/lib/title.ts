import { useEffect } from 'react'

const PRODUCT = 'Outrider: agents that work your leads by text and phone.'

/** The page's name in the browser's tab, and what it is for in its description. */
export function useTitle(title: string, description?: string): void {
  useEffect(() => {
    document.title = `${title} · Outrider`
    document.querySelector('meta[name="description"]')?.setAttribute('content', description ?? PRODUCT)
  }, [title, description])
}
