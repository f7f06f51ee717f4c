// Stand-ins on this machine for the services that know vulnerabilities: npm's registry over HTTP, and PyPI behind a proxy that answers for it.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { createSecureContext, TLSSocket } from "node:tls";
import { gunzipSync } from "node:zlib";

interface NpmAdvisory {
  readonly id: number;
  readonly url: string;
  readonly title: string;
  readonly severity: string;
  readonly vulnerable_versions: string;
  readonly cwe: readonly string[];
}

/** https://github.com/advisories, what is known of the planted packages. */
const npm: Readonly<Record<string, readonly NpmAdvisory[]>> = {
  lodash: [
    {
      id: 1,
      url: "https://github.com/advisories/GHSA-jf85-cpcp-j695",
      title: "Prototype Pollution in lodash",
      severity: "critical",
      vulnerable_versions: "<4.17.12",
      cwe: ["CWE-1321"],
    },
    {
      id: 2,
      url: "https://github.com/advisories/GHSA-35jh-r3h4-6jhm",
      title: "Command Injection in lodash",
      severity: "high",
      vulnerable_versions: "<4.17.21",
      cwe: ["CWE-77"],
    },
  ],
  minimist: [
    {
      id: 3,
      url: "https://github.com/advisories/GHSA-xvch-5gv4-984h",
      title: "Prototype Pollution in minimist",
      severity: "critical",
      vulnerable_versions: "<0.2.4",
      cwe: ["CWE-1321"],
    },
  ],
  axios: [
    {
      id: 4,
      url: "https://github.com/advisories/GHSA-4w2v-q235-vp99",
      title: "Server-Side Request Forgery in axios",
      severity: "high",
      vulnerable_versions: "<=0.21.0",
      cwe: ["CWE-918"],
    },
  ],
};

/** https://docs.pypi.org/api/json/, by package and version. */
const pypi: Readonly<
  Record<
    string,
    readonly { readonly id: string; readonly aliases: readonly string[]; readonly details: string; readonly fixed_in: readonly string[] }[]
  >
> = {
  "flask/0.12": [
    {
      id: "PYSEC-2018-66",
      aliases: ["CVE-2018-1000656"],
      details: "Denial of service by JSON of an unexpected encoding.",
      fixed_in: ["0.12.3"],
    },
  ],
  "jinja2/2.4.1": [
    { id: "PYSEC-2019-217", aliases: ["CVE-2019-10906"], details: "str.format_map allows a sandbox escape.", fixed_in: ["2.10.1"] },
  ],
  "pyyaml/5.3": [
    { id: "PYSEC-2020-96", aliases: ["CVE-2020-1747"], details: "Arbitrary code execution by full_load.", fixed_in: ["5.3.1"] },
  ],
};

export interface Advisories {
  /** What the environment must say so that scanners ask here. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));
const body = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const registry: RequestListener = async (request, response) => {
  if (request.method !== "POST" || request.url !== "/-/npm/v1/security/advisories/bulk") return void response.writeHead(404).end();
  const raw = await body(request);
  const asked = JSON.parse((raw[0] === 0x1f ? gunzipSync(raw) : raw).toString()) as Record<string, readonly string[]>;
  const old = (version: string): boolean => /^(4\.17\.4|0\.0\.8|0\.18\.0)$/.test(version);
  const known = Object.entries(asked).filter(([, versions]) => versions.some(old));
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(Object.fromEntries(known.map(([name]) => [name, npm[name] ?? []]))));
};

const packages: RequestListener = (request, response) => {
  const [, name, version] = /^\/pypi\/([^/]+)\/([^/]+)\/json$/.exec(request.url ?? "") ?? [];
  if (name === undefined) return void response.writeHead(404).end();
  response.setHeader("content-type", "application/json");
  const vulnerabilities = (pypi[`${name}/${version}`] ?? []).map((one) => ({
    ...one,
    withdrawn: null,
    summary: null,
    link: `https://osv.dev/vulnerability/${one.id}`,
  }));
  response.end(JSON.stringify({ info: { name, version }, urls: [], vulnerabilities }));
};

/** @param folder for the certificate */
export async function startAdvisories(folder: string): Promise<Advisories> {
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const subject = ["-subj", "/CN=pypi.org", "-addext", "subjectAltName=DNS:pypi.org", "-addext", "basicConstraints=critical,CA:TRUE"];
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", certificate, ...subject],
    { stdio: "ignore" },
  );
  const secureContext = createSecureContext({ key: readFileSync(key), cert: readFileSync(certificate) });
  const [npmServer, pypiServer, proxy] = [
    createServer(registry),
    createServer(packages),
    createServer((_, response) => response.writeHead(404).end()),
  ];
  const sockets = new Set<Socket>();
  proxy.on("connect", (request, socket) => {
    sockets.add(socket as Socket);
    if (request.url !== "pypi.org:443") return void socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    pypiServer.emit("connection", new TLSSocket(socket as Socket, { isServer: true, secureContext }));
  });
  const [npmPort, , proxyPort] = await Promise.all([listen(npmServer), listen(pypiServer), listen(proxy)]);
  return {
    environment: {
      npm_config_registry: `http://127.0.0.1:${npmPort}/`,
      HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`,
      NO_PROXY: "127.0.0.1",
      REQUESTS_CA_BUNDLE: certificate,
      SSL_CERT_FILE: certificate,
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all(
        [npmServer, pypiServer, proxy].map((server) => {
          server.closeAllConnections();
          return new Promise((resolve) => server.close(resolve));
        }),
      );
    },
  };
}
