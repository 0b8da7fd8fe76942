/** Plain HTTP, one request a connection, so that none is waiting on a line that was cut meanwhile. */
export type Call = <T>(method: string, path: string, body?: unknown) => Promise<{ status: number; body: T }>;

/** No answer, or half of one: the request may have done its work. */
export class Broken extends Error {}

/** Without a token for what anybody may ask. A refusal throws; that a nonce is unknown is an answer. */
export function caller(url: string, token?: string, signal?: AbortSignal): Call {
  return async <T>(method: string, path: string, body?: unknown) => {
    const isForm = body instanceof FormData;
    const { response, text } = await exchange(`${url}${path}`, {
      method,
      keepalive: false,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && !isForm && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    // Without the header a 404 could as well come from a server that has no such route.
    const isUnknownNonce = response.status === 404 && nonceHeader(response) === "supported";
    if (!response.ok && !isUnknownNonce) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return { status: response.status, body: JSON.parse(text) as T };
  };
}

async function exchange(url: string, request: RequestInit): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(url, request);
    return { response, text: await response.text() };
  } catch (error) {
    throw new Broken(`${request.method} ${url}`, { cause: error });
  }
}

function nonceHeader({ headers }: Response): string {
  return headers.get("x-clickclack-message-nonce") ?? headers.get("x-clickclack-upload-nonce") ?? "";
}
