import { money } from "../domain/money.ts";

/** An amount, its digits above those of its neighbours: the currency's code takes the same room in each row. */
export function Amount({ value, currency }: { value: string; currency: string | null | undefined }) {
  const { figure, code } = money(value, currency);
  return (
    <span class="amount">
      {figure} <span class="muted code">{code}</span>
    </span>
  );
}
