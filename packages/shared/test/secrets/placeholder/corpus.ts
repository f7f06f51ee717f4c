// Values as people leave them and as machines make them, by generators with a seed. Families are named as docs/placeholders.md names them.
import { createHash } from "node:crypto";

/** A small generator of reproducible chance (mulberry32). */
export interface Chance {
  next(): number;
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
  /** Text of the given characters. */
  text(alphabet: string, length: number): string;
}

export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    pick: (items) => items[below(items.length)] as never,
    text: (alphabet, length) => Array.from({ length }, () => alphabet[below(alphabet.length)]).join(""),
  };
}

export interface Sample {
  readonly family: string;
  readonly key: string;
  readonly value: string;
}
type Family = (random: Chance) => { readonly key?: string; readonly value: string };

const lower = "abcdefghijklmnopqrstuvwxyz";
const upper = lower.toUpperCase();
const digits = "0123456789";
const base62 = upper + lower + digits;
const base64 = `${base62}+/`;
const base64url = `${base62}-_`;
const hex = `${digits}abcdef`;
const bytes = (random: Chance, length: number): Buffer => Buffer.from(Array.from({ length }, () => random.below(256)));

const secretKeys = [
  "JWT_SECRET",
  "API_KEY",
  "ENCRYPTION_KEY",
  "COMPANYCAM_API_TOKEN",
  "password",
  "clientSecret",
  "NEXTAUTH_SECRET",
  "value",
];
const products = [
  "stripe",
  "openai",
  "github",
  "sendgrid",
  "zenbook",
  "paintbox",
  "acmecorp",
  "kadoshop",
  "hubspot",
  "fleetchat",
  "lynklabs",
  "turing",
];
const nouns = [
  "api_key",
  "secret",
  "token",
  "client_secret",
  "password",
  "secret_key",
  "access_token",
  "webhook_secret",
  "auth_token",
  "signing_key",
];

/** The same words in one of the ways that people write them. */
function styled(random: Chance, words: readonly string[]): string {
  const parts = words.flatMap((word) => word.split("_"));
  return random.pick([
    () => parts.join("_"),
    () => parts.join("-"),
    () => parts.join("_").toUpperCase(),
    () => parts.join("-").toUpperCase(),
    () => parts.join(" "),
    () => parts.map((part, at) => (at === 0 ? part : part.slice(0, 1).toUpperCase() + part.slice(1))).join(""),
    () => parts.map((part) => part.slice(0, 1).toUpperCase() + part.slice(1)).join(" "),
    () => parts.join(""),
  ])();
}

const keyPrefixes = [
  "sk_live_",
  "sk_test_",
  "pk_live_",
  "rk_live_",
  "whsec_",
  "sk-ant-",
  "sk-",
  "ghp_",
  "SG.",
  "AIza",
  "xoxb-",
  "glpat-",
  "AC",
  "re_",
  "",
];

