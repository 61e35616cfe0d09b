/** How much a clerk may write, in characters: the answer that closes a case, and the instruction for the case worker. */
export const limits = { answer: { min: 20, max: 10_000 }, instruction: 1_000 }
