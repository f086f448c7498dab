/** The typed client of Outrider's API. Every call resolves to the answer or throws an `ApiProblem`. */
import createClient, { type Middleware } from 'openapi-fetch'
import type { components, paths } from './schema'

export type Schemas = components['schemas']

export interface FieldProblem {
  field: string
  problem: string
  remedy?: string
}

/** The API names what is wrong in a few words, as they follow a field's name: `is too short`. */
const sentence = (words = ''): string =>
  words.charAt(0).toUpperCase() + words.slice(1) + (/[.!?…]$/.test(words) ? '' : '.')

/** An error as the API describes it (RFC 9457). */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly remedy = '',
    readonly fields: FieldProblem[] = [],
    readonly type = '',
    /** The present version (of an agent: revision) of what an edit of an older one was refused for. */
    readonly version?: number,
  ) {
    super(detail || title)
    this.name = 'ApiProblem'
  }

  /** The problem of one field of the body, for a form. */
  of(field: string): string | undefined {
    const found = this.fields.find((problem) => problem.field.replace(/^body\./, '') === field)
    return found && [found.problem, found.remedy].filter(Boolean).map(sentence).join(' ')
  }
}

const OFFLINE = new ApiProblem(
  0,
  'Outrider does not answer',
  'The connection to the server is interrupted.',
  'Try again in a moment.',
)

/** True if the server could not be reached at all. */
export const isOffline = (error: unknown): boolean => error instanceof ApiProblem && error.status === 0

export async function problemOf(response: Response): Promise<ApiProblem> {
  const text = await response.text()
  try {
    const body = JSON.parse(text)
    return new ApiProblem(
      response.status,
      body.title ?? 'Error',
      body.detail ?? '',
      body.remedy,
      body.fields,
      body.type,
      body.version ?? body.revision,
    )
  } catch {
    return new ApiProblem(
      response.status,
      `Error ${response.status}`,
      text.slice(0, 200) || 'The server gave no explanation.',
    )
  }
}

const throwing: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response)
  },
  onError() {
    return OFFLINE
  },
}

export const api = createClient<paths>({ baseUrl: '' })
api.use(throwing)

/** The data of a call; the client has thrown already if there is none. */
export async function data<T>(call: Promise<{ data?: T }>): Promise<T> {
  return (await call).data as T
}

/** A page of a list with the cursor of the next one. */
export interface Page<T> {
  items: T[]
  next_cursor?: string | null
}

/** One file with further form fields, with progress from 0 to 1. */
export function upload<T>(path: string, form: FormData, onProgress?: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', path)
    request.upload.onprogress = (event) => event.lengthComputable && onProgress?.(event.loaded / event.total)
    request.onerror = () => reject(OFFLINE)
    request.onload = async () => {
      const ok = request.status >= 200 && request.status < 300
      if (ok) resolve(JSON.parse(request.responseText) as T)
      else reject(await problemOf(new Response(request.responseText, { status: request.status })))
    }
    request.send(form)
  })
}
