/**
 * The registry of error codes: the one list from which the server's errors, the API document and clients' checks come.
 * Codes are stable and compared by clients; messages are for people and may be replaced by a more exact one.
 */
interface ErrorDefinition {
  /** HTTP status, also sent as `status` in the body. */
  status: number;
  /** What is said when the place that raises the error has nothing more exact to say. */
  message: string;
}

const definitions = {
  // Generic HTTP errors.
  bad_request: { status: 400, message: 'The request cannot be understood.' },
  unauthorized: { status: 401, message: 'Sign in or send valid credentials.' },
  forbidden: { status: 403, message: 'You may not do this.' },
  not_found: { status: 404, message: 'There is nothing here.' },
  method_not_allowed: { status: 405, message: 'This address does not accept that method.' },
  conflict: { status: 409, message: 'The state has changed meanwhile; reload and try again.' },
  gone: { status: 410, message: 'This no longer exists.' },
  request_entity_too_large: { status: 413, message: 'The request is too large.' },
  unsupported_media_type: { status: 415, message: "Send 'Content-Type: application/json'." },
  idempotency_key_reused: {
    status: 422,
    message: 'This Idempotency-Key belongs to a request that asked for something else; send a new key.',
  },
  too_many_requests: { status: 429, message: 'Too many requests. Please try again later.' },
  internal_server_error: { status: 500, message: 'Internal Server Error, please contact support.' },
  unknown: { status: 500, message: 'Internal Server Error' },
  service_unavailable: { status: 503, message: 'The service is not available right now; try again shortly.' },
  invalid_param: { status: 400, message: 'A parameter is not valid.' },

  // Apps and generation.
  app_unavailable: { status: 400, message: 'App unavailable, please check your app configurations.' },
  not_chat_app: { status: 400, message: 'Please check if your app mode matches the right API route.' },
  not_completion_app: { status: 400, message: 'Please check if your app mode matches the right API route.' },
  not_workflow_app: { status: 400, message: 'Please check if your app mode matches the right API route.' },
  conversation_completed: {
    status: 400,
    message: 'Conversation has ended. Please start a new conversation.',
  },
  provider_not_initialize: {
    status: 400,
    message: 'No usable credentials for the model provider; add them under Settings → Model providers.',
  },
  provider_quota_exceeded: { status: 400, message: 'The hosted quota of the model provider is used up.' },
  model_currently_not_support: { status: 400, message: 'The model is not available for this provider.' },
  completion_request_error: { status: 400, message: 'The call to the model provider failed.' },
  rate_limit_error: { status: 429, message: "The workspace's invocation quota is used up." },
  app_more_like_this_disabled: { status: 403, message: "The 'More like this' feature is disabled." },
  app_suggested_questions_after_answer_disabled: {
    status: 403,
    message: "The 'Suggested questions after answer' feature is disabled.",
  },
  draft_workflow_not_exist: { status: 404, message: 'The app has no draft yet.' },
  draft_workflow_not_sync: {
    status: 400,
    message: 'The draft was changed elsewhere; reload it and apply your change again.',
  },
  draft_model_config_not_sync: {
    status: 400,
    message: 'The draft was changed elsewhere; reload it and apply your change again.',
  },
  end_user_not_found: { status: 404, message: 'End user not found.' },

  // Files and audio.
  no_file_uploaded: { status: 400, message: 'Please upload your file.' },
  too_many_files: { status: 400, message: 'Only one file is allowed.' },
  filename_not_exists_error: { status: 400, message: 'The specified filename does not exist.' },
  remote_file_upload_error: { status: 400, message: 'The remote file could not be fetched.' },
  file_extension_blocked: {
    status: 400,
    message: 'This file extension is not allowed for security reasons.',
  },
  file_too_large: { status: 413, message: 'File size exceeded.' },
  unsupported_file_type: { status: 415, message: 'File type not allowed.' },
  file_not_found: { status: 404, message: 'The requested file was not found.' },
  file_access_denied: { status: 403, message: 'Access to the requested file is denied.' },
  no_audio_uploaded: { status: 400, message: 'Please upload your audio.' },
  audio_too_large: { status: 413, message: 'Audio size larger than 30 mb' },
  unsupported_audio_type: { status: 415, message: 'Audio type not allowed.' },
  provider_not_support_speech_to_text: { status: 400, message: 'No speech-to-text model is set up.' },
  speech_to_text_disabled: { status: 400, message: 'Speech to text is not enabled' },

  // Human input forms.
  human_input_form_not_found: { status: 404, message: 'Form not found' },
  human_input_form_submitted: { status: 412, message: 'This form has already been submitted.' },
  human_input_form_expired: { status: 412, message: 'This form has expired.' },
  invalid_form_data: { status: 400, message: 'The form data is not valid.' },
  web_form_rate_limit_exceeded: { status: 429, message: 'Too many form requests. Please try again later.' },

  // Web app.
  web_sso_auth_required: { status: 401, message: 'Web app authentication required.' },
  web_app_access_denied: { status: 401, message: 'You do not have permission to access this web app.' },

  // Console: installation, sessions, accounts.
  not_setup: { status: 401, message: 'Trellis has not been set up yet; open /install first.' },
  not_init_validated: { status: 401, message: 'Enter the initialisation password first.' },
  already_setup: { status: 403, message: 'Trellis has been set up already. Please sign in.' },
  unauthorized_and_force_logout: { status: 401, message: 'Your session has ended. Please sign in again.' },
  account_not_initialized: { status: 400, message: 'Finish setting up your account first.' },
  authentication_failed: { status: 401, message: 'Invalid email or password.' },
  account_not_found: { status: 400, message: 'Account not found.' },
  account_banned: { status: 401, message: 'This account is banned.' },
  account_in_freeze: { status: 400, message: 'This e-mail address cannot be used yet.' },
  email_code_login_limit: { status: 429, message: 'Too many incorrect attempts. Please try again later.' },
  email_code_login_rate_limit_exceeded: { status: 429, message: 'Too many e-mails. Please try again later.' },
  password_reset_rate_limit_exceeded: {
    status: 429,
    message: 'Too many reset e-mails. Please try again in a minute.',
  },
  email_password_reset_limit: {
    status: 429,
    message: 'Too many failed reset attempts. Please try again later.',
  },
  email_change_rate_limit_exceeded: {
    status: 429,
    message: 'Too many e-mails. Please try again in a minute.',
  },
  email_change_limit: { status: 429, message: 'Too many failed attempts. Please try again later.' },
  email_register_rate_limit_exceeded: {
    status: 429,
    message: 'Too many e-mails. Please try again in a minute.',
  },
  email_register_limit: { status: 429, message: 'Too many failed attempts. Please try again later.' },
  owner_transfer_rate_limit_exceeded: {
    status: 429,
    message: 'Too many e-mails. Please try again in a minute.',
  },
  owner_transfer_limit: { status: 429, message: 'Too many failed attempts. Please try again later.' },
  email_code_account_deletion_rate_limit_exceeded: {
    status: 429,
    message: 'Too many e-mails. Please try again in a minute.',
  },
  email_send_ip_limit: {
    status: 429,
    message: 'Too many e-mails from your address. Please try again later.',
  },
  invalid_email: { status: 400, message: 'The e-mail address is not valid.' },
  password_mismatch: { status: 400, message: 'The passwords do not match.' },
  current_password_incorrect: { status: 400, message: 'The current password is not correct.' },
  invalid_or_expired_token: { status: 400, message: 'The token is invalid or has expired.' },
  email_code_error: { status: 400, message: 'The code is invalid or has expired.' },
  email_already_in_use: { status: 400, message: 'This e-mail address is in use already.' },
  already_activated: { status: 403, message: 'The invitation is invalid, used or expired.' },
  not_owner: { status: 400, message: 'Only the owner can do this.' },
  cannot_transfer_owner_to_self: { status: 400, message: 'You are the owner already.' },
  member_not_in_tenant: { status: 400, message: 'This person is not an active member of the workspace.' },
  not_allowed_create_workspace: { status: 400, message: 'Creating workspaces is not allowed here.' },
  'invalid-role': { status: 400, message: 'This role cannot be given.' },
  'cannot-operate-self': { status: 400, message: 'You cannot do this to yourself.' },
  'member-not-found': { status: 404, message: 'This person is not a member of the workspace.' },
} as const satisfies Record<string, ErrorDefinition>;

/** A stable error code. */
export type ErrorCode = keyof typeof definitions;

/** Status and default message of every code. */
export const errorRegistry: Readonly<Record<ErrorCode, ErrorDefinition>> = definitions;

/** The body of every error answer. */
export interface ErrorBody {
  code: string;
  message: string;
  status: number;
  /** The field at fault, where there is one. */
  params?: string;
}
