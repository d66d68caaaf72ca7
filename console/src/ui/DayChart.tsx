import { useState } from "preact/hooks";
import { type Bar, barsOf, currenciesOf, type Day, scaleOf } from "../domain/chart.ts";
import { count, day } from "../domain/format.ts";
import { moneyText } from "../domain/money.ts";

/** The drawing's own units; it is stretched to the room that there is. */
const WIDTH = 1000;
const HEIGHT = 100;
/** Of a bar's room: the rest keeps it from its neighbours. */
const FILLED = 0.76;
/** A few days side by side stay bars, not walls. */
const FEWEST_ROOMS = 24;

interface Props {
  days: readonly Day[];
  /** What is counted. */
  name: string;
  /** Whether there are amounts beside the counts. */
  hasMoney: boolean;
}

/** How many records and how much, by day: as bars, and as the table that says the same. */
export function DayChart({ days, name, hasMoney }: Props) {
  const [measure, setMeasure] = useState("");
  const [pointed, setPointed] = useState<Bar | null>(null);
  const currencies = currenciesOf(days);
  const currency = currencies.includes(measure) ? measure : null;
  const { step, bars } = barsOf(days);
  const values = bars.map((bar) => Number(currency ? (bar.totals[currency] ?? 0) : bar.rowCount));
  const { most, least, highest: place } = scaleOf(values);
  const room = WIDTH / Math.max(bars.length, FEWEST_ROOMS);
  const unit = HEIGHT / (most - least || 1);
  const tellValue = (bar: Bar) =>
    currency ? moneyText(bar.totals[currency] ?? "0", currency) : `${count(bar.rowCount)} ${name}`;
  const tell = (bar: Bar) => `${day(bar.date)}${step === "day" ? "" : ` (${step})`}: ${tellValue(bar)}`;
  const [first, last] = [bars[0], bars.at(-1)];
  if (!first || !last) {
    return null;
  }
  const highest = bars[place] ?? first;

  return (
    <figure class="chart">
      <figcaption>
        {hasMoney && (
          <label>
            <span class="hidden">What the chart shows</span>
            <select value={currency ?? ""} onChange={(event) => setMeasure(event.currentTarget.value)}>
              <option value="">Count</option>
              {currencies.map((code) => (
                <option key={code} value={code}>
                  Amount in {code}
                </option>
              ))}
            </select>
          </label>
        )}
        <span class="muted">
          {pointed ? tell(pointed) : `by ${step} in UTC, at most ${tellValue(highest)}`}
        </span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Bars by ${step} from ${day(first.date)} to ${day(last.date)}. The highest is ${tell(highest)}.`}
        onPointerLeave={() => setPointed(null)}
      >
        {bars.map((bar, index) => {
          const value = values[index] ?? 0;
          return (
            <g key={bar.date} onPointerEnter={() => setPointed(bar)}>
              <rect class="room" x={index * room} y={0} width={room} height={HEIGHT} />
              <rect
                class="bar"
                x={index * room + (room * (1 - FILLED)) / 2}
                y={(most - Math.max(value, 0)) * unit}
                width={room * FILLED}
                height={Math.abs(value) * unit}
              />
            </g>
          );
        })}
      </svg>
      <p class="axis muted small" aria-hidden="true">
        <span>{day(first.date)}</span>
        {bars.length > 1 && <span>{day(last.date)}</span>}
      </p>
      <details>
        <summary>As a table</summary>
        <table class="by-day">
          <thead>
            <tr>
              <th scope="col">{step === "day" ? "Day (UTC)" : `First day of the ${step} (UTC)`}</th>
              <th scope="col" class="number">
                Count
              </th>
              {hasMoney && (
                <th scope="col" class="number">
                  Amount
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {bars
              .filter(({ rowCount }) => rowCount > 0)
              .map((bar) => (
                <tr key={bar.date}>
                  <th scope="row">{day(bar.date)}</th>
                  <td class="number">{count(bar.rowCount)}</td>
                  {hasMoney && (
                    <td class="number">
                      {Object.entries(bar.totals).map(([code, total]) => (
                        <div key={code}>{moneyText(total, code)}</div>
                      ))}
                    </td>
                  )}
                </tr>
              ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
