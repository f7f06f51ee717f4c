/** An error as the SDK throws it. */
export class VirtualAwsError extends Error {
  readonly $metadata: { readonly httpStatusCode: number; readonly requestId: string };
  readonly code: string | undefined;

  constructor(name: string, status: number, message: string, code?: string) {
    super(message);
    this.name = name;
    this.code = code;
    this.$metadata = { httpStatusCode: status, requestId: "virtual" };
  }
}

export const notFound = (name: string, message: string): VirtualAwsError => new VirtualAwsError(name, 400, message);
