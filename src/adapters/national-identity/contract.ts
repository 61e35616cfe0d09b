/**
 * What the portal asks of the national identification agent (Központi Azonosítási Ügynök, KAÜ): who came back from
 * signing in, and since when. The protocol (OpenID Connect here) stays inside the client.
 */

/** The natural identity data (természetes személyazonosító adatok, „4T”). */
export interface NaturalIdentity {
  familyName: string
  givenName: string
  birthFamilyName: string
  birthGivenName: string
  motherFamilyName: string
  motherGivenName: string
  birthPlace: string
  /** calendar day, YYYY-MM-DD */
  birthDate: string
}

/** A person's accepted identification. `issuer` and `subject` together name the person, nothing else does. */
export interface Identification {
  issuer: string
  subject: string
  identity: NaturalIdentity
  /** when the person gave credentials at the KAÜ, by the KAÜ's clock */
  identifiedAt: Date
  /** the KAÜ's own session, where it names one */
  kauSession: string | undefined
  /** assurance level: low (alacsony), substantial (jelentős), high (magas) */
  assurance: 'low' | 'substantial' | 'high'
  /** kept encrypted, only for signing out */
  idToken: string
}

export type AttemptKind = 'sign-in' | 'continue' | 'reidentify'

/** The secrets of one round trip; random, used once. */
export interface RoundTrip {
  state: string
  nonce: string
  codeVerifier: string
}

export type RefusedBecause =
  | 'no-valid-identification' // login_required and its kin: nobody is signed in at the KAÜ
  | 'turned-back' // access_denied: the person changed their mind
  | 'agent-failed' // server_error, temporarily_unavailable
  | 'invalid-answer' // anything that fails a check: signature, nonce, issuer, audience, missing auth_time …

export type ReturnOutcome = { ok: true; identification: Identification } | { ok: false; because: RefusedBecause }

/** The KAÜ's word that a session of its own has ended; `kauSession` names one, `subject` alone means all of the person. */
export type ReportedEnd =
  | { ok: true; issuer: string; jti: string; kauSession: string | undefined; subject: string | undefined }
  /** `failed`: a word for the log, never a value from the token */
  | { ok: false; failed: string }

export interface NationalIdentity {
  /** Fresh secrets for one attempt. */
  newRoundTrip(): RoundTrip
  /**
   * The address to send the browser to. `sign-in`: max_age; `continue`: prompt=none with the hint; `reidentify`: prompt=login.
   * @throws OutsideSystemDown when the KAÜ's health check (2 s, kept ≤ 10 s) fails
   */
  authorizationUrl(kind: AttemptKind, trip: RoundTrip, idTokenHint?: string): Promise<URL>
  /**
   * Redeems what came back. Signature, issuer, audience, nonce, times and the assurance level are checked here; the age of the
   * identification is NOT: that is the session's rule, with the database's clock.
   * @param query the callback's query string, as it arrived
   * @param now the database's clock, by which the token's times are judged
   * @throws OutsideSystemDown when the token endpoint cannot be reached within 10 s
   */
  redeem(query: URLSearchParams, trip: RoundTrip, now: Date): Promise<ReturnOutcome>
  /**
   * Reads what the KAÜ reports when one of its sessions ends (back-channel logout). Everything is checked but whether the
   * `jti` was used before: that is the caller's to remember.
   * @param now the database's clock
   * @throws OutsideSystemDown when the KAÜ's keys cannot be read, so that the report is neither true nor false
   */
  readLogoutToken(token: string, now: Date): Promise<ReportedEnd>
  /** The address that ends the KAÜ's session and comes back to the portal; undefined when the KAÜ cannot be reached. */
  endSessionUrl(idToken: string, state: string): Promise<URL | undefined>
  /** Host the person is about to be sent to, for display. */
  readonly host: string
  /** Origin for the form-action directive. */
  readonly origin: string
}