export const placeholderFamilies: Readonly<Record<string, Family>> = {
  "requests (your_…, …_here)": (random) => {
    const words = random.pick([
      ["your", random.pick(products), random.pick(nouns)],
      ["your", random.pick(nouns)],
      ["your", random.pick(products), random.pick(nouns), "here"],
      ["your", "super", random.pick(["secret", "secure", "strong"]), random.pick(nouns)],
      ["my", random.pick(nouns)],
      ["insert", random.pick(nouns), "here"],
      ["put", "your", random.pick(nouns), "here"],
      ["enter", random.pick(products), random.pick(nouns)],
      [random.pick(products), random.pick(nouns), "goes", "here"],
      ["some", "random", random.pick(nouns)],
      ["any", random.pick(nouns), "here"],
    ]);
    return { value: styled(random, words) + (random.below(6) === 0 ? random.pick(["123", "1", "!", "_2026"]) : "") };
  },
  "requests to change": (random) => ({
    value: styled(
      random,
      random.pick([
        ["change", "me"],
        ["change", "this"],
        ["replace", "me"],
        ["replace", "with", random.pick(nouns)],
        ["change", "me", "in", "production"],
        ["change", "this", random.pick(nouns)],
        [random.pick(nouns), "change", "me"],
        ["to", "be", "replaced"],
        ["todo"],
        ["todo", "set", random.pick(nouns)],
        ["fixme"],
        ["tbd"],
        ["placeholder"],
        ["placeholder", random.pick(nouns)],
        ["example", random.pick(nouns)],
        ["dummy", random.pick(nouns)],
        ["fake", random.pick(products), random.pick(nouns)],
        ["sample", random.pick(nouns)],
        ["test", random.pick(nouns)],
        ["dev", random.pick(nouns), "change", "me"],
      ]),
    ),
  }),
  "vendor prefix and filling": (random) => {
    const prefix = random.pick(keyPrefixes.slice(0, -1));
    return {
      value:
        prefix +
        random.pick([
          () => "x".repeat(5 + random.below(40)),
          () => "X".repeat(5 + random.below(40)),
          () => "*".repeat(4 + random.below(20)),
          () => "...",
          () => `your_${random.pick(nouns)}`,
          () => `your-${random.pick(nouns).replaceAll("_", "-")}-here`,
          () => `<${random.pick(nouns)}>`,
          () => "0".repeat(12 + random.below(20)),
          () => "replace_me",
          () => "1234567890abcdef",
        ])(),
    };
  },
  "shortened (…)": (random) => ({
    value: `${random.pick(keyPrefixes)}${random.text(base62, random.below(8))}${random.pick(["...", "....", "…"])}`,
  }),
  templates: (random) => {
    const name = random.pick(nouns);
    const upperName = name.toUpperCase();
    return {
      value: random.pick([
        `<${name}>`,
        `<your ${name.replaceAll("_", " ")}>`,
        `<${upperName}>`,
        `{{ ${name} }}`,
        `{{.Values.${name}}}`,
        `\${${upperName}}`,
        `\${{ secrets.${upperName} }}`,
        `$${upperName}`,
        `%${upperName}%`,
        `__${upperName}__`,
        `[${name.replaceAll("_", " ")}]`,
        `{${name}}`,
        `<%= ${name} %>`,
        `#{${name}}#`,
        `%(${name})s`,
        `$(openssl rand -base64 32)`,
        `<INSERT ${upperName} HERE>`,
        `@@${upperName}@@`,
      ]),
    };
  },
  "repeated or counted up": (random) => ({
    value: random.pick([
      () => random.pick(["a", "x", "0", "1", "z", "A"]).repeat(6 + random.below(40)),
      () => random.pick(["ab", "abc", "123", "test", "xy", "1234"]).repeat(4 + random.below(6)),
      () => "1234567890".repeat(4).slice(0, 6 + random.below(30)),
      () => lower.slice(0, 6 + random.below(20)),
      () => "0123456789abcdef".repeat(4).slice(0, 16 * (1 + random.below(4))),
      () => "a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6".slice(0, 8 + 2 * random.below(12)),
      () => "00000000-0000-0000-0000-000000000000",
      () => "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
      () => "11111111-2222-3333-4444-555555555555",
      () => "abcdefghijklmnopqrstuvwxyz0123456789".slice(0, 20 + random.below(16)),
      () => "qwertyuiopasdfghjkl".slice(0, 6 + random.below(13)),
    ])(),
  }),
  "tried first": (random) => {
    const word = random.pick([
      "password",
      "secret",
      "admin",
      "letmein",
      "welcome",
      "supersecret",
      "postgres",
      "qwerty",
      "test",
      "mysecretkey",
      "s3cr3t",
      "P@ssw0rd",
      "keyboardcat",
      "keyboard cat",
      "hunter2",
      "secretkey",
      "default",
      "changeme",
    ]);
    return {
      key: random.pick(["password", "DB_PASSWORD", "JWT_SECRET", "SESSION_SECRET"]),
      value: word + random.pick(["", "", "1", "123", "!", "1234", "123!"]),
    };
  },
  documentation: (random) => ({
    value: random.pick([
      "AKIAIOSFODNN7EXAMPLE",
      "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      "ASIAIOSFODNN7EXAMPLE",
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
      "sk_test_4eC39HqLyjWDarjtT1zdp7dc",
      "pk_test_TYooMQauvdEDq54NiTphI7jx",
      "user@example.com",
      "noreply@yourdomain.com",
      "https://example.com/webhook",
      "https://api.yourdomain.com",
      "https://your-app.vercel.app",
      "openssl rand -base64 32",
    ]),
  }),
  "addresses with stand-ins": (random) => {
    const scheme = random.pick(["postgresql", "postgres", "mysql", "mongodb", "mongodb+srv", "redis", "rediss", "amqp"]);
    return {
      key: random.pick(["DATABASE_URL", "REDIS_URL", "url"]),
      value: `${scheme}://${random.pick([
        "user:password@localhost:5432/db",
        "USER:PASSWORD@HOST:PORT/DATABASE",
        "username:password@host:6379",
        "postgres:postgres@localhost:5432/postgres",
        "user:pass@db.example.com/app",
        "<user>:<password>@<host>/<db>",
        "...",
        "admin:changeme@db:5432/shop",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: what somebody forgot to fill in
        "shop:${DB_PASSWORD}@db.shop.internal:5432/shop",
        "your_user:your_password@your_host:5432/your_db",
        "app:xxxxxxxx@prod.abc123.eu-central-1.rds.amazonaws.com/app",
        "root:root@mysql:3306/app",
        "YOUR_POSTGRES_URL",
      ])}`,
    };
  },
  instructions: (random) => ({
    value: random.pick([
      "generate-32-char-string",
      "must-be-at-least-32-characters-long",
      "minimum-32-characters-random-string",
      "super-secure-jwt-secret-32-chars-minimum",
      "get this from stripe website",
      "JWT secret key here, any random key",
      "test database password here",
      "TODO: ask ops for this",
      "same-as-jwt-secret-key",
      "random-secret-32-chars",
      "not-a-real-key",
      "use a long random string",
      "sendgrid api key",
      "some-random-secret-key",
      "change-me-to-something-strong",
      "dev-secret-change-me",
      "NOT_VERY_SECRETIVE",
      "do-not-use-in-production",
      "set-me",
      "fill-in",
      "[REDACTED]",
      "REDACTED",
      "undefined",
      "null",
      "none",
      "N/A",
      "secret_key_to_sign_cookie",
    ]),
  }),
  "other languages": (random) => ({
    value: random.pick([
      "votre_secret_jwt_ici",
      "votre-cle-api",
      "VOTRE_CLE_SECRETE_ICI",
      "cambiar_clave",
      "tu_clave_secreta_aqui",
      "dein-geheimer-schluessel",
      "hier-passwort-einfuegen",
      "passwort",
      "geheim123",
      "rahasia",
      "sua_chave_aqui",
      "contraseña",
      "motdepasse",
      "ваш_секретный_ключ",
    ]),
  }),
};

