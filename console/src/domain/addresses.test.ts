import { expect, test } from "vitest";
import { copiesError, copiesToSend, readCopies } from "./addresses.ts";

const OWN = "ana@northwind.example";

test("addresses may be separated as mail programs do it", () => {
  const copies = readCopies("a@example.com, b@example.com;c@example.com\nd@example.com,", OWN, true);
  expect(copiesToSend(copies)).toEqual(["a@example.com", "b@example.com", "c@example.com", "d@example.com"]);
  expect(copiesError(copies)).toBeNull();
});

test("each mailbox gets one mail, and the caller's own is not a copy", () => {
  const copies = readCopies("a@example.com, A@Example.com, Ana@Northwind.example", OWN, true);
  expect(copies.map((copy) => copy.state.kind)).toEqual(["ok", "duplicate", "own"]);
  expect(copiesToSend(copies)).toEqual(["a@example.com"]);
});

test("what is still being typed is not yet wrong", () => {
  expect(readCopies("a@example.com, fin", OWN, false).at(-1)?.state).toEqual({ kind: "unfinished" });
  expect(copiesError(readCopies("fin", OWN, false))).toBeNull();
  expect(copiesError(readCopies("fin,", OWN, false))).toBe("fin has no @.");
  expect(copiesError(readCopies("fin", OWN, true))).toBe("fin has no @.");
});

test.each([
  "finance",
  "finance@",
  "@example.com",
  "finance@example",
  "fin ance@example.com",
  "finance@exam_ple.com",
  ".finance@example.com",
  "fin..ance@example.com",
  "finance@-example.com",
  "finanz@exämple.com",
  "a@b@example.com",
])("%s is no address", (text) => {
  expect(copiesError(readCopies(text, OWN, true))).toContain(text);
});

test("twenty copies are enough", () => {
  const addresses = (count: number) =>
    Array.from({ length: count }, (_, index) => `a${index}@example.com`).join();
  expect(copiesError(readCopies(addresses(20), OWN, true))).toBeNull();
  expect(copiesError(readCopies(addresses(21), OWN, true))).toContain("at most 20");
});

test("addresses are understood as mail programs write them", () => {
  const pasted = [
    "Ana Lopez <ana@x.example>; Bob <bob@x.example>",
    '"Lopez, Ana" <ana@x.example>, <bob@x.example>',
    "Lopez, Ana <ana@x.example>; Stone, Bob <bob@x.example>;",
    "Ana <mailto:ana@x.example>,\nmailto:bob@x.example",
  ];
  for (const text of pasted) {
    expect(copiesToSend(readCopies(text, OWN, true)), text).toEqual(["ana@x.example", "bob@x.example"]);
    expect(copiesError(readCopies(text, OWN, true)), text).toBeNull();
  }
});

test("a name does not hide an address that is wrong", () => {
  const copies = readCopies("finance.example.com, Ana <ana>, Bob <bob@x.example", OWN, true);
  expect(copies.map(({ state }) => state.kind)).toEqual(["wrong", "wrong", "wrong"]);
});
