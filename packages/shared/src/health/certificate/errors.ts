/** Why a TLS connection was not made, in words, by the code of Node's or OpenSSL's error; undefined for what is no matter of TLS. */
export function tlsFault(code: string): { readonly detail: string; readonly mend: string } | undefined {
  if (code === "CERT_HAS_EXPIRED") return { detail: "its certificate has expired.", mend: "Renew the certificate on the server." };
  if (code === "CERT_NOT_YET_VALID")
    return { detail: "its certificate is not valid yet.", mend: "Check the clocks of the server and of whoever made the certificate." };
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return {
      detail: "its certificate is for another host.",
      mend: "Use the name that stands in the certificate, or a certificate for this name.",
    };
  if (
    /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|CERT_UNTRUSTED)$/.test(
      code,
    )
  ) {
    return {
      detail: "its certificate is signed by nobody that is trusted here.",
      mend: "Give the authority's certificate with ca-file, or let the server send the whole chain.",
    };
  }
  if (
    /^(CERT_REVOKED|CERT_REJECTED|CERT_SIGNATURE_FAILURE|CERT_CHAIN_TOO_LONG|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH)$/.test(
      code,
    )
  ) {
    return {
      detail: `its certificate is not accepted (${code}).`,
      mend: "Look at the certificate: openssl s_client -connect HOST:PORT -showcerts",
    };
  }
  if (/^(ERR_SSL_|EPROTO)/.test(code))
    return {
      detail: "it does not speak TLS, or no version of it that is accepted here.",
      mend: "Switch TLS (1.2 or later) on at the server.",
    };
  return undefined;
}

/** Whether an error's code says that there is no way to the server. */
export const isUnreachable = (code: string): boolean =>
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL|ERR_SOCKET_CONNECTION_TIMEOUT)$/.test(
    code,
  );
