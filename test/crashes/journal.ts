/** What somebody was told about all that they typed into a draft, and whether what they see later agrees with it. */

/** Something typed into a page and posted, once or several times. */
export interface Typing {
  /** like nothing else anybody types */
  mark: string
  /** names the showing of the page it was typed into */
  showing: number
  /** how often the draft had changed before that showing, as far as its writer knew */
  changes: number
  /** sent by the page itself, not by its button */
  byItself: boolean
  parked: boolean
}

export type Journal = ReturnType<typeof journalOf>

/** @param holds what the draft shows at first */
export function journalOf(holds: string) {
  let current = holds
  let changes = 0
  let showings = 0
  const typings: Typing[] = []
  const held = new Set([holds])
  const listed = new Set<string>()
  const thrownAway = new Set<string>()
  const lost: string[] = []

  function change(mark: string): void {
    current = mark
    changes += 1
    held.add(mark)
  }

  return {
    lost,

    /** The page is shown: it holds what was saved last, or what was posted into the draft as it was then, and not heard of. */
    shown(mark: string): Pick<Typing, 'showing' | 'changes'> {
      if (mark !== current) {
        const mayHold = typings.some((one) => one.mark === mark && one.changes === changes)
        if (!mayHold) lost.push(`${current} was saved, and ${mark === '' ? 'nothing' : mark} is there`)
        change(mark)
      }
      showings += 1
      return { showing: showings, changes }
    },

    typed(typing: Omit<Typing, 'parked'>): Typing {
      const one = { ...typing, parked: false }
      typings.push(one)
      return one
    },

    /** Its writer was told that it is saved. */
    saved({ mark, changes: before }: Typing): void {
      if (mark === current) return
      if (before !== changes) lost.push(`${mark} was saved over ${current}, which its writer had not seen`)
      change(mark)
    },

    /** Its writer was told that it is put aside. */
    parked(typing: Typing): void {
      typing.parked = true
    },

    /** Its writer finds it among what is put aside. */
    listed: (mark: string): void => void listed.add(mark),

    /** Its writer throws it away, having seen it. */
    thrownAway: (mark: string): void => void thrownAway.add(mark),

    /**
     * What was told to be put aside and was neither found there nor in the draft, or went from there by itself; once nothing is
     * put aside any more. What a page sends by itself gives way to what the same page sends afterwards.
     */
    missing(): string[] {
      const found = ({ mark }: Typing) => held.has(mark) || (listed.has(mark) && thrownAway.has(mark))
      return typings
        .filter((one, index) => {
          if (!one.parked || found(one)) return false
          const later = typings.slice(index + 1).filter(({ showing }) => showing === one.showing)
          return listed.has(one.mark) || !one.byItself || !later.some(found)
        })
        .map(({ mark }) => mark)
    },
  }
}
