import { isIP } from "node:net";
import { connect, type DetailedPeerCertificate, getCACertificates, type TLSSocket } from "node:tls";
import type { Clock } from "../../clock.ts";
import type { Seconds } from "../../units.ts";
import type { ConnectionResult } from "../components/result.ts";
import { refusedAddress } from "../http-address.ts";
import { isUnreachable, tlsFault } from "./errors.ts";

export interface CertificateTarget {
  readonly host: string;
  readonly port: number;
}

export interface CertificateOptions {
  readonly clock: Clock;
  readonly timeout: Seconds;
  /** Days before its end from which on a certificate is no longer healthy. */
  readonly warnDays: number;
  /** Only where AWS itself is on this machine. */
  readonly allowLoopback: boolean;
  /** Authorities in PEM beside those of the system. */
  readonly ca?: readonly string[];
  readonly signal?: AbortSignal;
}

const day = 86_400;

/** Looks at the certificate that a server shows: its chain, its name, and how long it is still good for. Never rejects. */
export async function checkCertificate({ host, port }: CertificateTarget, options: CertificateOptions): Promise<ConnectionResult> {
  const { clock } = options;
  const begin = clock.now();
  const over = new AbortController();
  try {
    const socket = openTls(host, port, options);
    const late = clock.sleep(options.timeout, over.signal).then(
      () => socket.destroy(Object.assign(new Error("timeout"), { code: "ETIMEDOUT" })),
      () => undefined,
    );
    options.signal?.addEventListener("abort", () => socket.destroy(Object.assign(new Error("stopped"), { code: "ETIMEDOUT" })), {
      once: true,
    });
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once("secureConnect", resolve);
        socket.once("error", reject);
        socket.once("close", () => reject(Object.assign(new Error("closed"), { code: "ECONNRESET" })));
      });
      return { ...judgeCertificate(socket.getPeerCertificate(true), clock.now(), options.warnDays), latency: clock.now() - begin };
    } finally {
      over.abort();
      socket.destroy();
      await late;
    }
  } catch (error) {
    return failed(String((error as NodeJS.ErrnoException).code ?? ""), host, port);
  }
}

function openTls(host: string, port: number, { allowLoopback, ca }: CertificateOptions): TLSSocket {
  const refused = isIP(host) === 0 ? undefined : refusedAddress(host, allowLoopback);
  const socket = connect({
    host,
    port,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    minVersion: "TLSv1.2",
    ...(ca === undefined ? {} : { ca: [...getCACertificates("default"), ...ca] }),
  });
  if (refused !== undefined) socket.destroy(Object.assign(new Error(refused), { code: "REFUSED" }));
  // A name may lead to an address that no check has any business with.
  socket.on("lookup", (_error, address) => {
    if (address !== undefined && address !== "" && refusedAddress(address, allowLoopback) !== undefined)
      socket.destroy(Object.assign(new Error("refused"), { code: "REFUSED" }));
  });
  return socket;
}

/** Judges a certificate whose chain and name have been verified. Pure. */
export function judgeCertificate(certificate: Pick<DetailedPeerCertificate, "valid_to">, now: number, warnDays: number): ConnectionResult {
  const end = Date.parse(certificate.valid_to) / 1000;
  const left = Math.floor((end - now) / day);
  const until = new Date(end * 1000).toISOString().slice(0, 10);
  const mend =
    "Renew it; an ACM certificate renews itself where its DNS record for validation still stands: aws acm describe-certificate --certificate-arn ARN";
  if (left < 0) return { state: "unhealthy", detail: `its certificate ended on ${until}.`, mend };
  if (left < warnDays)
    return { state: "unhealthy", detail: `its certificate ends on ${until}, in ${left} days; ${warnDays} are asked for.`, mend };
  return { state: "healthy", detail: `its certificate is good until ${until}, for ${left} days.` };
}

function failed(code: string, host: string, port: number): ConnectionResult {
  const fault = tlsFault(code);
  if (fault !== undefined) return { state: "unhealthy", ...fault };
  if (code === "REFUSED")
    return {
      state: "unhealthy",
      detail: "its name leads to an address of the runner or of its metadata service.",
      mend: "Name a host of yours.",
    };
  const mend = `openssl s_client -connect ${host}:${port} -servername ${host} </dev/null`;
  return isUnreachable(code)
    ? { state: "unreachable", detail: "it cannot be reached from here.", mend }
    : { state: "unhealthy", detail: "the connection was closed before a certificate was shown.", mend };
}
