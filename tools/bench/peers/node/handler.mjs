// Shows an export, as a function does that is written with the SDK; with the Lambda Runtime API's loop around it.

import { Agent, request } from "node:http";
import { json, text } from "node:stream/consumers";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";

const { EXPORTS_TABLE, AWS_LAMBDA_RUNTIME_API } = process.env;
const RUNTIME = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
const AGENT = new Agent({ keepAlive: true });
const NAMES = ["status", "createdAt", "rowsWritten", "filters", "expiresAt"];

const dynamodb = new DynamoDBClient({});

// Answers `GET /v1/payments/{dataset}/export/{exportId}`.
async function handler(event) {
  const { tenantId } = event.requestContext.authorizer;
  const [dataset, , exportId] = event.path.replace("/v1/payments/", "").split("/");
  const type = dataset.toUpperCase().replaceAll("-", "_");
  const Key = marshall({ partition: `${tenantId}#${type}`, sort: exportId });
  const { Item } = await dynamodb.send(
    new GetItemCommand({ TableName: EXPORTS_TABLE, Key, ConsistentRead: true }),
  );
  if (Item === undefined) {
    return answer(404, { code: "NOT_FOUND" });
  }
  const item = unmarshall(Item);
  const shown = NAMES.filter((name) => name in item).map((name) => [name, item[name]]);
  return answer(200, { exportId, ...Object.fromEntries(shown) });
}

function answer(statusCode, body) {
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  return { statusCode, headers, body: JSON.stringify(body) };
}

// Not with fetch, which takes longer to load than all the rest of an answer.
function call(method, path, body) {
  return new Promise((resolve, reject) => {
    request(`${RUNTIME}/${path}`, { method, agent: AGENT }, resolve).on("error", reject).end(body);
  });
}

async function main() {
  for (;;) {
    const next = await call("GET", "next");
    const requestId = next.headers["lambda-runtime-aws-request-id"];
    const body = JSON.stringify(await handler(await json(next)));
    await text(await call("POST", `${requestId}/response`, body));
  }
}

main();
