/**
 * The Hungarian calendar of working days: public holidays (munkaszüneti nap) and, year by year, the working days moved by
 * the minister's decree (a Saturday worked for a weekday off).
 *
 * A new decree is one new row. For a year without its row the holidays of the Labour Code still count; only moved
 * days are missing, and a deadline that runs into such a year says so.
 */

/**
 * Holidays of the same date each year, from the year they came into force for working time.
 * Source: Mt. (2012. évi I. törvény) 102. § (1)
 */
export const fixedHolidays = ['01-01', '03-15', '05-01', '08-20', '10-23', '11-01', '12-25', '12-26'] as const

/** Good Friday, Easter Monday and Whit Monday as days after Easter Sunday. Source: as above; Good Friday since 2017 */
export const holidaysAfterEaster = [-2, 1, 50] as const

export interface MovedDays {
  year: number
  /** weekdays nobody works */
  rest: readonly string[]
  /** Saturdays everybody works */
  work: readonly string[]
  source: string
}

export const movedDays: readonly MovedDays[] = [
  {
    year: 2024,
    rest: ['2024-08-19', '2024-12-24', '2024-12-27'],
    work: ['2024-08-03', '2024-12-07', '2024-12-14'],
    source: '15/2023. (VII. 13.) GFM rendelet',
  },
  {
    year: 2025,
    rest: ['2025-05-02', '2025-10-24', '2025-12-24'],
    work: ['2025-05-17', '2025-10-18', '2025-12-13'],
    source: '11/2024. (IV. 8.) NGM rendelet',
  },
  {
    year: 2026,
    rest: ['2026-01-02', '2026-08-21', '2026-12-24'],
    work: ['2026-01-10', '2026-08-08', '2026-12-12'],
    source: '10/2025. (IV. 30.) NGM rendelet',
  },
]