const words =
  "amber anvil apricot badger barley beacon birch bramble brook candle cedar cinder clover cobalt copper coral cricket dapple dune ember falcon fern fjord flint gable garnet glacier hazel heron indigo ivory jasper juniper kestrel lantern larch lichen linden lupine maple marsh meadow minnow moss nettle nimbus oak onyx opal orchid osprey otter pebble pewter pine plover quartz quill raven reed ridge river rowan saffron sage sorrel sparrow spruce swift tansy teal thistle timber topaz tulip umber valley velvet walnut willow winter wren yarrow zephyr".split(
    " ",
  );
const companies = ["paintbox.app", "kindhome.io", "themisguard.com", "nordwind.de", "lumenworks.co", "kestrel.systems"];
const regions = ["eu-central-1", "us-east-1", "ap-southeast-2"];
const password = (random: Chance) => random.text(`${base62}!#%&*+-=?^_~`, 20 + random.below(20));
const host = (random: Chance) =>
  `${random.pick(["paintbox-staging", "shop-prod", "themisguard-production", "orders"])}.c${random.text(lower + digits, 11)}.${random.pick(regions)}.rds.amazonaws.com`;
const jwt = (random: Chance) =>
  [
    Buffer.from(JSON.stringify({ alg: "RS256", typ: "JWT", kid: random.text(hex, 16) })).toString("base64url"),
    Buffer.from(JSON.stringify({ sub: random.text(hex, 24), iat: 1_790_000_000 + random.below(1e7) })).toString("base64url"),
    random.text(base64url, 86),
  ].join(".");

