/** The project's own folder, with a closing slash; the same from src and from dist, since both lie one level below it. */
export const projectRoot = new URL('../../', import.meta.url)
