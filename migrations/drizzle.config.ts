export default {
  dialect: 'postgresql',
  schema: ['./src/features/*/tables.ts', './src/platform/**/tables.ts'],
  out: './migrations',
  casing: 'snake_case',
}
