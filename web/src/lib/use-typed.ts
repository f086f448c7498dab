import { useEffect, useRef, useState } from 'react'

const REST_MS = 250

/**
 * The text of a field whose value lives elsewhere, as in the address: shown at once as it is typed, handed on without the
 * spaces around it when the typing rests. What comes back of it meanwhile never overwrites what was typed since.
 */
export function useTyped(value: string, onRest: (words: string) => void): [string, (text: string) => void] {
  const [text, setText] = useState(value)
  const handedOn = useRef(value)
  const latest = useRef(onRest)
  latest.current = onRest
  useEffect(() => {
    if (value === handedOn.current) return
    handedOn.current = value
    setText(value)
  }, [value])
  useEffect(() => {
    const words = text.trim()
    if (words === handedOn.current) return
    const timer = setTimeout(() => {
      handedOn.current = words
      latest.current(words)
    }, REST_MS)
    return () => clearTimeout(timer)
  }, [text])
  return [text, setText]
}
