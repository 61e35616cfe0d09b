import type { Visitor } from './person.ts'

/** The general request (általános kérelem) of somebody who is signed in, up to the page that takes files. */
export async function fillUpToAttachments(visitor: Visitor, subject: string, place = 'ujhartyan'): Promise<void> {
  await visitor.open(`/${place}/sajat/urlapok/uj?urlap=altalanos-kerelem`)
  await visitor.tick(/Saját nevemben/)
  await visitor.press(/Űrlap megnyitása|Új űrlap kezdése/)
  await fillInSender(visitor)
  await visitor.choose('Témakör', 'Egyéb')
  await visitor.type('A kérelem tárgya', subject)
  await visitor.press('Mentés és tovább')
  await visitor.reads('Írja le, mit kér.')
  await visitor.type('A kérelem szövege', 'Kérem, javítsák ki az úthibát a 12-es szám előtt.')
  await visitor.press('Mentés és tovább')
}

/** Who sends it and where they live: the first two pages, of somebody who acts for themselves. */
export async function fillInSender(visitor: Visitor): Promise<void> {
  await visitor.type('E-mail-címe', 'minta@example.hu')
  await visitor.type('Telefonszáma', '06 30 123 4567')
  await visitor.tick('Nem')
  await visitor.press('Mentés és tovább')
  await visitor.type('Irányítószám', '2367')
  await visitor.type('Település', 'Újhartyán')
  await visitor.type('Közterület neve', 'Képzelet')
  await visitor.type(/Közterület jellege/, 'utca')
  await visitor.type('Házszám', '12')
  await visitor.press('Mentés és tovább')
}
