/** Reports of ended sessions on their way to the portal: sent, kept for later, lost, or sent twice. */
import type { Script } from './script.ts'

export interface Report {
  token: string
  /** the portal's answers; none while it is kept, or when it was lost */
  answers: number[]
}

type Send = (url: string | URL | Request, options?: RequestInit) => Promise<Response>

/** @param send the portal hears of it by this */
export function reportsTo(address: string, script: Script, send: Send = fetch) {
  const reports: Report[] = []
  let kept: Report[] = []

  async function deliver(report: Report): Promise<number> {
    const body = new URLSearchParams({ logout_token: report.token })
    // nobody listening is an answer too: 0
    const status = await send(address, { method: 'POST', body, redirect: 'manual' }).then(
      (response) => response.status,
      () => 0,
    )
    report.answers.push(status)
    return status
  }

  return {
    all: (): readonly Report[] => reports,

    /** Takes what the provider would send, and does with it as the script says. */
    async take(token: string): Promise<number> {
      const report = { token, answers: [] }
      reports.push(report)
      if (reports.length > 200) reports.shift()
      const { reports: way } = script.told
      if (way === 'lost') return 200
      if (way === 'kept') {
        kept.push(report)
        return 200
      }
      if (way === 'sent-twice') await deliver(report)
      return deliver(report)
    },

    /** Sends one that was made on demand, whatever the script says. */
    async send(token: string): Promise<number> {
      const report = { token, answers: [] }
      reports.push(report)
      return deliver(report)
    },

    /** Sends those that were kept, in their order, as they are: one kept for longer than its time is too old. */
    async deliverKept(): Promise<number[]> {
      const waiting = kept
      kept = []
      const answers: number[] = []
      for (const report of waiting) answers.push(await deliver(report))
      return answers
    },
  }
}

export type Reports = ReturnType<typeof reportsTo>
