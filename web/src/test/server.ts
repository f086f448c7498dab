/** The other end of every request, as a test wants it. */
type Answer = (request: Request) => Response | Promise<Response>

let answer: Answer = () => Response.json({ title: 'Nobody answers', detail: '' }, { status: 404 })

/** From now on requests are answered like this. */
export const answerBy = (next: Answer): void => {
  answer = next
}

// Relative addresses, as in a browser; in place before the API's client takes both over.
const Plain = globalThis.Request
globalThis.Request = class extends Plain {
  constructor(input: RequestInfo | URL, init?: RequestInit) {
    super(typeof input === 'string' ? new URL(input, 'http://here') : input, init)
  }
}
globalThis.fetch = async (input, init) => answer(new Request(input, init))
