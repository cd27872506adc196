// Prisma without its downloads: the schema engine in WebAssembly, which reaches the database through node's client.
import { PrismaPg } from '@prisma/adapter-pg'
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils'

// Types of the system catalogues, which the engine reads and the adapter does not know, and those that it may take.
const CHAR = 18
const KNOWN = { [CHAR]: 25, 19: 25, 1002: 1009, 1003: 1009 }

function understanding(queries) {
  const [perform, read] = [queries.performIO.bind(queries), queries.queryRaw.bind(queries)]
  let chars = []
  queries.performIO = async (query) => {
    const found = await perform(query)
    chars = found.fields.flatMap((field, place) => (field.dataTypeID === CHAR ? [place] : []))
    for (const field of found.fields) field.dataTypeID = KNOWN[field.dataTypeID] ?? field.dataTypeID
    return found
  }
  queries.queryRaw = async (query) => {
    const found = await read(query)
    for (const place of chars) found.columnTypes[place] = ColumnTypeEnum.Character
    return found
  }
  return queries
}

// libpq's hostaddr is not known to node's client; by the name alone the endpoint is told.
function endpoint(address) {
  const url = new URL(address)
  return {
    host: url.searchParams.get('hostaddr') ?? url.hostname,
    port: Number(url.port),
    user: url.username,
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1),
    ssl: { rejectUnauthorized: false, servername: url.hostname },
  }
}

export default {
  experimental: { adapter: true },
  engine: 'js',
  schema: 'prisma/schema.prisma',
  adapter: async () => {
    const factory = new PrismaPg(endpoint(process.env.DIRECT_URL))
    const connect = factory.connect.bind(factory)
    factory.connect = async () => understanding(await connect())
    return factory
  },
}
