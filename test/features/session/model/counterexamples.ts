import type { Command } from './commands.ts'

/** Histories in which something was wrong once, in the portal or in what it is compared with; they are played for ever. */
export const counterexamples: Record<string, Command[]> = {
  'a limit found by a callback stays passed when the clock is set back': [
    { do: 'trip', browser: 1, kind: 'sign-in', person: 'anna', insists: false },
    { do: 'tick-to', browser: 1, limit: 'identified', off: -1, as: 'page' },
    { do: 'trip', browser: 1, kind: 'sign-in', person: 'anna', insists: false },
    { do: 'clock', off: -1_000 },
    { do: 'look', browser: 1, shows: { identifier: 'current' }, as: 'presence' },
  ],
  'a limit found by signing out too late stays passed when the clock is set back': [
    { do: 'trip', browser: 1, kind: 'sign-in', person: 'bela', insists: false },
    { do: 'trip', browser: 0, kind: 'sign-in', person: 'anna', insists: false },
    { do: 'tick-to', browser: 0, limit: 'remembered', off: 0, as: 'page' },
    { do: 'sign-out', browser: 1, shows: { identifier: 'current' } },
    { do: 'clock', off: -600_000 },
    { do: 'tick-to', browser: 1, limit: 'identified', off: 0, as: 'page' },
  ],
  'a page older than a day is no longer taken, in whatever session it is posted': [
    { do: 'trip', browser: 0, kind: 'sign-in', person: 'anna', insists: false },
    { do: 'look', browser: 0, shows: { identifier: 'current' }, as: 'act' },
    { do: 'trip', browser: 1, kind: 'reidentify', person: 'bela', insists: false },
    { do: 'tick', milliseconds: 86_400_000 },
    { do: 'trip', browser: 0, kind: 'reidentify', person: 'bela', insists: false },
    { do: 'trip', browser: 1, kind: 'continue', person: 'anna', insists: false },
    { do: 'tick-to', browser: 0, limit: 'identified', off: -1_000, as: 'post' },
  ],
  'what was put aside is gone after a day, though nobody looked in the meantime': [
    { do: 'trip', browser: 1, kind: 'sign-in', person: 'anna', insists: false },
    { do: 'tick-to', browser: 1, limit: 'identified', off: 0, as: 'act' },
    { do: 'tick', milliseconds: 86_400_000 },
    { do: 'tick', milliseconds: 14_400_000 },
  ],
  'the same sending put aside twice is kept for a day from the second time on': [
    { do: 'trip', browser: 0, kind: 'sign-in', person: 'anna', insists: false },
    { do: 'trip', browser: 0, kind: 'sign-in', person: 'anna', insists: false },
    { do: 'trip', browser: 1, kind: 'reidentify', person: 'anna', insists: false },
    { do: 'tick-to', browser: 0, limit: 'identified', off: 0, as: 'post' },
    { do: 'trip', browser: 0, kind: 'reidentify', person: 'anna', insists: false },
    { do: 'tick-to', browser: 0, limit: 'idle', off: 1_000, as: 'act' },
    { do: 'tick-to', browser: 0, limit: 'remembered', off: 1, as: 'presence' },
  ],
  'what was looked over yesterday is shown again before it is sent': [
    { do: 'trip', browser: 0, kind: 'sign-in', person: 'anna', insists: false },
    { do: 'tick-to', browser: 0, limit: 'idle', off: 1_000, as: 'act' },
    { do: 'trip', browser: 1, kind: 'sign-in', person: 'anna', insists: false },
    { do: 'work-until-240', browser: 1, off: -1 },
    { do: 'look', browser: 1, shows: { identifier: 'current' }, as: 'act' },
  ],
}
