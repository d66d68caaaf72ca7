import type { Column } from "./datasets.ts";

/** The columns of a file to be: all that there are, in the order chosen, each with whether the file gets it. */
export type ColumnChoice = readonly { readonly name: string; readonly isChosen: boolean }[];

/** The columns that are named, in that order, and the others after them; without names, all. */
export function choose(columns: readonly Column[], names?: readonly string[]): ColumnChoice {
  const all = columns.map(({ name }) => name);
  const chosen = (names ?? all).filter((name) => all.includes(name));
  const others = all.filter((name) => !chosen.includes(name));
  return [
    ...chosen.map((name) => ({ name, isChosen: true })),
    ...others.map((name) => ({ name, isChosen: false })),
  ];
}

/** What the API is asked for: nothing if the file gets all columns in their own order. */
export function chosenColumns(choice: ColumnChoice, columns: readonly Column[]): string[] | undefined {
  const chosen = choice.filter(({ isChosen }) => isChosen).map(({ name }) => name);
  const isUsual =
    chosen.length === columns.length && columns.every(({ name }, index) => name === chosen[index]);
  return isUsual ? undefined : chosen;
}

export function toggled(choice: ColumnChoice, name: string): ColumnChoice {
  return choice.map((one) => (one.name === name ? { name, isChosen: !one.isChosen } : one));
}

/** A column put at another place; beyond the ends, at the end. */
export function moved(choice: ColumnChoice, name: string, to: number): ColumnChoice {
  const column = choice.find((one) => one.name === name);
  const others = choice.filter((one) => one.name !== name);
  const place = Math.min(Math.max(to, 0), others.length);
  return column ? [...others.slice(0, place), column, ...others.slice(place)] : choice;
}
