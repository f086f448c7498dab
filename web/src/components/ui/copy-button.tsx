import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { toastProblem } from '@/lib/toast'
import { Button, type ButtonProps } from './button'

interface CopyButtonProps extends ButtonProps {
  /** What is put on the clipboard. */
  text: string
}

/** Copies, and says so until one goes on. */
export function CopyButton({ text, children = 'Copy', ...props }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false)
  const copy = () => navigator.clipboard.writeText(text).then(() => setCopied(true), toastProblem)
  return (
    <Button onClick={copy} onBlur={() => setCopied(false)} {...props}>
      {isCopied ? <Check /> : <Copy />} {isCopied ? 'Copied' : children}
    </Button>
  )
}
