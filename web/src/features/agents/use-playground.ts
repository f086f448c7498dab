import { useCallback, useEffect, useRef, useState } from 'react'
import { invokeAgent } from '@/api/agent-runs'
import type { AgentType } from '@/api/agents'
import { ApiProblem } from '@/api/client'
import { after, BEGUN, invocation, type Run, type Side, type Somebody, type Turn } from './run'

/** The conversation with one or two agents side by side; each side has its own thread. */
export function usePlayground(type: AgentType, agentId: number | undefined) {
  const [threads, setThreads] = useState<Turn[][]>([[], []])
  const flights = useRef(new Set<AbortController>())
  const stop = useCallback(() => {
    for (const flight of flights.current) flight.abort()
    flights.current.clear()
  }, [])
  // Nobody pays for an answer that nobody reads.
  useEffect(() => stop, [stop])

  const change = (side: number, turn: number, with_: (run: Run) => Run) =>
    setThreads((before) =>
      before.map((turns, place) =>
        place === side ? turns.map((one, at) => (at === turn ? { ...one, run: with_(one.run) } : one)) : turns,
      ),
    )

  const ask = async (side: number, how: Side, somebody: Somebody, text: string, turns: Turn[]) => {
    const flight = new AbortController()
    flights.current.add(flight)
    const turn = turns.length
    try {
      const wanted = invocation(type, agentId, how, somebody, text, turns)
      await invokeAgent(wanted, (event) => change(side, turn, (run) => after(run, event)), flight.signal)
    } catch (error) {
      const problem = flight.signal.aborted
        ? new ApiProblem(0, 'Stopped', 'You stopped this run; the model’s call was cancelled.')
        : error instanceof ApiProblem
          ? error
          : new ApiProblem(0, 'The run broke off', String(error))
      change(side, turn, (run) => ({ ...run, problem, isRunning: false }))
    } finally {
      flights.current.delete(flight)
      change(side, turn, (run) => (run.isRunning ? { ...run, isRunning: false } : run))
    }
  }

  const send = (sides: Side[], somebody: Somebody, text: string) => {
    setThreads((before) =>
      before.map((turns, side) => (side < sides.length ? [...turns, { heard: text, run: BEGUN }] : turns)),
    )
    for (const [side, how] of sides.entries()) void ask(side, how, somebody, text, threads[side] ?? [])
  }

  const clear = () => {
    stop()
    setThreads([[], []])
  }
  const isRunning = threads.some((turns) => turns.some(({ run }) => run.isRunning))
  return { threads, send, stop, clear, isRunning }
}
