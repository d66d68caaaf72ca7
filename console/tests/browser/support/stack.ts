import { readFileSync } from "node:fs";
import type { Role } from "../../../src/api/types.ts";

export interface Person {
  key: string;
  role: Role;
  tenantId: string;
  userId: string;
  email: string;
  supplierId?: string;
}

interface Stack {
  endpointUrl: string;
  region: string;
  stackName: string;
  operatorApiUrl: string;
  consoleUrl: string;
  exportsTable: string;
  ledgerTable: string;
  apiKeysTable: string;
  keys: Record<"operator" | "operator2" | "otherTenantOperator" | "supplier" | "disabled", Person>;
}

const FILE = process.env.STACK_JSON ?? new URL("../../../../.local/stack.json", import.meta.url);

export const stack: Stack = JSON.parse(readFileSync(FILE, "utf8"));
