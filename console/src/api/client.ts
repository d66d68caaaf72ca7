import { parseExact, stringifyExact } from "./json.ts";
import { Problem } from "./problem.ts";
import type {
  Caller,
  Estimate,
  ExportDetail,
  Export as ExportObject,
  ExportPage,
  FileRequest,
  Filters,
  LaunchRequest,
  Link,
  LinkList,
  ListQuery,
  RecordPage,
  RecordsPlace,
  Resent,
  Role,
  Supplier,
  SupplierList,
} from "./types.ts";

/** Throttling ends within seconds; what takes longer is for the person to decide. */
const LONGEST_WAIT_SECONDS = 5;
const MOST_TRIES = 4;

export interface Credentials {
  key: string;
  role: Role;
}

interface Options {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

/** The operator API as one caller sees it. */
export class Api {
  readonly #base: string;
  readonly #credentials: Credentials;
  readonly #onUnauthorized: () => void;
  #isClosed = false;

  constructor(base: string, credentials: Credentials, onUnauthorized: () => void = () => {}) {
    this.#base = base;
    this.#credentials = credentials;
    this.#onUnauthorized = onUnauthorized;
  }

  /**
   * From now on no answer comes through: the promises of requests that are still on their way stay pending, so that
   * whoever signs in next is told nothing of them. What was asked for is done all the same.
   */
  close(): void {
    this.#isClosed = true;
  }

  me(): Promise<Caller> {
    return this.request("/v1/me");
  }

  list(dataset: string, query: ListQuery, signal?: AbortSignal): Promise<ExportPage> {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      parameters.set(name, Array.isArray(value) ? value.join(",") : String(value));
    }
    return this.request(`/v1/payments/${dataset}/export?${parameters}`, { signal });
  }

  records(dataset: string, filters: Filters, place: RecordsPlace, signal?: AbortSignal): Promise<RecordPage> {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...filters, ...place })) {
      for (const one of [value].flat()) {
        parameters.append(name, String(one));
      }
    }
    return this.request(`/v1/payments/${dataset}?${parameters}`, { signal });
  }

  /** Suppliers whose id or name has this text. For operators only. */
  async suppliers(search: string, limit: number, signal?: AbortSignal): Promise<Supplier[]> {
    const parameters = new URLSearchParams({ search, limit: String(limit) });
    const list: SupplierList = await this.request(`/v1/suppliers?${parameters}`, { signal });
    return list.items;
  }

  estimate(dataset: string, body: FileRequest, signal?: AbortSignal): Promise<Estimate> {
    return this.request(`/v1/payments/${dataset}/export/estimate`, { method: "POST", body, signal });
  }

  /** All that is known of an export, but no URL to its file: looking is no download. */
  detail(dataset: string, exportId: string, signal?: AbortSignal): Promise<ExportDetail> {
    const path = `/v1/payments/${dataset}/export/${encodeURIComponent(exportId)}`;
    return this.request(`${path}?downloadUrl=false`, { signal });
  }

  /** The same with a URL to the file if there is one, which counts as a download of the caller. */
  download(dataset: string, exportId: string): Promise<ExportDetail> {
    return this.request(`/v1/payments/${dataset}/export/${encodeURIComponent(exportId)}`);
  }

  launch(dataset: string, body: LaunchRequest, idempotencyKey: string): Promise<ExportObject> {
    const headers = { "Idempotency-Key": idempotencyKey };
    return this.request(`/v1/payments/${dataset}/export`, { method: "POST", body, headers });
  }

  resend(exportId: string, cc: string[]): Promise<Resent> {
    const path = `/v1/exports/${encodeURIComponent(exportId)}/resend-email`;
    return this.request(path, { method: "POST", body: { cc } });
  }

  /** Stops a pending export of the caller's own. */
  cancel(exportId: string): Promise<ExportObject> {
    return this.request(`/v1/exports/${encodeURIComponent(exportId)}/cancel`, { method: "POST" });
  }

  /** Lets a ready export of the caller's own expire at once. */
  deleteFile(exportId: string): Promise<ExportObject> {
    return this.request(`/v1/exports/${encodeURIComponent(exportId)}`, { method: "DELETE" });
  }

  async links(exportId: string, signal?: AbortSignal): Promise<Link[]> {
    const list: LinkList = await this.request(`/v1/exports/${encodeURIComponent(exportId)}/links`, {
      signal,
    });
    return list.items;
  }

  /** From the answer on the link leads nowhere. */
  revokeLink(exportId: string, linkId: string): Promise<Link> {
    const path = `/v1/exports/${encodeURIComponent(exportId)}/links/${encodeURIComponent(linkId)}`;
    return this.request(path, { method: "DELETE" });
  }

  /** Launches an export of the caller's own that is over again, and answers the new one. */
  retry(exportId: string, idempotencyKey: string): Promise<ExportObject> {
    const headers = { "Idempotency-Key": idempotencyKey };
    return this.request(`/v1/exports/${encodeURIComponent(exportId)}/retry`, { method: "POST", headers });
  }

  /** Asks for a path of the API. What only a part of the page asks for is beside that part. */
  async request<T>(path: string, options: Options = {}): Promise<T> {
    try {
      return await this.#answer<T>(path, options);
    } catch (error) {
      if (!this.#isClosed && error instanceof Problem && error.code === "UNAUTHORIZED") {
        this.#onUnauthorized();
      }
      throw error;
    } finally {
      if (this.#isClosed) {
        await new Promise<never>(() => {});
      }
    }
  }

  async #answer<T>(path: string, options: Options): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.#send(path, options);
      if (response.ok) {
        const text = await response.text();
        return (text === "" ? undefined : parseExact(text)) as T;
      }
      const problem = await Problem.from(response);
      const wait = problem.retryAfter;
      // A throttled request was not done, whatever its method.
      const isThrottled = response.status === 429 && wait !== undefined && wait <= LONGEST_WAIT_SECONDS;
      if (!isThrottled || attempt === MOST_TRIES) {
        throw problem;
      }
      await pause(wait * 1000, options.signal);
    }
  }

  async #send(path: string, { method = "GET", body, headers, signal }: Options): Promise<Response> {
    const type: Record<string, string> = body === undefined ? {} : { "Content-Type": "application/json" };
    try {
      return await fetch(this.#base + path, {
        method,
        headers: {
          Accept: "application/json",
          "dj-client": this.#credentials.role,
          "dj-api-key": this.#credentials.key,
          ...type,
          ...headers,
        },
        body: body === undefined ? null : stringifyExact(body),
        cache: "no-store",
        credentials: "omit",
        signal: signal ?? null,
      });
    } catch (error) {
      throw signal?.aborted ? error : Problem.unreachable();
    }
  }
}

/** The API's address: the page's own without `/console`, which leaves any stage before it. */
export function apiBase(pathname: string): string {
  return pathname.replace(/\/console\/?$/, "").replace(/\/$/, "");
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
