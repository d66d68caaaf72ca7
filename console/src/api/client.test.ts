import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Api, apiBase } from "./client.ts";

const answers: Response[] = [];
const requests: Request[] = [];

beforeEach(() => {
  answers.length = 0;
  requests.length = 0;
  vi.useFakeTimers();
  vi.stubGlobal("fetch", async (path: string, options: RequestInit) => {
    requests.push(new Request(new URL(path, "http://localhost"), options));
    return answers.shift() ?? Response.error();
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
  return Response.json({ code, title: code, detail: code, status }, { status, headers });
}

const api = (onUnauthorized?: () => void) =>
  new Api("/api", { key: "secret", role: "OPERATOR" }, onUnauthorized);

test("the API is found below any stage", () => {
  expect(apiBase("/api/console")).toBe("/api");
  expect(apiBase("/restapis/a1/api/_user_request_/console/")).toBe("/restapis/a1/api/_user_request_");
  expect(apiBase("/console")).toBe("");
  expect(apiBase("/console/console")).toBe("/console");
});

test("every request says who asks, in headers alone", async () => {
  answers.push(Response.json({ items: [], nextCursor: null }));
  await api().list("transactions", { status: ["READY", "FAILED"], limit: 10 });
  const request = requests[0];
  expect(request?.url).toBe(
    "http://localhost/api/v1/payments/transactions/export?status=READY%2CFAILED&limit=10",
  );
  expect(request?.headers.get("dj-client")).toBe("OPERATOR");
  expect(request?.headers.get("dj-api-key")).toBe("secret");
});

test("a throttled request is sent again when its time has come", async () => {
  answers.push(
    problem(429, "TOO_MANY_REQUESTS", { "Retry-After": "2" }),
    Response.json({ exportId: "exp_1" }),
  );
  const launched = api().launch("transactions", { cc: [], filters: { amountMin: "0.10" } }, "key-1");
  await vi.advanceTimersByTimeAsync(1999);
  expect(requests).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(await launched).toEqual({ exportId: "exp_1" });
  expect(await requests[1]?.text()).toBe('{"cc":[],"filters":{"amountMin":0.10}}');
  expect(requests.map((request) => request.headers.get("Idempotency-Key"))).toEqual(["key-1", "key-1"]);
});

test("a long wait is told, not waited for", async () => {
  answers.push(problem(429, "TOO_MANY_REQUESTS", { "Retry-After": "1800" }));
  await expect(api().resend("exp_1", [])).rejects.toMatchObject({
    code: "TOO_MANY_REQUESTS",
    retryAfter: 1800,
  });
});

test("a key that stopped working is noticed", async () => {
  answers.push(problem(401, "UNAUTHORIZED"));
  const onUnauthorized = vi.fn();
  await expect(api(onUnauthorized).me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  expect(onUnauthorized).toHaveBeenCalledOnce();
});

test("an answer that is no problem document is still told", async () => {
  answers.push(new Response("<html>Bad gateway</html>", { status: 502 }));
  await expect(api().me()).rejects.toMatchObject({ code: "INTERNAL_ERROR" });
});

test("an answer that comes after sign-out reaches nobody", async () => {
  const onUnauthorized = vi.fn();
  for (const answer of [Response.json({ role: "OPERATOR" }), problem(401, "UNAUTHORIZED")]) {
    answers.push(answer);
    const left = api(onUnauthorized);
    const onEnd = vi.fn();
    left.me().then(onEnd, onEnd);
    left.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(requests.at(-1)).toBeDefined();
    expect(onEnd).not.toHaveBeenCalled();
  }
  expect(onUnauthorized).not.toHaveBeenCalled();
});

test("a list of records is asked for with each value of a filter as a parameter of its own", async () => {
  answers.push(Response.json({ items: [], nextCursor: null }));
  const filters = {
    statuses: ["FAILED", "PENDING"],
    amountMin: "12345678901234567890.10",
    supplierIds: ["a,b"],
  };
  await api().records("transactions", filters, { sort: "createdAt:asc", limit: 10 });
  expect(requests[0]?.url).toBe(
    "http://localhost/api/v1/payments/transactions?statuses=FAILED&statuses=PENDING" +
      "&amountMin=12345678901234567890.10&supplierIds=a%2Cb&sort=createdAt%3Aasc&limit=10",
  );
});
