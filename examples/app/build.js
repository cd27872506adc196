// Stands in for `next build`: writes one page, which tells what the build was given. Of secrets it tells that they are there.
import { mkdirSync, writeFileSync } from 'node:fs'
import { page } from 'salon-page'

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

mkdirSync('.next', { recursive: true })
writeFileSync('.next/environment.json', JSON.stringify(seen, null, 2))
writeFileSync('.next/index.html', page(env.APP_ENV ?? 'no environment', seen))
console.log(`built for ${env.APP_ENV}`)
