// @ts-check
import { defineConfig } from 'eslint/config'
import regexp from 'eslint-plugin-regexp'
import tseslint from 'typescript-eslint'

const never = {
  rawSql: {
    selector: "CallExpression[callee.object.name='sql'][callee.property.name='raw']",
    message: 'Values go into SQL as parameters, names are written out: sql.raw is neither.',
  },
  templateFromText: {
    selector: "CallExpression[callee.property.name='renderString']",
    message: 'Templates come from views/ only; one made of text can run code.',
  },
  markupFromText: {
    selector: ":matches(Identifier, MemberExpression > Identifier)[name='SafeString']",
    message: 'Only templates make markup.',
  },
  enumeration: {
    selector: 'TSEnumDeclaration',
    message: 'Node runs the source by leaving the types out: use a union of strings.',
  },
}

const expressionFromText = {
  selector: ":matches(NewExpression, CallExpression)[callee.name='RegExp'][arguments.0.type!='Literal']",
  message: 'An expression made of text has not been looked at: it may take any time, and mean anything.',
}

/** Only the processes read the environment. */
const processes = [
  'src/web.ts',
  'src/worker.ts',
  'src/migrate.ts',
  'src/office-import.ts',
  'src/tax-import.ts',
  'src/account.ts',
  'src/audit-verify.ts',
]

export default defineConfig(
  { ignores: ['dist/**', 'node_modules/**', '**/*.js', '**/*.cjs'] },
  {
    // whoever types a text cannot make an expression take more than its share of time (security requirement 36)
    files: ['src/**/*.ts', 'views/assets/**/*.ts'],
    languageOptions: { parser: tseslint.parser },
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential', ignorePartial: false, ignoreSticky: false }],
    },
  },
  {
    files: ['**/*.ts'],
    ignores: ['views/assets/**'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['test/tsconfig.json', 'test/journeys/tsconfig.json'],
        tsconfigRootDir: new URL('..', import.meta.url).pathname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'no-eval': 'error',
      'no-new-func': 'error',
      'no-param-reassign': 'off',
      'no-restricted-syntax': ['error', ...Object.values(never)],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'], location: 'start' }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // plugins and hooks of the server are asynchronous by contract, whether they wait for something or not
      '@typescript-eslint/require-await': 'off',
      // services are functions that close over what they need, not methods with a `this`
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { arguments: false, attributes: false } },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...Object.values(never), expressionFromText] },
  },
  {
    files: ['src/**/*.ts'],
    ignores: processes,
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Only the processes read the environment; take a value instead.',
        },
      ],
    },
  },
  {
    // programs talk to the terminal
    files: ['test/**/*.ts', ...processes],
    rules: { 'no-console': 'off' },
  },
  {
    // rows and answers a test looks at have no type until the test has said what it expects of them
    files: ['test/**/*.test.ts', 'test/**/*.spec.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
)
