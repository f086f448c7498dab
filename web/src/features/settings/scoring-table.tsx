interface CellsProps {
  caption: string
  head: string[]
  rows: string[][]
}

/** A small table of figures; the first cell names the row. */
export function Cells({ caption, head, rows }: CellsProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="overflow-x-auto" tabIndex={0} aria-label={caption}>
      <table className="tabular w-full text-[13px]">
        <thead className="text-left text-muted-foreground text-xs">
          <tr>
            {head.map((name, index) => (
              <th key={name} scope="col" className={index ? 'py-1 pl-4 text-right font-medium' : 'py-1 font-medium'}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y">
          {rows.map(([name, ...cells], row) => (
            <tr key={row}>
              <th scope="row" className="py-1 text-left font-normal">
                {name}
              </th>
              {cells.map((cell, index) => (
                <td key={head[index + 1]} className="whitespace-nowrap py-1 pl-4 text-right">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
