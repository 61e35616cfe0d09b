/** Asks the tax specialist system (adó szakrendszer) of municipalities over HTTP, through one address of all of them. */
import { boundedText } from '../../platform/http/bounded-body.ts'
import { OutsideSystemDown } from '../../platform/http/errors.ts'
import type { TaxSystem } from './contract.ts'
import { booksAddress, booksAnswer, booksBody, mandatesAddress, mandatesAnswer, mandatesBody } from './wire.ts'

export interface TaxSystemSettings {
  url: string
  token: string
  /** an address without TLS: for the simulator alone */
  allowHttp: boolean
  /** for a whole answer, its body included */
  milliseconds?: number
}

/** The longest answer: years of bookings of one taxpayer, or the clients of a large book-keeping office. */
const longestAnswerBytes = 8 * 1024 * 1024

export function taxSystemClient(settings: TaxSystemSettings): TaxSystem {
  const { url, token, allowHttp, milliseconds = 2_000 } = settings
  const { protocol } = new URL(url)
  if (protocol !== 'https:' && !(allowHttp && protocol === 'http:')) {
    throw new Error('the address of the tax system must be https')
  }

  return {
    findBooks: (asked) => ask(booksAddress(url, asked), booksBody(asked), (answer) => booksAnswer.parse(answer)),
    findMandates: (asked) =>
      ask(mandatesAddress(url), mandatesBody(asked), (answer) =>
        mandatesAnswer
          .parse(answer)
          .settlements.map(({ settlement, mandates }) => ({ settlementCode: settlement, mandates })),
      ),
  }

  /** Reading is harmless to repeat, so a failure is tried once more; a refusal is not, since it would be refused again. */
  async function ask<Answer>(address: URL, body: unknown, read: (answer: unknown) => Answer): Promise<Answer> {
    try {
      return await once(address, body, read)
    } catch (failure) {
      if (failure instanceof Refused) throw new OutsideSystemDown('tax system', failure)
    }
    try {
      return await once(address, body, read)
    } catch (failure) {
      throw new OutsideSystemDown('tax system', failure)
    }
  }

  async function once<Answer>(address: URL, body: unknown, read: (answer: unknown) => Answer): Promise<Answer> {
    const response = await fetch(address, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(milliseconds),
    })
    if (response.status !== 200) {
      await response.body?.cancel()
      if (response.status >= 400 && response.status < 500) throw new Refused(`it answered ${response.status}`)
      throw new Error(`it answered ${response.status}`)
    }
    return read(JSON.parse(await boundedText(response, longestAnswerBytes)))
  }
}

class Refused extends Error {}
