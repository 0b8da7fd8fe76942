/** Told how much of a body has been sent, from 0 to 1. */
export type OnProgress = (sent: number) => void;

/**
 * Sends like `fetch` and tells how far it is. Only pages can know: they have `XMLHttpRequest`; elsewhere
 * it is `undefined`, and the caller sends without.
 */
export function fetchWithProgress(
  url: string,
  init: RequestInit,
  onProgress: OnProgress,
): Promise<Response> | undefined {
  if (!("XMLHttpRequest" in globalThis)) return undefined;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(init.method ?? "GET", url);
    request.responseType = "blob";
    request.withCredentials = init.credentials === "include";
    for (const [name, value] of new Headers(init.headers)) request.setRequestHeader(name, value);
    const stop = (): void => request.abort();
    init.signal?.addEventListener("abort", stop, { once: true });
    request.upload.onprogress = ({ loaded, total }) => total > 0 && onProgress(loaded / total);
    request.onload = () => {
      init.signal?.removeEventListener("abort", stop);
      const { status, response } = request;
      resolve(new Response(response as Blob, { status, headers: headersOf(request.getAllResponseHeaders()) }));
    };
    request.onerror = () => reject(new TypeError("the network failed"));
    request.onabort = () => reject(init.signal?.reason ?? new DOMException("aborted", "AbortError"));
    if (init.signal?.aborted) return reject(init.signal.reason);
    request.send(init.body as XMLHttpRequestBodyInit | null);
  });
}

function headersOf(text: string): Headers {
  const headers = new Headers();
  for (const line of text.trim().split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return headers;
}
