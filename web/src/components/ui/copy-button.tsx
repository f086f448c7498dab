import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { ApiProblem } from '@/api/client'
import { toastProblem } from '@/lib/toast'
import { Button, type ButtonProps } from './button'

const SELECT = 'Browsers allow it over HTTPS only. Select the text and copy it by hand.'

interface CopyButtonProps extends ButtonProps {
  /** What is put on the clipboard. */
  text: string
}

/** Copies, and says so until one goes on. */
export function CopyButton({ text, children = 'Copy', ...props }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    try {
      // Absent where the page did not come over HTTPS, as in an office's own network.
      if (!navigator.clipboard) throw new ApiProblem(0, 'This page may not copy', SELECT)
      await navigator.clipboard.writeText(text)
      setCopied(true)
    } catch (error) {
      toastProblem(error)
    }
  }
  return (
    <Button onClick={copy} onBlur={() => setCopied(false)} {...props}>
      {isCopied ? <Check /> : <Copy />} {isCopied ? 'Copied' : children}
    </Button>
  )
}
