/**
 * Who may import whom. The order of the features is the one of the table in the README: a feature may use what stands before it
 * on its own branch, never a later one.
 *
 * @type {Record<string, readonly string[]>}
 */
const mayUse = {
  identifiers: [],
  settlements: [],
  session: [],
  identity: ['session', 'settlements'],
  'parked-work': ['identity'],
  representation: ['identity', 'identifiers'],
  notifications: ['identity'],
  'data-trail': ['representation'],
  'tax-balance': ['representation'],
  payments: ['tax-balance', 'notifications'],
  forms: ['settlements', 'identifiers'],
  submissions: ['forms', 'representation', 'notifications', 'parked-work'],
  records: ['submissions'],
  cases: ['records'],
  'clerk-office': ['cases'],
  'paper-forms': ['clerk-office'],
  help: [],
}

/** @param {string} feature @returns {Set<string>} */
function reach(feature) {
  const reached = new Set([feature])
  for (const direct of mayUse[feature] ?? []) for (const further of reach(direct)) reached.add(further)
  return reached
}

const features = Object.keys(mayUse)

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'nothing-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'production-knows-no-test',
      comment: 'Simulators, the cast and the demo never reach the image.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^test/' },
    },
    {
      name: 'production-needs-no-development-package',
      comment: 'Styles and scripts are built before, with the tools of development.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/platform/assets/build\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'platform-knows-nobody',
      comment: 'It would serve a library as well.',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: '^src/', pathNot: '^src/platform/' },
    },
    {
      name: 'adapters-know-the-platform-only',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/', pathNot: ['^src/platform/', '^src/adapters/$1/'] },
    },
    {
      name: 'features-see-contracts-of-adapters',
      severity: 'error',
      from: { path: '^src/features/' },
      to: { path: '^src/adapters/', pathNot: '/contract\\.ts$' },
    },
    {
      name: 'features-know-no-process',
      severity: 'error',
      from: { path: '^src/features/' },
      to: { path: '^src/[^/]+\\.ts$' },
    },
    {
      name: 'features-enter-by-the-door',
      comment: 'The only door of a feature is its index.ts; a foreign key needs the table it points to.',
      severity: 'error',
      from: { path: '^src/features/([^/]+)/', pathNot: '/tables\\.ts$' },
      to: { path: '^src/features/[^/]+/', pathNot: ['^src/features/$1/', '^src/features/[^/]+/index\\.ts$'] },
    },
    {
      name: 'tables-point-to-tables',
      severity: 'error',
      from: { path: '^src/features/([^/]+)/tables\\.ts$' },
      to: {
        path: '^src/features/[^/]+/',
        pathNot: ['^src/features/$1/', '^src/features/[^/]+/(index|tables)\\.ts$'],
      },
    },
    ...features.map((feature) => ({
      name: `${feature}-uses-earlier-features`,
      severity: /** @type {const} */ ('error'),
      from: { path: `^src/features/${feature}/` },
      to: { path: '^src/features/', pathNot: `^src/features/(${[...reach(feature)].join('|')})/` },
    })),
    {
      name: 'every-feature-has-a-row',
      severity: 'error',
      from: { path: '^src/features/', pathNot: `^src/features/(${features.join('|')})/` },
      to: {},
    },
    {
      name: 'clients-are-chosen-by-compose',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/adapters/', '^src/compose\\.ts$'] },
      to: { path: '^src/adapters/[^/]+/[a-z-]*client\\.ts$' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
