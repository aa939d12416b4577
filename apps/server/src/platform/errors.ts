import { type ErrorBody, type ErrorCode, errorRegistry } from '@trellis/contracts';

/** An error that is told to the caller: a registered code, and a message that says what to do. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly headers: Record<string, string>;
  /** The field at fault. */
  readonly param: string | undefined;

  constructor(
    code: ErrorCode,
    message?: string,
    options: { cause?: unknown; param?: string; headers?: Record<string, string>; status?: number } = {},
  ) {
    super(
      message ?? errorRegistry[code].message,
      options.cause === undefined ? {} : { cause: options.cause },
    );
    this.name = 'ApiError';
    this.code = code;
    this.status = options.status ?? errorRegistry[code].status;
    this.headers = options.headers ?? {};
    this.param = options.param;
  }

  /** The body on the wire. */
  toBody(): ErrorBody {
    const body: ErrorBody = { code: this.code, message: this.message, status: this.status };
    if (this.param !== undefined) body.params = this.param;
    return body;
  }
}

/** 404 with the object's own sentence, the answer to ids that do not exist and to those of other workspaces alike. */
export function notFound(message: string): ApiError {
  return new ApiError('not_found', message);
}

/** 400 `invalid_param` that names the field. */
export function invalidParam(message: string, param?: string): ApiError {
  return new ApiError('invalid_param', message, param === undefined ? {} : { param });
}
