// A record as a row.

export const COLUMNS = [
  "transferId",
  "createdAt",
  "status",
  "amount",
  "currency",
  "sourceBalanceAccountType",
  "targetBalanceAccountType",
  "supplierExternalId",
  "supplierName",
  "reference",
  "relatedEntityType",
  "relatedEntityId",
  "failureReason",
];

// What third parties can write, so that a spreadsheet could be made to run it.
const FREE_TEXT = ["supplierExternalId", "supplierName", "reference", "failureReason"];
const FORMULA = /^[=+\-@\t\r]/;

export function shown(record) {
  record.createdAt = `${record.createdAt.slice(0, 19)}Z`;
  for (const name of FREE_TEXT) {
    if (name in record && FORMULA.test(record[name])) {
      record[name] = `'${record[name]}`;
    }
  }
  return COLUMNS.map((name) => record[name] ?? "");
}
