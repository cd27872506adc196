// Stands in for `next build`: writes one page, which tells what the build was given. Of secrets it tells that they are there.
import { mkdirSync, writeFileSync } from 'node:fs'

const plain = [
  'APP_ENV',
  'NEXTAUTH_URL',
  'NODE_ENV',
  'LOG_LEVEL',
  'MIGRATIONS',
  'BACKEND_MODE',
  'BACKEND_BRANCH',
  'AMPLIFY_APP_ID',
  'BACKEND_SUFFIX',
  'USER_POOL_ID',
  'USER_POOL_CLIENT_ID',
  'IDENTITY_POOL_ID',
  'GRAPHQL_URL',
  'API_KEY',
  'S3_BUCKET',
]
const secret = ['NEXTAUTH_SECRET']
const addresses = ['DATABASE_URL', 'DIRECT_URL']

const { env } = process
const seen = Object.fromEntries([
  ...plain.map((name) => [name, env[name]]),
  ...secret.map((name) => [name, env[name] && 'is set']),
  ...addresses.map((name) => [name, env[name] && new URL(env[name]).host]),
])

const escaped = (text) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`)
const rows = Object.entries(seen)
  .filter(([, value]) => value !== undefined)
  .map(([name, value]) => `<tr><th>${name}</th><td>${escaped(value)}</td></tr>`)

mkdirSync('.next', { recursive: true })
writeFileSync('.next/environment.json', JSON.stringify(seen, null, 2))
writeFileSync(
  '.next/index.html',
  `<!doctype html>
<meta charset="utf-8">
<title>Salon (${escaped(env.APP_ENV ?? 'no environment')})</title>
<table>
${rows.join('\n')}
</table>
`,
)
console.log(`built for ${env.APP_ENV}`)
