import { stack } from "./stack.ts";

/** The local AWS, spoken to directly: what no API of the stack shows, and what moves its clocks. */

type Value = { S: string } | { N: string } | { BOOL: boolean } | { L: Value[] };

/** A local AWS checks no signature; it reads from this which service is meant. */
function headers(service: string): Record<string, string> {
  const scope = `20260101/${stack.region}/${service}/aws4_request`;
  return { Authorization: `AWS4-HMAC-SHA256 Credential=test/${scope}, SignedHeaders=host, Signature=0` };
}

async function ask<T>(service: string, path: string, options: RequestInit): Promise<T> {
  const response = await fetch(stack.endpointUrl + path, {
    ...options,
    headers: { ...headers(service), ...options.headers },
  });
  if (!response.ok) {
    throw new Error(`${service} ${path} answered ${response.status}: ${await response.text()}`);
  }
  return (await response.json()) as T;
}

function dynamodb(action: string, input: unknown): Promise<unknown> {
  return ask("dynamodb", "/", {
    method: "POST",
    headers: { "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": `DynamoDB_20120810.${action}` },
    body: JSON.stringify(input),
  });
}

export function putItem(table: string, item: Record<string, Value>): Promise<unknown> {
  return dynamodb("PutItem", { TableName: table, Item: item });
}

export function setAttribute(
  table: string,
  key: Record<string, Value>,
  name: string,
  value: Value,
): Promise<unknown> {
  return dynamodb("UpdateItem", {
    TableName: table,
    Key: key,
    UpdateExpression: "SET #name = :value",
    ExpressionAttributeNames: { "#name": name },
    ExpressionAttributeValues: { ":value": value },
  });
}

export function invoke(name: string, event: unknown): Promise<unknown> {
  return ask("lambda", `/2015-03-31/functions/${stack.stackName}-${name}/invocations`, {
    method: "POST",
    body: JSON.stringify(event),
  });
}

interface Mapping {
  UUID: string;
  State: string;
}

const MAPPINGS = "/2015-03-31/event-source-mappings/";

/** Whether messages reach the generator. */
export async function feedGenerator(isFed: boolean): Promise<void> {
  const query = `?FunctionName=${stack.stackName}-generator`;
  const found = await ask<{ EventSourceMappings: [Mapping] }>("lambda", MAPPINGS + query, {});
  const path = MAPPINGS + found.EventSourceMappings[0].UUID;
  await ask("lambda", path, { method: "PUT", body: JSON.stringify({ Enabled: isFed }) });
  const wanted = isFed ? "Enabled" : "Disabled";
  while ((await ask<Mapping>("lambda", path, {})).State !== wanted) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
