/**
 * The districts of Budapest (fővárosi kerületek) as people look for them: the roman number of the official name, the arabic
 * one, and the names they bear beside the number.
 */
export const budapestDistrictNames: readonly { roman: string; number: number; called: readonly string[] }[] = [
  { roman: 'I', number: 1, called: ['Budavár'] },
  { roman: 'II', number: 2, called: [] },
  { roman: 'III', number: 3, called: ['Óbuda-Békásmegyer'] },
  { roman: 'IV', number: 4, called: ['Újpest'] },
  { roman: 'V', number: 5, called: ['Belváros-Lipótváros'] },
  { roman: 'VI', number: 6, called: ['Terézváros'] },
  { roman: 'VII', number: 7, called: ['Erzsébetváros'] },
  { roman: 'VIII', number: 8, called: ['Józsefváros'] },
  { roman: 'IX', number: 9, called: ['Ferencváros'] },
  { roman: 'X', number: 10, called: ['Kőbánya'] },
  { roman: 'XI', number: 11, called: ['Újbuda'] },
  { roman: 'XII', number: 12, called: ['Hegyvidék'] },
  { roman: 'XIII', number: 13, called: [] },
  { roman: 'XIV', number: 14, called: ['Zugló'] },
  { roman: 'XV', number: 15, called: ['Rákospalota-Pestújhely-Újpalota'] },
  { roman: 'XVI', number: 16, called: [] },
  { roman: 'XVII', number: 17, called: ['Rákosmente'] },
  { roman: 'XVIII', number: 18, called: ['Pestszentlőrinc-Pestszentimre'] },
  { roman: 'XIX', number: 19, called: ['Kispest'] },
  { roman: 'XX', number: 20, called: ['Pesterzsébet'] },
  { roman: 'XXI', number: 21, called: ['Csepel'] },
  { roman: 'XXII', number: 22, called: ['Budafok-Tétény'] },
  { roman: 'XXIII', number: 23, called: ['Soroksár'] },
]
