import { failureKind } from "../../src/aws/errors.ts";

const http = (httpStatusCode: number) => ({ $metadata: { httpStatusCode } });

test.each`
  error                                                                | kind           | because
  ${{ name: "ResourceNotFoundException", ...http(400) }}               | ${"missing"}   | ${"it is not there, and asking again does not bring it"}
  ${{ name: "ServiceNotFoundException", ...http(400) }}                | ${"missing"}   | ${"ECS says so"}
  ${{ name: "LoadBalancerNotFoundException", ...http(400) }}           | ${"missing"}   | ${"ELB says so"}
  ${{ name: "Error", code: "ENOTFOUND", message: "getaddrinfo" }}      | ${"lost"}      | ${"the name did not resolve"}
  ${{ name: "TimeoutError" }}                                          | ${"lost"}      | ${"nobody answered"}
  ${{ name: "Error", message: "socket hang up" }}                      | ${"lost"}      | ${"the connection was cut"}
  ${{ name: "ThrottlingException", ...http(400) }}                     | ${"throttled"} | ${"AWS says so"}
  ${{ name: "InternalServiceError", ...http(500) }}                    | ${"broken"}    | ${"AWS is in trouble"}
  ${{ name: "AccessDeniedException", ...http(400) }}                   | ${"denied"}    | ${"the policy lacks it"}
  ${{ name: "ExpiredTokenException", ...http(400) }}                   | ${"expired"}   | ${"the session is over"}
  ${{ name: "InvalidParameterException", message: "x", ...http(400) }} | ${"refused"}   | ${"the call is wrong as it stands"}
`("$error.name $error.code is $kind: $because", ({ error, kind }) => {
  expect(failureKind(error)).toBe(kind);
});
