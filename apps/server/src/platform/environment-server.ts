import {
  address,
  choice,
  duration,
  flag,
  integer,
  list,
  mappedChoice,
  megabytes,
  optionalChoice,
  optionalText,
  secret,
  text,
} from './environment-field.ts';

/** Public addresses; empty means "the address of the request". */
export const addressFields = {
  consoleApi: address('CONSOLE_API_URL', '', { aliases: ['CONSOLE_URL'] }),
  consoleWeb: address('CONSOLE_WEB_URL', '', { aliases: ['CONSOLE_URL'] }),
  serviceApi: address('SERVICE_API_URL', '', { aliases: ['API_URL'] }),
  appApi: address('APP_API_URL', '', { aliases: ['APP_URL'] }),
  appWeb: address('APP_WEB_URL', '', { aliases: ['APP_URL'] }),
  trigger: address('TRIGGER_URL'),
  files: address('FILES_URL'),
  internalFiles: address('INTERNAL_FILES_URL'),
  updates: address('CHECK_UPDATE_URL'),
  marketplace: address('MARKETPLACE_URL'),
  marketplaceApi: address('MARKETPLACE_API_URL'),
};

/** The process: what it does, where it listens, what a request and a run may take. */
export const serverFields = {
  edition: choice('EDITION', ['SELF_HOSTED', 'CLOUD'], 'SELF_HOSTED'),
  /** `all` (unset) is API, worker and web in one process. */
  mode: choice('MODE', ['all', 'api', 'worker', 'beat', 'job', 'migration'], 'all'),
  bindAddress: text('DIFY_BIND_ADDRESS', '127.0.0.1'),
  /** 0 takes any free port. */
  port: integer('DIFY_PORT', 3000, { max: 65_535 }),
  deployment: choice('DEPLOY_ENV', ['PRODUCTION', 'TESTING', 'DEVELOPMENT'], 'PRODUCTION'),
  debug: flag('DEBUG', false),
  dataDirectory: text('TRELLIS_DATA_DIR', 'data'),
  migrateAtStart: flag('MIGRATION_ENABLED', true),
  trustProxy: flag('RESPECT_XFORWARD_HEADERS_ENABLED', false),
  contentSecurityPolicyOrigins: list('CSP_WHITELIST'),
  allowEmbed: flag('ALLOW_EMBED', false),
  allowUnsafeDataScheme: flag('ALLOW_UNSAFE_DATA_SCHEME', false),
  allowInlineStyles: flag('ALLOW_INLINE_STYLES', false),
  apiPage: flag('SWAGGER_UI_ENABLED', false),
  apiPagePath: text('SWAGGER_UI_PATH', '/swagger-ui.html'),
  runTimeoutMs: duration('APP_MAX_EXECUTION_TIME', 1_200, 'seconds'),
  /** Concurrent requests per app; 0 is no limit. */
  activeRequestsPerApp: integer('APP_DEFAULT_ACTIVE_REQUESTS', 0),
  maxActiveRequestsPerApp: integer('APP_MAX_ACTIVE_REQUESTS', 0),
  toolConnectTimeoutMs: duration('API_TOOL_DEFAULT_CONNECT_TIMEOUT', 10, 'seconds'),
  toolReadTimeoutMs: duration('API_TOOL_DEFAULT_READ_TIMEOUT', 60, 'seconds'),
};

/** Keys and gates of the installation itself. */
export const securityFields = {
  /** Unset: one is generated into the data folder (see `loadSecretKey`). */
  secretKey: secret('SECRET_KEY'),
  initPassword: secret('INIT_PASSWORD'),
  adminKeyEnabled: flag('ADMIN_API_KEY_ENABLE', false),
  adminKey: secret('ADMIN_API_KEY'),
  innerKey: secret('INNER_API_KEY'),
};

const logLevels = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  WARN: 'warn',
  ERROR: 'error',
  CRITICAL: 'fatal',
  FATAL: 'fatal',
} as const;

/** What the server writes down about itself. */
export const loggingFields = {
  level: mappedChoice('LOG_LEVEL', logLevels, 'info'),
  format: choice('LOG_OUTPUT_FORMAT', ['text', 'json'], 'text'),
  requests: flag('ENABLE_REQUEST_LOGGING', false),
  /** Unset: standard output only. */
  file: optionalText('LOG_FILE'),
  fileMaxBytes: megabytes('LOG_FILE_MAX_SIZE', 20),
  fileBackups: integer('LOG_FILE_BACKUP_COUNT', 5),
  /** Zone of scheduled tasks and of text logs. */
  timeZone: text('LOG_TZ', 'UTC'),
  sql: flag('SQLALCHEMY_ECHO', false),
};

