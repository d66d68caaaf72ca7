import type { Api } from "../api/client.ts";
import type { RecordItem } from "../api/types.ts";
import type { Dataset } from "../domain/datasets.ts";
import { matching, type Supplier, type SupplierSource, suppliersOf } from "../domain/suppliers.ts";

const FIRST_LOOK = 100;

/** Suppliers that the records seen so far name: there is no directory of suppliers to ask. */
export class SeenSuppliers implements SupplierSource {
  readonly #api: Api;
  readonly #seen = new Map<string, Supplier>();
  readonly #looks = new Map<string, Promise<void>>();

  constructor(api: Api) {
    this.#api = api;
  }

  see(dataset: Dataset, items: readonly RecordItem[]): void {
    for (const supplier of suppliersOf(dataset, items)) {
      if (supplier.name !== null || !this.#seen.has(supplier.id)) {
        this.#seen.set(supplier.id, supplier);
      }
    }
  }

  async search(dataset: Dataset, text: string): Promise<Supplier[]> {
    const look = this.#looks.get(dataset.slug) ?? this.#look(dataset);
    this.#looks.set(dataset.slug, look);
    await look;
    return matching([...this.#seen.values()], text);
  }

  /** At the newest records, so that there is somebody to suggest wherever a supplier is first looked for. */
  async #look(dataset: Dataset): Promise<void> {
    try {
      this.see(dataset, (await this.#api.records(dataset.slug, {}, { limit: FIRST_LOOK })).items);
    } catch {
      // Nobody is suggested; ids can still be typed.
    }
  }
}
