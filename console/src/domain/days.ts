/** Days as `YYYY-MM-DD`, and their first and last second. */

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Whether a text is a day of the calendar. Years before 2000 are a year that is still being typed. */
export function isDay(text: string): boolean {
  const [, year, month, date] = (DAY.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || date === undefined || year < 2000) {
    return false;
  }
  const read = new Date(Date.UTC(year, month - 1, date));
  return read.getUTCMonth() === month - 1 && read.getUTCDate() === date;
}

export function startOfLocalDay(day: string): string {
  return seconds(new Date(`${day}T00:00:00`));
}

export function endOfLocalDay(day: string): string {
  return seconds(new Date(`${day}T23:59:59`));
}

export function startOfUtcDay(day: string): string {
  return `${day}T00:00:00Z`;
}

export function endOfUtcDay(day: string): string {
  return `${day}T23:59:59Z`;
}

/** The first and the last day of the month that is `offset` months from now, in UTC. */
export function utcMonth(now: Date, offset: number): { from: string; to: string } {
  const year = now.getUTCFullYear();
  const month = now.getUTCMonth() + offset;
  return { from: utcDay(Date.UTC(year, month, 1)), to: utcDay(Date.UTC(year, month + 1, 0)) };
}

function utcDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function seconds(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
