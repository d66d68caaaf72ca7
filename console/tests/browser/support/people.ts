import { createHash, randomBytes } from "node:crypto";
import { DATASETS, datasetBySlug } from "../../../src/domain/datasets.ts";
import { putItem } from "./aws.ts";
import { type Person, stack } from "./stack.ts";

interface Wishes {
  acts?: readonly ("create" | "read")[];
  datasets?: readonly string[];
  /** A tenant of its own, without records and colleagues. */
  isAlone?: boolean;
  /** A colleague of somebody; unless told otherwise of those whose few records are exported at once. */
  tenantOf?: Person;
  email?: string;
  tenantName?: string;
  /** Whether the person may manage the tenant's webhooks. */
  isManager?: boolean;
}

/** What a key needs for these acts, and for no others. */
function permissionsFor(slug: string, acts: readonly string[]): string[] {
  const own = datasetBySlug(slug)?.permission;
  if (own) {
    return acts.includes("create") ? [own] : [];
  }
  return acts.map((act) => `${slug}:${act}`);
}

/** Somebody new, whose own history is empty, so that no other test is in the way. */
export async function newOperator({
  acts,
  datasets,
  isAlone,
  tenantOf,
  email,
  tenantName = isAlone ? "Lone Market" : "Harbour Goods",
  isManager,
}: Wishes = {}): Promise<Person> {
  const name = randomBytes(6).toString("hex");
  const person: Person = {
    key: `key_${name}`,
    role: "OPERATOR",
    tenantId: isAlone ? `tenant-${name}` : (tenantOf ?? stack.keys.otherTenantOperator).tenantId,
    userId: `user-${name}`,
    email: email ?? `${name}@newcomer.example`,
  };
  const slugs = datasets ?? DATASETS.map(({ slug }) => slug);
  const permissions = slugs.flatMap((slug) => permissionsFor(slug, acts ?? ["create", "read"]));
  if (isManager) {
    permissions.push("webhooks:manage");
  }
  await putItem(stack.apiKeysTable, {
    keyHash: { S: createHash("sha256").update(person.key).digest("hex") },
    tenantId: { S: person.tenantId },
    tenantName: { S: tenantName },
    userId: { S: person.userId },
    email: { S: person.email },
    role: { S: person.role },
    permissions: { L: permissions.map((permission) => ({ S: permission })) },
    disabled: { BOOL: false },
    createdAt: { S: "2026-11-20T09:30:00Z" },
  });
  return person;
}
