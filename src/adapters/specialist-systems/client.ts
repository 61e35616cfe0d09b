/** Hands registered cases over to the specialist systems (szakrendszerek) through one address of all of them. */
import { boundedText } from '../../platform/http/bounded-body.ts'
import { OutsideSystemDown } from '../../platform/http/errors.ts'
import type { SpecialistSystems } from './contract.ts'
import { caseAddress, caseBody, takenOver } from './wire.ts'

export interface SpecialistSystemsSettings {
  url: string
  token: string
  /** an address without TLS: for the simulator alone */
  allowHttp: boolean
  milliseconds?: number
}

export function specialistSystemsClient(settings: SpecialistSystemsSettings): SpecialistSystems {
  const { url, token, allowHttp, milliseconds = 10_000 } = settings
  const { protocol } = new URL(url)
  if (protocol !== 'https:' && !(allowHttp && protocol === 'http:')) {
    throw new Error('the address of the specialist systems must be https')
  }

  return {
    async takeOver(handover) {
      try {
        const response = await fetch(caseAddress(url, handover), {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            accept: 'application/json',
            'content-type': 'application/json',
            // repeating is harmless: the same case is taken over once
            'idempotency-key': handover.caseId,
          },
          body: JSON.stringify(caseBody(handover)),
          redirect: 'manual',
          signal: AbortSignal.timeout(milliseconds),
        })
        const answer = await boundedText(response, 65_536)
        if (response.status !== 200 && response.status !== 201) throw new Error(`it answered ${response.status}`)
        return takenOver.parse(JSON.parse(answer))
      } catch (failure) {
        throw new OutsideSystemDown('specialist system', failure)
      }
    },
  }
}
