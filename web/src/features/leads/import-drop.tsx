import { FileSpreadsheet, Upload } from 'lucide-react'
import { type DragEvent, useId, useState } from 'react'
import { Button } from '@/components/ui/button'
import { cn } from '@/lib/cn'
import { download } from '@/lib/download'
import { formatBytes, SAMPLE_FILE } from './importing'

interface ImportDropProps {
  file: File | null
  onFile: (file: File) => void
}

/** Where a file is dropped or chosen; afterwards it names the file. */
export function ImportDrop({ file, onFile }: ImportDropProps) {
  const id = useId()
  const [isOver, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const dropped = event.dataTransfer.files[0]
    if (dropped) onFile(dropped)
  }
  const input = (
    <input
      id={id}
      type="file"
      accept=".csv,.tsv,.txt,.xlsx,text/csv"
      className="peer sr-only"
      onChange={(event) => {
        const chosen = event.target.files?.[0]
        if (chosen) onFile(chosen)
        // The same file, mended, can be chosen again.
        event.target.value = ''
      }}
    />
  )
  const target = {
    onDragOver: (event: DragEvent) => {
      event.preventDefault()
      setOver(true)
    },
    onDragLeave: () => setOver(false),
    onDrop: drop,
  }
  if (file)
    return (
      <div {...target} className="relative flex items-center gap-3 rounded-lg border bg-surface px-4 py-3 shadow-sm">
        <FileSpreadsheet className="size-5 shrink-0 text-primary-text" aria-hidden />
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium text-sm">{file.name}</p>
          <p className="tabular text-[13px] text-muted-foreground">{formatBytes(file.size)}</p>
        </div>
        {input}
        <label
          htmlFor={id}
          className="inline-flex h-8 cursor-pointer items-center rounded-md border bg-surface px-3 font-medium text-[13px] shadow-sm hover:bg-accent peer-focus-visible:outline-2 peer-focus-visible:outline-ring"
        >
          Another file
        </label>
      </div>
    )
  return (
    <div
      {...target}
      className={cn(
        'relative flex flex-col items-center rounded-lg border-2 border-dashed bg-surface px-6 py-12 text-center transition-colors',
        isOver && 'border-primary bg-primary-soft',
      )}
    >
      <span className="mb-3 grid size-10 place-items-center rounded-lg bg-accent text-muted-foreground">
        <Upload className="size-5" aria-hidden />
      </span>
      <h2 className="font-semibold text-sm">Drop a file with your leads here</h2>
      <p className="mt-1 max-w-md text-muted-foreground text-sm">
        CSV or Excel (.xlsx), with a row per person and a column with phone numbers or e-mail addresses. Columns are
        recognised by themselves, and nothing is imported before you have seen them.
      </p>
      <div className="mt-4 flex flex-wrap justify-center gap-2">
        {input}
        <label
          htmlFor={id}
          className="inline-flex h-8 cursor-pointer items-center rounded-md bg-primary px-3 font-medium text-[13px] text-primary-foreground shadow-sm hover:bg-primary-hover peer-focus-visible:outline-2 peer-focus-visible:outline-ring peer-focus-visible:outline-offset-2"
        >
          Choose a file
        </label>
        <Button variant="ghost" onClick={() => download('sample-leads.csv', SAMPLE_FILE, 'text/csv')}>
          Download a sample
        </Button>
      </div>
    </div>
  )
}
