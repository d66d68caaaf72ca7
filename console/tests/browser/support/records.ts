import { createHash } from "node:crypto";
import { putItem } from "./aws.ts";
import { type Person, stack } from "./stack.ts";

const SHARDS = 16;

/** One funding transfer of a tenant that has no other records, as the ledger's feed would write it. */
export async function putTransfer(
  { tenantId }: Person,
  id: string,
  supplierId: string,
  columns: Record<string, string>,
): Promise<void> {
  const partition = `${tenantId}#FUNDING_TRANSFERS`;
  const shard = createHash("sha256").update(id).digest().readUInt32BE() % SHARDS;
  const texts = {
    partition: `${partition}#${shard}`,
    sort: id,
    position: `2026-05-01T10:00:00Z#${id}`,
    supplierPartition: `${partition}#${supplierId}`,
    transferId: id,
    createdAt: "2026-05-01T10:00:00.000Z",
    amount: "100.00",
    currency: "EUR",
    sourceBalanceAccountType: "MARKETPLACE",
    targetBalanceAccountType: "SUPPLIER",
    supplierExternalId: supplierId,
    ...columns,
  };
  const item = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, { S: text }]));
  await putItem(stack.ledgerTable, {
    partition: { S: partition },
    sort: { S: "layout" },
    shards: { N: String(SHARDS) },
  });
  await putItem(stack.ledgerTable, { ...item, amountValue: { N: "100" } });
}

/** A supplier in a tenant's directory. */
export async function putSupplier({ tenantId }: Person, id: string, name: string): Promise<void> {
  await putItem(stack.ledgerTable, {
    partition: { S: `${tenantId}#SUPPLIERS` },
    sort: { S: id },
    supplierExternalId: { S: id },
    supplierName: { S: name },
    words: { S: `${id} ${name}`.toLowerCase() },
    asOf: { S: "2026-05-01T10:00:00Z" },
  });
}
