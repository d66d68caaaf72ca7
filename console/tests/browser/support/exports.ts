import { expect } from "@playwright/test";
import { Api } from "../../../src/api/client.ts";
import type { Export, LaunchRequest } from "../../../src/api/types.ts";
import { datasetBySlug } from "../../../src/domain/datasets.ts";
import { feedGenerator, invoke, setAttribute } from "./aws.ts";
import { type Person, stack } from "./stack.ts";

/** Exports of one dataset, made and changed behind the page's back. */
export class Exports {
  readonly #person: Person;
  readonly #dataset: string;
  readonly #api: Api;

  constructor(person: Person, dataset = "funding-transfers") {
    this.#person = person;
    this.#dataset = dataset;
    this.#api = new Api(stack.operatorApiUrl, person);
  }

  launch(request: Partial<LaunchRequest> = {}): Promise<Export> {
    return this.#api.launch(this.#dataset, { cc: [], ...request }, crypto.randomUUID());
  }

  /** An export that repeats another. */
  async retry({ exportId }: Export): Promise<Export> {
    return this.ended(await this.#api.retry(exportId, crypto.randomUUID()), "READY");
  }

  async make(request: Partial<LaunchRequest> = {}): Promise<Export> {
    return this.ended(await this.launch(request), "READY");
  }

  async makeExpired(request: Partial<LaunchRequest> = {}): Promise<Export> {
    const item = await this.make(request);
    await this.set(item, "expiresAt", Math.floor(Date.now() / 1000) - 1);
    return item;
  }

  /** An export that was given up; the generator must not be fed meanwhile. */
  async makeFailed(request: Partial<LaunchRequest> = {}): Promise<Export> {
    const item = await this.launch(request);
    await this.giveUp(item);
    return this.ended(item, "FAILED");
  }

  async giveUp({ exportId }: Export): Promise<void> {
    const body = JSON.stringify({ tenantId: this.#person.tenantId, exportId });
    await invoke("dead-letter-handler", { Records: [{ messageId: "1", body, eventSource: "aws:sqs" }] });
  }

  /** Lets it look as if the generator had begun to make the file. */
  async begin(item: Export, rowsWritten: number): Promise<void> {
    await this.set(item, "rowsWritten", rowsWritten);
    await this.#set(item, "fence", 1);
  }

  /** Sets what the generator or the passing of time would. */
  async set(
    item: Export,
    name: "rowsWritten" | "waitingFor" | "createdAt" | "readyAt" | "expiresAt",
    value: number | string,
  ): Promise<void> {
    await this.#set(item, name, value);
  }

  async #set({ exportId }: Export, name: string, value: number | string): Promise<void> {
    const partition = `${this.#person.tenantId}#${datasetBySlug(this.#dataset)?.type}`;
    const key = { partition: { S: partition }, sort: { S: exportId } };
    const stored = typeof value === "number" ? { N: String(value) } : { S: value };
    await setAttribute(stack.exportsTable, key, name, stored);
  }

  async ended({ exportId }: Export, status: Export["status"]): Promise<Export> {
    let item: Export | undefined;
    await expect
      .poll(async () => {
        item = await this.#api.detail(this.#dataset, exportId);
        return item.status;
      })
      .toBe(status);
    return item as Export;
  }
}

/** Runs something while no export gets made. */
export async function whileHeld(run: () => Promise<void>): Promise<void> {
  await feedGenerator(false);
  try {
    await run();
  } finally {
    await feedGenerator(true);
  }
}
