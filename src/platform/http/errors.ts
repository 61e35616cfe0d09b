/**
 * The failures a visitor can meet. Each has a page of its own under views/errors; one handler shows them.
 * `reason` is a catalogue key whose sentence says what to do.
 */
export class PortalError extends Error {
  readonly status: number
  /** the same under the name the server itself looks at, where no page is shown */
  readonly statusCode: number
  readonly page: string
  readonly reason: string | undefined

  constructor(status: number, page: string, reason?: string, cause?: unknown) {
    super(reason ?? page, cause === undefined ? undefined : { cause })
    this.name = new.target.name
    this.status = status
    this.statusCode = status
    this.page = page
    this.reason = reason
  }
}

/** What does not exist, or may not be known to exist: the answer is the same. */
export class NotFound extends PortalError {
  readonly what: string
  constructor(what: string, reason?: string) {
    super(404, 'not-found', reason)
    this.what = what
  }
}

/** The request came from outside our own pages, or its token is not the session's. */
export class NotAllowed extends PortalError {
  constructor(reason = 'errors.not-allowed.reason') {
    super(403, 'not-allowed', reason)
  }
}

/** Nobody is signed in and the request cannot be answered by sending the reader to the sign-in page. */
export class NotSignedIn extends PortalError {
  constructor(reason?: string) {
    super(401, 'not-signed-in', reason)
  }
}

/** Another change came first. */
export class Conflict extends PortalError {
  constructor(reason: string) {
    super(409, 'conflict', reason)
  }
}

/** The page that was posted was shown to another person, who was signed in here before. */
export class OtherSignIn extends PortalError {
  constructor() {
    super(409, 'other-sign-in')
  }
}

/** The request cannot be understood: malformed, doubled, wrongly encoded. */
export class BadRequest extends PortalError {
  constructor(reason?: string) {
    super(400, 'bad-request', reason)
  }
}

export class TooLarge extends PortalError {
  constructor(reason?: string) {
    super(413, 'too-large', reason)
  }
}

/** A limit on the number of requests was reached. */
export class TooMany extends PortalError {
  readonly retryAfterSeconds: number
  constructor(retryAfterSeconds: number) {
    super(429, 'too-many')
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** A system the portal depends on does not answer; nothing was changed. */
export class OutsideSystemDown extends PortalError {
  readonly system: string
  readonly retryAfterSeconds = 30
  constructor(system: string, cause?: unknown) {
    super(503, 'outside-system-down', undefined, cause)
    this.system = system
  }
}
