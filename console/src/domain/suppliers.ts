import type { RecordItem } from "../api/types.ts";
import type { Dataset } from "./datasets.ts";

export interface Supplier {
  id: string;
  name: string | null;
}

/** Who can be suggested when a person looks for a supplier. */
export interface SupplierSource {
  /** The suppliers whose id or name has this text, best first. */
  search(dataset: Dataset, text: string): Promise<Supplier[]>;
}

/** The suppliers of some records, each once, with a name if any of them has one. */
export function suppliersOf(dataset: Dataset, items: readonly RecordItem[]): Supplier[] {
  const found = new Map<string, Supplier>();
  for (const item of items) {
    const id = dataset.supplier && item[dataset.supplier];
    if (id) {
      found.set(id, { id, name: found.get(id)?.name ?? item.supplierName ?? null });
    }
  }
  return [...found.values()];
}

/** Those whose id or name has a text; those that begin with it first, then by name. */
export function matching(suppliers: readonly Supplier[], text: string): Supplier[] {
  const wanted = text.trim().toLowerCase();
  const rank = ({ id, name }: Supplier) => {
    const texts = [id, name ?? ""].map((word) => word.toLowerCase());
    return texts.some((word) => word.startsWith(wanted))
      ? 0
      : texts.some((word) => word.includes(wanted))
        ? 1
        : 2;
  };
  return suppliers
    .filter((supplier) => rank(supplier) < 2)
    .sort((a, b) => rank(a) - rank(b) || (a.name ?? a.id).localeCompare(b.name ?? b.id));
}
