// Runs before the first paint, so that a dark screen never flashes white.
;(() => {
  let theme = 'system'
  try {
    theme = localStorage.getItem('outrider.theme') ?? 'system'
  } catch {
    // Storage may be switched off; the system's theme is used then.
  }
  const dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.classList.toggle('dark', dark)
})()