/** Signing in, registering, sessions and one-time codes. */
export const accountFields = {
  accessTokenMs: duration('ACCESS_TOKEN_EXPIRE_MINUTES', 60, 'minutes'),
  refreshTokenMs: duration('REFRESH_TOKEN_EXPIRE_DAYS', 30, 'days'),
  passwordSignIn: flag('ENABLE_EMAIL_PASSWORD_LOGIN', true),
  codeSignIn: flag('ENABLE_EMAIL_CODE_LOGIN', false),
  socialSignIn: flag('ENABLE_SOCIAL_OAUTH_LOGIN', false),
  allowRegister: flag('ALLOW_REGISTER', false),
  allowCreateWorkspace: flag('ALLOW_CREATE_WORKSPACE', false),
  invitationMs: duration('INVITE_EXPIRY_HOURS', 72, 'hours'),
  resetPasswordCodeMs: duration('RESET_PASSWORD_TOKEN_EXPIRY_MINUTES', 5, 'minutes'),
  signInCodeMs: duration('EMAIL_CODE_LOGIN_TOKEN_EXPIRY_MINUTES', 5, 'minutes'),
  registerCodeMs: duration('EMAIL_REGISTER_TOKEN_EXPIRY_MINUTES', 5, 'minutes'),
  changeEmailCodeMs: duration('CHANGE_EMAIL_TOKEN_EXPIRY_MINUTES', 5, 'minutes'),
  ownerTransferCodeMs: duration('OWNER_TRANSFER_TOKEN_EXPIRY_MINUTES', 5, 'minutes'),
  deletionCodeMs: duration('ACCOUNT_DELETION_TOKEN_EXPIRY_MINUTES', 5, 'minutes'),
  signInLockoutMs: duration('LOGIN_LOCKOUT_DURATION', 86_400, 'seconds'),
  forgotPasswordLockoutMs: duration('FORGOT_PASSWORD_LOCKOUT_DURATION', 86_400, 'seconds'),
  registerLockoutMs: duration('EMAIL_REGISTER_LOCKOUT_DURATION', 86_400, 'seconds'),
  changeEmailLockoutMs: duration('CHANGE_EMAIL_LOCKOUT_DURATION', 86_400, 'seconds'),
  ownerTransferLockoutMs: duration('OWNER_TRANSFER_LOCKOUT_DURATION', 86_400, 'seconds'),
  mailsPerAddressPerMinute: integer('EMAIL_SEND_IP_LIMIT_PER_MINUTE', 50),
  githubClientId: optionalText('GITHUB_CLIENT_ID'),
  githubClientSecret: secret('GITHUB_CLIENT_SECRET'),
  googleClientId: optionalText('GOOGLE_CLIENT_ID'),
  googleClientSecret: secret('GOOGLE_CLIENT_SECRET'),
  cookieDomain: optionalText('COOKIE_DOMAIN'),
};

/** Parts of the product that an installation switches on. */
export const featureFields = {
  datasetOperator: flag('DATASET_OPERATOR_ENABLED', false),
  modelLoadBalancing: flag('MODEL_LB_ENABLED', false),
  replaceLogo: flag('CAN_REPLACE_LOGO', false),
  billing: flag('BILLING_ENABLED', false),
  fineGrainedRoles: flag('RBAC_ENABLED', false),
  collaboration: flag('ENABLE_COLLABORATION_MODE', true),
  marketplace: flag('MARKETPLACE_ENABLED', false),
  learnApp: flag('ENABLE_LEARN_APP', true),
  newWorkspacePlugins: list('NEW_USER_DEFAULT_PLUGIN_IDS'),
  newWorkspaceModels: list('NEW_USER_DEFAULT_MODELS'),
};

/** Which pages of other origins may call; empty means the default of each surface. */
export const corsFields = {
  consoleOrigins: list('CONSOLE_CORS_ALLOW_ORIGINS'),
  webAppOrigins: list('WEB_API_CORS_ALLOW_ORIGINS', ['*']),
};

/** Outgoing mail; no type means none. */
export const mailFields = {
  type: optionalChoice('MAIL_TYPE', ['resend', 'smtp', 'sendgrid']),
  sender: optionalText('MAIL_DEFAULT_SEND_FROM'),
  resendApiKey: secret('RESEND_API_KEY'),
  resendAddress: address('RESEND_API_URL', 'https://api.resend.com'),
  sendgridApiKey: secret('SENDGRID_API_KEY'),
  smtpServer: optionalText('SMTP_SERVER'),
  smtpPort: integer('SMTP_PORT', 465, { min: 1, max: 65_535 }),
  smtpUsername: optionalText('SMTP_USERNAME'),
  smtpPassword: secret('SMTP_PASSWORD'),
  smtpTls: flag('SMTP_USE_TLS', true),
  smtpStartTls: flag('SMTP_OPPORTUNISTIC_TLS', false),
  smtpLocalHostname: optionalText('SMTP_LOCAL_HOSTNAME'),
};

/** What the pages in the browser are told. */
export const webFields = {
  generationTimeoutMs: duration('TEXT_GENERATION_TIMEOUT_MS', 60_000, 'milliseconds'),
  batchConcurrency: integer('NEXT_PUBLIC_BATCH_CONCURRENCY', 5, { min: 1 }),
  featurePreview: flag('NEXT_PUBLIC_ENABLE_FEATURE_PREVIEW', true),
  jinaReader: flag('ENABLE_WEBSITE_JINAREADER', true),
  firecrawl: flag('ENABLE_WEBSITE_FIRECRAWL', true),
  watercrawl: flag('ENABLE_WEBSITE_WATERCRAWL', true),
};
