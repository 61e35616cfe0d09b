/** The languages of the interface; Hungarian first. */
export const languages = ['hu', 'en'] as const
export type Language = (typeof languages)[number]

/** A sentence in every language of the interface. */
export type Text = Record<Language, string>
