import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Problem } from "../api/problem.ts";
import type { Export, ExportPage } from "../api/types.ts";
import { ExportsWatch } from "./exports.ts";

function page(...statuses: Export["status"][]): ExportPage {
  const items = statuses.map((status, index) => ({
    exportId: `exp_${index}`,
    type: "FUNDING_TRANSFERS" as const,
    status,
    createdAt: "2026-02-10T09:30:00Z",
    recipients: ["ana@northwind.example"],
    filters: {},
  }));
  return { items, nextCursor: null };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("questions get rarer while an export is pending, and end with it", async () => {
  let answer = page("PENDING");
  const times: number[] = [];
  const start = Date.now();
  const load = vi.fn(async () => {
    times.push(Date.now() - start);
    return answer;
  });
  const onChange = vi.fn();
  const watch = new ExportsWatch(onChange);
  watch.watch(load);
  await vi.advanceTimersByTimeAsync(5000);
  expect(times).toEqual([0, 1000, 2500, 4750]);
  answer = page("FAILED");
  await vi.advanceTimersByTimeAsync(600_000);
  expect(load).toHaveBeenCalledTimes(5);
  expect(onChange).toHaveBeenLastCalledWith(page("PENDING"), page("FAILED"));
});

test("a hidden tab asks nothing, and at once when it is seen again", async () => {
  const load = vi.fn(async () => page("PENDING"));
  const watch = new ExportsWatch(() => {});
  watch.watch(load);
  await vi.advanceTimersByTimeAsync(0);
  watch.setHidden(true);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(load).toHaveBeenCalledTimes(1);
  watch.setHidden(false);
  await vi.advanceTimersByTimeAsync(0);
  expect(load).toHaveBeenCalledTimes(2);
});

test("a refresh that fails keeps what is shown, and waits as long as it is told", async () => {
  const answers = [
    () => Promise.resolve(page("PENDING")),
    () =>
      Promise.reject(
        new Problem({ code: "TOO_MANY_REQUESTS", title: "Too many requests", detail: "Wait." }, 30),
      ),
    () => Promise.resolve(page("EXPIRED")),
  ];
  const load = vi.fn(() => (answers.shift() as () => Promise<ExportPage>)());
  const watch = new ExportsWatch(() => {});
  watch.watch(load);
  await vi.advanceTimersByTimeAsync(1000);
  expect(watch.problem.value?.code).toBe("TOO_MANY_REQUESTS");
  expect(watch.page.value).toEqual(page("PENDING"));
  await vi.advanceTimersByTimeAsync(29_999);
  expect(load).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(watch.problem.value).toBeNull();
  expect(watch.page.value).toEqual(page("EXPIRED"));
});

test("an answer that comes after another view was chosen is dropped", async () => {
  let answerFirst: (answer: ExportPage) => void = () => {};
  const watch = new ExportsWatch(() => {});
  watch.watch(() => new Promise((resolve) => (answerFirst = resolve)));
  watch.watch(async () => page("READY"));
  await vi.advanceTimersByTimeAsync(0);
  answerFirst(page("FAILED"));
  await vi.advanceTimersByTimeAsync(0);
  expect(watch.page.value).toEqual(page("READY"));
});
