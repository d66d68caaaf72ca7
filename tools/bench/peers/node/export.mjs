// The export as the AWS SDK for JavaScript and csv-stringify make it.

import { createHash } from "node:crypto";
import { DynamoDBClient, paginateQuery } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { stringify } from "csv-stringify/sync";
import { COLUMNS, shown } from "./row.mjs";
import { Upload } from "./upload.mjs";

const { LEDGER_TABLE, PARTITION, EXPORTS_BUCKET, EXPORT_KEY } = process.env;

const pages = paginateQuery(
  { client: new DynamoDBClient({}) },
  {
    TableName: LEDGER_TABLE,
    KeyConditionExpression: "#partition = :partition",
    ProjectionExpression: COLUMNS.map((name) => `#${name}`).join(", "),
    // Some of the columns' names are words that DynamoDB keeps for itself.
    ExpressionAttributeNames: {
      "#partition": "partition",
      ...Object.fromEntries(COLUMNS.map((name) => [`#${name}`, name])),
    },
    ExpressionAttributeValues: { ":partition": { S: PARTITION } },
  },
);

const upload = await Upload.start(new S3Client({ forcePathStyle: true }), EXPORTS_BUCKET, EXPORT_KEY);
const digest = createHash("sha256");

async function write(rows) {
  const content = Buffer.from(stringify(rows, { delimiter: ";" }));
  digest.update(content);
  await upload.write(content);
}

let count = 0;
await write([COLUMNS]);
for await (const page of pages) {
  await write(page.Items.map((item) => shown(unmarshall(item))));
  count += page.Items.length;
}
await upload.finish();
console.log(JSON.stringify({ rows: count, sha256: digest.digest("hex") }));
