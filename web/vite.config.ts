import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const COMPRESSIBLE = /\.(js|css|html|svg|json|txt)$/

/** Writes a .br and a .gz beside each text file, so that the server compresses nothing while somebody waits. */
function precompressed(): Plugin {
  let folder = ''
  return {
    name: 'precompressed',
    apply: 'build',
    configResolved(config) {
      folder = config.build.outDir
    },
    async closeBundle() {
      const names = (await readdir(folder, { recursive: true })).filter((name) => COMPRESSIBLE.test(name))
      await Promise.all(
        names.map(async (name) => {
          const path = join(folder, name)
          const content = await readFile(path)
          const quality = { [constants.BROTLI_PARAM_QUALITY]: 11 }
          await writeFile(`${path}.br`, await promisify(brotliCompress)(content, { params: quality }))
          await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }))
        }),
      )
    },
  }
}

const api = `http://127.0.0.1:${process.env.OUTRIDER_PORT ?? 8000}`

export default defineConfig({
  plugins: [react(), tailwindcss(), precompressed()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { proxy: { '/api': { target: api, ws: true }, '/health': api, '/docs': api, '/openapi.json': api } },
  build: { outDir: 'dist', target: 'es2024', chunkSizeWarningLimit: 700 },
  test: { environment: 'jsdom', setupFiles: ['src/test/setup.ts'], include: ['src/**/*.test.{ts,tsx}'] },
})
