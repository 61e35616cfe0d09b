/**
 * Forms that come on paper (papíron érkezett űrlapok): the records clerk reads the numbered 2D codes a filled-in form was printed with,
 * sees what they say, and takes the paper over (átvétel, érkeztetés); from then on its case runs as every other.
 *
 * Nothing was stored before. The submission belongs to no account: nobody on the citizens' side can see it.
 */
export { paperFormPages } from './routes.ts'
export { type PaperForms, paperFormService } from './service.ts'