export const realFamilies: Readonly<Record<string, Family>> = {
  "random, base64": (random) => ({ value: bytes(random, random.pick([24, 32, 48, 64])).toString("base64") }),
  "random, hex": (random) => ({ value: random.text(hex, random.pick([24, 32, 40, 64])) }),
  "random, letters and digits": (random) => ({ value: random.text(base62, 16 + random.below(40)) }),
  "random, with punctuation": (random) => ({ value: password(random) }),
  identifiers: (random) => ({
    key: "CLIENT_ID",
    value: random.pick([
      () => [8, 4, 4, 4, 12].map((length) => random.text(hex, length)).join("-"),
      () => `${random.text("123456789", 1)}${random.text(digits, 11)}-${random.text(lower + digits, 32)}.apps.googleusercontent.com`,
      () => `AC${random.text(hex, 32)}`,
      () => `3MVG9${random.text(`${base62}._`, 80)}`,
      () => random.text("123456789", 1) + random.text(digits, 17),
    ])(),
  }),
  "vendor keys": (random) => ({
    value: random.pick([
      () => `sk_live_${random.text(base62, 24)}`,
      () => `rk_test_51${random.text(base62, 97)}`,
      () => `whsec_${random.text(base62, 32)}`,
      () => `sk-ant-api03-${random.text(base64url, 93)}AA`,
      () => `ghp_${random.text(base62, 36)}`,
      () => `SG.${random.text(base64url, 22)}.${random.text(base64url, 43)}`,
      () => `AIza${random.text(base64url, 35)}`,
      () => `xoxb-${random.text("123456789", 12)}-${random.text("123456789", 12)}-${random.text(base62, 24)}`,
      () => `AKIA${random.text(`${upper}234567`, 16)}`,
      () => random.text(base64, 40),
      () => `glpat-${random.text(base64url, 20)}`,
      () => `re_${random.text(base62, 8)}_${random.text(base62, 24)}`,
    ])(),
  }),
  "tokens (JWT)": (random) => ({ value: jwt(random) }),
  "addresses with credentials": (random) => ({
    key: "DATABASE_URL",
    value: random.pick([
      () =>
        `postgresql://${random.pick(["paintbox", "app_rw", "orders_svc"])}:${encodeURIComponent(password(random))}@${host(random)}:5432/${random.pick(["paintbox", "orders", "main"])}?sslmode=verify-full`,
      () => `rediss://:${random.text(base62, 32)}@master.paintbox-staging.${random.text(lower + digits, 6)}.euc1.cache.amazonaws.com:6379`,
      () =>
        `mongodb+srv://svc_${random.pick(words)}:${random.text(base62, 20)}@cluster0.${random.text(lower + digits, 5)}.mongodb.net/orders`,
      () => `https://${random.text(hex, 32)}@o${random.text("123456789", 6)}.ingest.sentry.io/${random.text("123456789", 7)}`,
      () =>
        `https://hooks.slack.com/services/T${random.text(upper + digits, 10)}/B${random.text(upper + digits, 10)}/${random.text(base62, 24)}`,
      () => `postgres://user:${random.text(base62, 24)}@${host(random)}/app`,
    ])(),
  }),
  "addresses without credentials": (random) => ({
    key: random.pick(["SALESFORCE_INSTANCE_URL", "baseUrl", "ENDPOINT"]),
    value: random.pick([
      () => `https://${random.pick(words)}${random.pick(words)}${random.below(9)}--${random.pick(words)}.sandbox.my.salesforce.com`,
      () => `https://api.${random.pick(companies)}/v${1 + random.below(3)}`,
      () => `https://sqs.${random.pick(regions)}.amazonaws.com/${random.text("123456789", 12)}/${random.pick(words)}-queue`,
      () =>
        `arn:aws:kms:${random.pick(regions)}:${random.text("123456789", 12)}:key/${[8, 4, 4, 4, 12].map((length) => random.text(hex, length)).join("-")}`,
    ])(),
  }),
  passphrases: (random) => ({
    key: random.pick(["password", "PASSPHRASE", "DB_PASSWORD"]),
    value: Array.from({ length: 4 + random.below(3) }, () => random.pick(words)).join(random.pick(["-", " ", ".", ""])),
  }),
  "passwords that people choose": (random) => ({
    key: random.pick(["password", "SALESFORCE_PASSWORD"]),
    value: random.pick([
      () => `${random.pick(words)}${random.pick(["!", "#", "$", "-"])}${random.pick(words)}${random.below(9000) + 100}`,
      () =>
        `${random.pick(words).replace(/^./, (first) => first.toUpperCase())}${random.pick(["_", "-", "."])}${random.text(base62, 6)}${random.below(90) + 10}`,
      () => random.text(`${lower}${digits}`, 5) + random.pick(words).toUpperCase() + random.text("!?*+", 2),
    ])(),
  }),
  "names and settings": (random) =>
    random.pick([
      () => ({ key: "username", value: random.pick(["postgres", "admin", "paintbox_app", "svc-orders", "root"]) }),
      () => ({
        key: "SALESFORCE_USERNAME",
        value: `${random.pick(words)}@${random.pick(companies)}.${random.pick(["staging", "uat", "prod"])}`,
      }),
      () => ({ key: "engine", value: random.pick(["postgres", "mysql", "aurora-postgresql"]) }),
      () => ({ key: "dbname", value: random.pick(["postgres", "app", "test", "main"]) }),
      () => ({ key: "AWS_REGION", value: random.pick(regions) }),
      () => ({ key: "host", value: host(random) }),
      () => ({ key: "port", value: random.pick(["5432", "6379", "443", "8080", "3000", "1111"]) }),
      () => ({ key: "SMTP_FROM", value: `no-reply@${random.pick(companies)}` }),
      () => ({ key: "NODE_ENV", value: random.pick(["production", "staging", "test", "development"]) }),
      () => ({ key: "FEATURE_ENABLED", value: random.pick(["true", "false", "0", "1", "yes"]) }),
      () => ({ key: "DB_POOL_SIZE", value: String(random.below(100)) }),
      () => ({ key: "AUTH_METHOD", value: random.pick(["password", "token", "api_key"]) }),
      () => ({ key: "dbInstanceIdentifier", value: `${random.pick(words)}-production` }),
    ])(),
  "keys and certificates (PEM)": (random) => ({
    key: "PRIVATE_KEY",
    value: `-----BEGIN PRIVATE KEY-----\n${(
      bytes(random, 400)
        .toString("base64")
        .match(/.{1,64}/g) ?? []
    ).join("\n")}\n-----END PRIVATE KEY-----\n`,
  }),
  "hashes and coded data": (random) => ({
    value: random.pick([
      () => createHash("sha256").update(bytes(random, 8)).digest("hex"),
      () => `base64:${bytes(random, 32).toString("base64")}`,
      () => `$2b$12$${random.text(base64.replace("+", "."), 53)}`,
      () => bytes(random, 16).toString("hex").match(/../g)?.join(":") ?? "",
    ])(),
  }),
};

/** `count` samples, each family alike often. */
export function samples(families: Readonly<Record<string, Family>>, count: number, seed: number): readonly Sample[] {
  const random = chance(seed);
  const list = Object.entries(families);
  return Array.from({ length: count }, (_, at) => {
    const [family, make] = list[at % list.length] as (typeof list)[number];
    const { key, value } = make(random);
    return { family, key: key ?? random.pick(secretKeys), value };
  });
}
