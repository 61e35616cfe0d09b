/**
 * The base rate of the central bank (jegybanki alapkamat), from the day on which it came into force to the day before the next.
 *
 * A new decision is one new row at the end. What the bank's own list of 1 December 2023 says is confirmed; what follows was taken
 * from reports of its decisions and waits to be compared with the list, and a decision after the last row may be missing: interest
 * that rests on such a row says so.
 * Source: Magyar Nemzeti Bank, „Jegybanki alapkamat alakulása”, https://www.mnb.hu/Jegybanki_alapkamat_alakulasa
 */
export interface BaseRate {
  /** YYYY-MM-DD */
  from: string
  /** hundredths of a percent a year: 650 is 6.5 % */
  hundredths: number
  status: 'confirmed' | 'unconfirmed'
}

const confirmed: readonly [from: string, hundredths: number][] = [
  ['2012-11-28', 600],
  ['2012-12-19', 575],
  ['2013-01-30', 550],
  ['2013-02-27', 525],
  ['2013-03-27', 500],
  ['2013-04-24', 475],
  ['2013-05-29', 450],
  ['2013-06-26', 425],
  ['2013-07-24', 400],
  ['2013-08-28', 380],
  ['2013-09-25', 360],
  ['2013-10-30', 340],
  ['2013-11-27', 320],
  ['2013-12-18', 300],
  ['2014-01-22', 285],
  ['2014-02-19', 270],
  ['2014-03-26', 260],
  ['2014-04-30', 250],
  ['2014-05-28', 240],
  ['2014-06-25', 230],
  ['2014-07-23', 210],
  ['2015-03-25', 195],
  ['2015-04-22', 180],
  ['2015-05-27', 165],
  ['2015-06-24', 150],
  ['2015-07-22', 135],
  ['2016-03-23', 120],
  ['2016-04-27', 105],
  ['2016-05-25', 90],
  ['2020-06-24', 75],
  ['2020-07-22', 60],
  ['2021-06-23', 90],
  ['2021-07-28', 120],
  ['2021-08-25', 150],
  ['2021-09-22', 165],
  ['2021-10-20', 180],
  ['2021-11-17', 210],
  ['2021-12-15', 240],
  ['2022-01-26', 290],
  ['2022-02-23', 340],
  ['2022-03-23', 440],
  ['2022-04-27', 540],
  ['2022-06-01', 590],
  ['2022-06-29', 775],
  ['2022-07-13', 975],
  ['2022-07-27', 1075],
  ['2022-08-31', 1175],
  ['2022-09-28', 1300],
  ['2023-10-25', 1225],
  ['2023-11-22', 1150],
]

const unconfirmed: readonly [from: string, hundredths: number][] = [
  ['2023-12-20', 1075],
  ['2024-01-31', 1000],
  ['2024-02-28', 900],
  ['2024-03-27', 825],
  ['2024-04-24', 775],
  ['2024-05-22', 725],
  ['2024-06-19', 700],
  ['2024-07-24', 675],
  ['2024-09-25', 650],
  ['2026-02-25', 625],
]

export const baseRates: readonly BaseRate[] = [
  ...confirmed.map(([from, hundredths]) => ({ from, hundredths, status: 'confirmed' as const })),
  ...unconfirmed.map(([from, hundredths]) => ({ from, hundredths, status: 'unconfirmed' as const })),
]

/**
 * The base rate in force on a day.
 *
 * @param rates by their first day, earliest first
 * @returns undefined before the first of them
 */
export function baseRateOn(day: string, rates: readonly BaseRate[] = baseRates): BaseRate | undefined {
  return rates.findLast(({ from }) => from <= day)
}
