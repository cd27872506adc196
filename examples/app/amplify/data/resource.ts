import { type ClientSchema, a, defineData } from '@aws-amplify/backend'

const schema = a.schema({
  Request: a
    .model({ message: a.string().required(), email: a.email().required() })
    .authorization((allow) => [allow.publicApiKey()]),
  Quote: a
    .model({ requestId: a.id().required(), cents: a.integer().required(), note: a.string() })
    .authorization((allow) => [allow.authenticated()]),
})

export type Schema = ClientSchema<typeof schema>

export const data = defineData({ schema, authorizationModes: { defaultAuthorizationMode: 'apiKey' } })
