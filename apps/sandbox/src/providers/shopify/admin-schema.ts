const currencies = Intl.supportedValuesOf("currency").join(" ");

/** The part of Shopify's published Admin schema of 2026-10 that the sandbox plays. Names, types and nullability are Shopify's. */
export const adminSchema = `
schema {
  query: QueryRoot
  mutation: Mutation
}

scalar DateTime
scalar URL
scalar ARN
scalar UnsignedInt64

interface Node {
  id: ID!
}

interface DisplayableError {
  field: [String!]
  message: String!
}

type QueryRoot {
  currentAppInstallation: AppInstallation!
  shop: Shop!
  webhookSubscription(id: ID!): WebhookSubscription
  webhookSubscriptions(
    first: Int
    after: String
    reverse: Boolean = false
    topics: [WebhookSubscriptionTopic!]
    uri: String
  ): WebhookSubscriptionConnection!
}

type Mutation {
  appUninstall: AppUninstallPayload
  webhookSubscriptionCreate(
    topic: WebhookSubscriptionTopic!
    webhookSubscription: WebhookSubscriptionInput!
  ): WebhookSubscriptionCreatePayload
  webhookSubscriptionUpdate(
    id: ID!
    webhookSubscription: WebhookSubscriptionInput!
  ): WebhookSubscriptionUpdatePayload
  webhookSubscriptionDelete(id: ID!): WebhookSubscriptionDeletePayload
}

type Shop implements Node {
  id: ID!
  name: String!
  email: String!
  contactEmail: String!
  myshopifyDomain: String!
  primaryDomain: Domain!
  currencyCode: CurrencyCode!
}

type Domain implements Node {
  id: ID!
  host: String!
  url: URL!
}

enum CurrencyCode { ${currencies} }

type App implements Node {
  id: ID!
  apiKey: String!
  title: String!
}

type AppInstallation implements Node {
  id: ID!
  app: App!
  accessScopes: [AccessScope!]!
}

type AccessScope {
  handle: String!
  description: String!
}

type AppUninstallPayload {
  app: App
  userErrors: [AppUninstallAppUninstallError!]!
}

type AppUninstallAppUninstallError implements DisplayableError {
  code: AppUninstallAppUninstallErrorCode
  field: [String!]
  message: String!
}

enum AppUninstallAppUninstallErrorCode {
  APP_NOT_FOUND
  APP_NOT_INSTALLED
  APP_UNINSTALL_ERROR
  USER_PERMISSIONS_INSUFFICIENT
}

type UserError implements DisplayableError {
  field: [String!]
  message: String!
}

type WebhookSubscriptionCreatePayload {
  userErrors: [UserError!]!
  webhookSubscription: WebhookSubscription
}

type WebhookSubscriptionUpdatePayload {
  userErrors: [UserError!]!
  webhookSubscription: WebhookSubscription
}

type WebhookSubscriptionDeletePayload {
  deletedWebhookSubscriptionId: ID
  userErrors: [UserError!]!
}

input WebhookSubscriptionInput {
  uri: String
  callbackUrl: URL @deprecated(reason: "Use \`uri\` instead.")
  format: WebhookSubscriptionFormat
  includeFields: [String!]
  name: String
}

enum WebhookSubscriptionFormat { JSON }

type WebhookSubscription implements Node {
  id: ID!
  apiVersion: ApiVersion!
  callbackUrl: URL @deprecated(reason: "Use \`uri\` instead.")
  createdAt: DateTime!
  endpoint: WebhookSubscriptionEndpoint! @deprecated(reason: "Use \`uri\` instead.")
  filter: String
  format: WebhookSubscriptionFormat!
  includeFields: [String!]!
  legacyResourceId: UnsignedInt64!
  metafieldNamespaces: [String!]!
  name: String
  topic: WebhookSubscriptionTopic!
  updatedAt: DateTime!
  uri: String!
}

type ApiVersion {
  displayName: String!
  handle: String!
  supported: Boolean!
}

union WebhookSubscriptionEndpoint = WebhookEventBridgeEndpoint | WebhookHttpEndpoint | WebhookPubSubEndpoint

type WebhookHttpEndpoint {
  callbackUrl: URL!
}

type WebhookEventBridgeEndpoint {
  arn: ARN!
}

type WebhookPubSubEndpoint {
  pubSubProject: String!
  pubSubTopic: String!
}

type WebhookSubscriptionConnection {
  edges: [WebhookSubscriptionEdge!]!
  nodes: [WebhookSubscription!]!
  pageInfo: PageInfo!
}

type WebhookSubscriptionEdge {
  cursor: String!
  node: WebhookSubscription!
}

type PageInfo {
  endCursor: String
  hasNextPage: Boolean!
  hasPreviousPage: Boolean!
  startCursor: String
}

"""
The topics of compliance are set in the app's TOML alone.
"""
enum WebhookSubscriptionTopic {
  APP_SCOPES_UPDATE
  APP_UNINSTALLED
  CUSTOMERS_CREATE
  CUSTOMERS_UPDATE
  ORDERS_CREATE
  ORDERS_PAID
  ORDERS_UPDATED
  PRODUCTS_CREATE
  PRODUCTS_DELETE
  PRODUCTS_UPDATE
  SHOP_UPDATE
}
`;
