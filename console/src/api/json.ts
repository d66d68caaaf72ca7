/** An amount's key and its number, or the same number as a text. No JSON string can hold an unescaped quote. */
const NUMBERS = /"(amountMin|amountMax)":\s*(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)/g;
const TEXTS = /"(amountMin|amountMax)":"(-?\d+(?:\.\d+)?)"/g;

/** Reads JSON with its amounts as texts, digit for digit. */
export function parseExact(json: string): unknown {
  return JSON.parse(json.replace(NUMBERS, '"$1":"$2"'));
}

/** Writes JSON with amounts that are texts as numbers, digit for digit. */
export function stringifyExact(value: unknown): string {
  return JSON.stringify(value).replace(TEXTS, '"$1":$2');
}
