import { expect, test } from "vitest";
import { choose, chosenColumns, moved, toggled } from "./columnChoice.ts";
import type { Column } from "./datasets.ts";

const COLUMNS: readonly Column[] = ["id", "status", "amount"].map((name) => ({ name, kind: "text" }));
const sent = (choice: ReturnType<typeof choose>) => chosenColumns(choice, COLUMNS);

test("all columns in their own order need no word", () => {
  expect(sent(choose(COLUMNS))).toBeUndefined();
  expect(sent(toggled(toggled(choose(COLUMNS), "id"), "id"))).toBeUndefined();
});

test("some columns are named in the order chosen", () => {
  expect(sent(toggled(choose(COLUMNS), "status"))).toEqual(["id", "amount"]);
  expect(sent(moved(choose(COLUMNS), "amount", 0))).toEqual(["amount", "id", "status"]);
  expect(sent(moved(choose(COLUMNS), "id", 99))).toEqual(["status", "amount", "id"]);
  expect(sent(moved(choose(COLUMNS), "status", -1))).toEqual(["status", "id", "amount"]);
});

test("an earlier choice is taken up again, without what is no column any more", () => {
  expect(choose(COLUMNS, ["amount", "colour", "id"])).toEqual([
    { name: "amount", isChosen: true },
    { name: "id", isChosen: true },
    { name: "status", isChosen: false },
  ]);
});
