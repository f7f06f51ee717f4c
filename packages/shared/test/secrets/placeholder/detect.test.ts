import { readFileSync } from "node:fs";
import { join } from "node:path";
import { placeholderKind } from "../../../src/secrets/placeholder/detect.ts";
import { placeholderFamilies, realFamilies, type Sample, samples } from "./corpus.ts";

const perFamily = 30;
const judge = (list: readonly Sample[]) => {
  const rows = new Map<string, { found: number; of: number }>();
  for (const { family, key, value } of list) {
    const row = rows.get(family) ?? { found: 0, of: 0 };
    rows.set(family, { of: row.of + 1, found: row.found + (placeholderKind(value, key) === undefined ? 0 : 1) });
  }
  return rows;
};
const total = (rows: ReturnType<typeof judge>) => [...rows.values()].reduce((sum, row) => sum + row.found, 0);

describe("the detector of placeholders", () => {
  const stands = samples(placeholderFamilies, perFamily * Object.keys(placeholderFamilies).length, 20_261_122);
  const real = samples(realFamilies, perFamily * Object.keys(realFamilies).length, 20_261_122);

  test("finds at least 99 % of 300 and more stand-ins, and takes at most 1 % of 300 and more real values for one", () => {
    expect(stands.length).toBeGreaterThanOrEqual(300);
    expect(real.length).toBeGreaterThanOrEqual(300);
    expect(total(judge(stands)) / stands.length).toBeGreaterThanOrEqual(0.99);
    expect(total(judge(real)) / real.length).toBeLessThanOrEqual(0.01);
  });

  test("does so with other seeds too", () => {
    const rates = [1, 2, 3, 4, 5].map((seed) => [
      total(judge(samples(placeholderFamilies, 1000, seed))) / 1000,
      total(judge(samples(realFamilies, 1000, seed))) / 1000,
    ]);
    for (const [found = 0, wrong = 1] of rates) {
      expect(found).toBeGreaterThanOrEqual(0.99);
      expect(wrong).toBeLessThanOrEqual(0.01);
    }
  });

  test("does what docs/placeholders.md says it does", () => {
    const page = readFileSync(join(import.meta.dirname, "../../../../../docs/placeholders.md"), "utf8");
    const row = ([family, { found, of }]: readonly [string, { found: number; of: number }]) => `| ${family} | ${of} | ${found} |`;
    const table = [...judge(stands), ...judge(real)].map(row);
    expect(table.filter((line) => !page.includes(line))).toEqual([]);
  });

  // Written by others for other tools: example files and set-up guides in public repositories.
  test.each`
    key                            | value
    ${"MONGODB_URI"}               | ${"your_mongodb_connection_string_here"}
    ${"JWT_SECRET"}                | ${"your_jwt_secret_here_use_a_long_random_string"}
    ${"STRIPE_PUBLISHABLE_KEY"}    | ${"pk_test_your_stripe_publishable_key_here"}
    ${"TWILIO_ACCOUNT_SID"}        | ${"AC_your_twilio_account_sid_here"}
    ${"DATABASE_URL"}              | ${"mysql://USER:PASSWORD@HOST:PORT/DATABASE"}
    ${"JWT_SECRET"}                | ${"votre-secret-jwt-super-securise-ici"}
    ${"JWT_SECRET"}                | ${"supersecretkey"}
    ${"STRIPE_SECRET"}             | ${"sk_test..."}
    ${"PAYLOAD_SECRET"}            | ${"YOUR_SECRET_HERE"}
    ${"STRIPE_SECRET_KEY"}         | ${"get this from stripe website"}
    ${"DATABASE_URL"}              | ${"postgresql://user:password@localhost:5432/proxima_db"}
    ${"JWT_SECRET"}                | ${"secretcode"}
    ${"OPENAI_API_KEY"}            | ${"****"}
    ${"GOOGLE"}                    | ${"AIza..."}
    ${"MISTRAL"}                   | ${"..."}
    ${"JWT_SECRET_KEY"}            | ${"generate-32-char-string"}
    ${"NEXTAUTH_SECRET"}           | ${"same-as-jwt-secret-key"}
    ${"POSTGRES_PASSWORD"}         | ${"change-me-to-something-strong"}
    ${"SF_CLIENT_SECRET"}          | ${"<Salesforce Client Secret (Consumer Secret) for Connected App>"}
    ${"JWTSecretToken"}            | ${"NOT_VERY_SECRETIVE"}
    ${"DATABASE_URL"}              | ${"postgres://YOUR_POSTGRESSQL_URL"}
    ${"HUBSPOT_API_KEY"}           | ${"..."}
    ${"LANGSMITH_API_KEY"}         | ${"lsv2_sk_..."}
    ${"STRIPE_SECRET_KEY"}         | ${"your_Stripe_secret_key"}
    ${"SESSION_SECRET"}            | ${"<stable-secret>"}
    ${"SUPER_ADMIN_PASSWORD"}      | ${"superadmin_password"}
    ${"SMTP_USER"}                 | ${"your_email@gmail.com"}
    ${"ENCRYPTION_KEY"}            | ${"your_32_character_encryption_key_here"}
    ${"DATABASE_URL"}              | ${"postgres://prod_user:SECURE_PASSWORD@prod-server/lynk_labs_prod"}
    ${"NEXTAUTH_SECRET"}           | ${"super-secure-production-secret-32-chars-minimum"}
    ${"NEXTAUTH_SECRET"}           | ${"dev-secret-change-me"}
    ${"WOMPI_PRIVATE_KEY"}         | ${"prv_test_..."}
    ${"NEXTAUTH_SECRET"}           | ${"openssl rand -base64 32"}
    ${"SENDGRID_API_KEY"}          | ${"SG_your_key_here"}
    ${"SUPABASE_SERVICE_ROLE_KEY"} | ${"eyJhbGc..."}
    ${"JWT_SECRET"}                | ${"a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6"}
    ${"ENCRYPTION_KEY"}            | ${"some-random-secret-key"}
    ${"SESSION_KEY_SECRET"}        | ${"secret-key-to-sign-cookie"}
    ${"SENDGRID_API_KEY"}          | ${"sendgrid api key"}
    ${"STRIPE_SECRET_KEY"}         | ${"sk_live_<live_secret_key>"}
    ${"SENDGRID_API_KEY"}          | ${"SG.xxxxxxxxxxxxxxxxxxxxx"}
    ${"JWT_SECRET"}                | ${"your-super-secret-jwt-key-512-bits-minimum"}
    ${"APP_STORE_SHARED_SECRET"}   | ${"your-apple-shared-secret"}
    ${"TWILIO_ACCOUNT_SID"}        | ${"ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}
    ${"EMAIL_PASS"}                | ${"xxxx xxxx xxxx xxxx"}
    ${"JWT_SECRET"}                | ${"any_secret_here"}
    ${"WEBHOOK_SECRET"}            | ${"change_this_webhook_secret"}
    ${"AUTH_PASSWORD"}             | ${"admin123"}
    ${"POSTGRES_PASSWORD"}         | ${"rahasia"}
    ${"POSTGRES_PASSWORD"}         | ${"postgres"}
    ${"stripe secret_key"}         | ${"sk_live_..."}
    ${"jwt_secret"}                | ${"your_strong_jwt_secret"}
    ${"STRIPE_SECRET_KEY"}         | ${"sk_live_your_live_key"}
    ${"STRIPE_WEBHOOK_SECRET"}     | ${"whsec_your_dev_secret"}
    ${"GCP_PROJECT_ID"}            | ${"your_gcp_project_id"}
    ${"SALESFORCE_CLIENT_ID"}      | ${"3MVG..."}
    ${"ANTHROPIC_API_KEY"}         | ${"sk-ant-..."}
    ${"DATABASE_URL"}              | ${"postgresql://..."}
    ${"REDIS_URL"}                 | ${"redis://..."}
  `("takes $value as $key for a stand-in", ({ key, value }) => {
    expect(placeholderKind(value, key)).toBeDefined();
  });

  test.each`
    key               | value                                               | because
    ${"username"}     | ${"postgres"}                                       | ${"a user may be named so"}
    ${"AUTH_METHOD"}  | ${"password"}                                       | ${"it is a setting"}
    ${"PORT"}         | ${"1111"}                                           | ${"it is a number"}
    ${"ENABLED"}      | ${"true"}                                           | ${"it is a switch"}
    ${"password"}     | ${"correct-horse-battery-staple-amber"}             | ${"a passphrase of words is a password"}
    ${"token"}        | ${"q7YourX2bChangeP9mTodoK4vHereZ8s"}               | ${"words found in chance are chance"}
    ${"notes"}        | ${""}                                               | ${"emptiness has its own rule"}
    ${"key"}          | ${"-----BEGIN RSA PRIVATE KEY-----\nMIIexample..."} | ${"PEM has its own rule"}
    ${"INSTANCE_URL"} | ${"https://acme--uat.sandbox.my.salesforce.com"}    | ${"my.salesforce.com is a host"}
  `("does not take $value as $key for one: $because", ({ key, value }) => {
    expect(placeholderKind(value, key)).toBeUndefined();
  });

  // A pattern that runs away would hang here until jest ends the test.
  test.each(["<", "{{", "a.", "x://", "your", "aA1", "\u0000", "1a", "%", "xX"])("comes to an end on 4,000 characters of %j", (unit) => {
    expect(() => placeholderKind(unit.repeat(4000 / unit.length), "key")).not.toThrow();
  });
});
