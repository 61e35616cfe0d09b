import 'vitest'

/** What journeys are told of the portal that was started for them: `inject('journeyPortal')`. */
export interface JourneyPortal {
  url: string
  kauUrl: string
  /** where the simulated KAÜ is steered from, and the time of all: control-client.ts; move it forward only */
  kauControlUrl: string
  /** page of the letters the portal has sent; `/letters.json` lists them */
  mailUrl: string
  /** page of the cases the specialist systems have taken over; `/cases.json` lists them */
  specialistUrl: string
  /** page of the tax system's simulator, where it can be told to be slow or dead */
  taxSystemUrl: string
  /** administrator of the database, whom no policy binds: for looking behind the scenes */
  adminUrl: string
}

declare module 'vitest' {
  interface ProvidedContext {
    journeyPortal: JourneyPortal
  }
}
