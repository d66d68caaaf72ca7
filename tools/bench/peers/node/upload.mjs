// An upload in parts.

import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";

const PART_SIZE = 8 * 1024 * 1024;

export class Upload {
  #client;
  #target;
  #chunks = [];
  #size = 0;
  #parts = [];

  static async start(client, bucket, key) {
    const target = { Bucket: bucket, Key: key };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
    return new Upload(client, { ...target, UploadId });
  }

  constructor(client, target) {
    this.#client = client;
    this.#target = target;
  }

  async write(content) {
    this.#chunks.push(content);
    this.#size += content.length;
    while (this.#size >= PART_SIZE) {
      const buffer = Buffer.concat(this.#chunks);
      const rest = buffer.subarray(PART_SIZE);
      await this.#uploadPart(buffer.subarray(0, PART_SIZE));
      this.#chunks = [rest];
      this.#size = rest.length;
    }
  }

  async finish() {
    await this.#uploadPart(Buffer.concat(this.#chunks));
    const MultipartUpload = { Parts: this.#parts };
    await this.#client.send(new CompleteMultipartUploadCommand({ ...this.#target, MultipartUpload }));
  }

  async #uploadPart(Body) {
    const PartNumber = this.#parts.length + 1;
    const answer = await this.#client.send(new UploadPartCommand({ ...this.#target, PartNumber, Body }));
    this.#parts.push({ PartNumber, ETag: answer.ETag, ChecksumCRC32: answer.ChecksumCRC32 });
  }
}
