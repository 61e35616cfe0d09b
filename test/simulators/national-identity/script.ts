/** What the simulated KAÜ was told to do otherwise than a faithful one would; nothing at first. */
import { z } from 'zod'
import { people } from '../../cast/people.ts'

export const endpoints = {
  discovery: '/.well-known/openid-configuration',
  keys: '/jwks',
  'pushed-request': '/request',
  authorization: '/auth',
  token: '/token',
  'end-session': '/session/end',
} as const
export type Endpoint = keyof typeof endpoints
export const endpointNames = Object.keys(endpoints) as [Endpoint, ...Endpoint[]]

/** Once this often and then faithfully again; without it until told otherwise. */
const times = z.number().int().positive().optional()

export const behaviour = z.discriminatedUnion('how', [
  /** answers faithfully, later */
  z.object({ how: z.literal('slow'), milliseconds: z.number().int().positive(), times }),
  /** takes the request and never answers */
  z.object({ how: z.literal('silent'), times }),
  z.object({ how: z.literal('hangs-up'), times }),
  /** an error of the protocol */
  z.object({ how: z.literal('error'), error: z.string(), status: z.number().int().min(400).max(599), times }),
  /** garbage: a page for people, a JSON cut off, a JSON that is no object, an answer without end, one from elsewhere */
  z.object({ how: z.enum(['page', 'half', 'list', 'endless', 'elsewhere']), times }),
])
export type Behaviour = z.infer<typeof behaviour>

const personId = z.enum(people.map(({ id }) => id))

const script = z.strictObject({
  /** connections are reset (`refuses`), or taken and never answered (`silent`); the port stays ours */
  down: z.enum(['refuses', 'silent']).nullable(),
  /** an error at authorization, told to the portal by way of the browser */
  authorizationError: z.strictObject({ error: z.string(), description: z.string().optional(), times }).nullable(),
  /** what the portal asks for and does not get */
  ignores: z.strictObject({
    /** an identification older than the portal wants is told as if it were new enough */
    maxAge: z.boolean().optional(),
    /** whoever has a session answers, not only the person of the hint */
    hint: z.boolean().optional(),
    /** `prompt=login` is answered from the living session */
    promptLogin: z.boolean().optional(),
    /** `prompt=none`: `asks` when there is no session, or `always-asks` */
    promptNone: z.enum(['asks', 'always-asks']).optional(),
  }),
  /**
   * claims of ID tokens that are told otherwise, rightly signed; null takes a claim away, `{"secondsFromNow":n}` stands for
   * a moment
   */
  claims: z.record(z.string(), z.unknown()),
  /** gives a forged ID token instead of the right one: one of forged-tokens.ts */
  forgery: z.string().nullable(),
  /** reports of ended sessions: sent at once, kept until told, not sent, sent twice */
  reports: z.enum(['sent', 'kept', 'lost', 'sent-twice']),
})
/** What it is told to do, as a whole. */
export type Told = z.infer<typeof script>
export const instructions = script.partial()
export type Instructions = z.infer<typeof instructions>

export const standingAnswer = z.strictObject({
  person: personId,
  method: z.enum(['dap', 'ugyfelkapu-plusz', 'eszemelyi', 'ugyfelkapu']).default('dap'),
  /** part of the browser's User-Agent; without it any browser */
  browser: z.string().min(1).optional(),
  times,
})
export type StandingAnswer = z.infer<typeof standingAnswer>

export type Script = ReturnType<typeof newScript>

/** @param sessionSeconds how long a session lives from signing in on, whatever one does */
export function newScript(sessionSeconds: number) {
  const faithful = (): Told => ({
    down: null,
    authorizationError: null,
    ignores: {},
    claims: {},
    forgery: null,
    reports: 'sent',
  })
  let told = faithful()
  let behaviours: Partial<Record<Endpoint, Behaviour>> = {}
  let answers: StandingAnswer[] = []
  let life = sessionSeconds

  return {
    get told(): Readonly<Told> {
      return told
    },
    get sessionSeconds(): number {
      return life
    },
    get behaviours(): Readonly<Partial<Record<Endpoint, Behaviour>>> {
      return behaviours
    },
    get answers(): readonly StandingAnswer[] {
      return answers
    },
    follow(more: Instructions): void {
      told = script.parse({ ...told, ...more })
    },
    liveFor(seconds: number): void {
      life = seconds
    },
    misbehave(endpoint: Endpoint, how: Behaviour | null): void {
      const { [endpoint]: _former, ...others } = behaviours
      behaviours = how === null ? others : { ...others, [endpoint]: how }
    },
    /** @param answer null forgets all of them */
    answerAs(answer: StandingAnswer | null): void {
      answers = answer === null ? [] : [...answers.filter(({ browser }) => browser !== answer.browser), answer]
    },
    /** Faithful again in everything. */
    behave(): void {
      told = faithful()
      behaviours = {}
      answers = []
      life = sessionSeconds
    },

    /** What the endpoint does with the request at hand. */
    takeBehaviour(endpoint: Endpoint): Behaviour | undefined {
      const how = behaviours[endpoint]
      if (how !== undefined) this.misbehave(endpoint, used(how))
      return how
    },
    takeAuthorizationError(): Told['authorizationError'] {
      const error = told.authorizationError
      if (error !== null) told = { ...told, authorizationError: used(error) }
      return error
    },
    /** Who signs in by itself in this browser; an answer for it alone goes before one for any. */
    takeAnswer(userAgent: string): StandingAnswer | undefined {
      const fitting = answers.filter(({ browser }) => browser === undefined || userAgent.includes(browser))
      const answer = fitting.find(({ browser }) => browser !== undefined) ?? fitting[0]
      if (answer === undefined) return undefined
      const left = used(answer)
      answers = answers.flatMap((one) => (one !== answer ? [one] : left === null ? [] : [left]))
      return answer
    },
  }
}

function used<Counted extends { times?: number | undefined }>(one: Counted): Counted | null {
  if (one.times === undefined) return one
  return one.times > 1 ? { ...one, times: one.times - 1 } : null
}
