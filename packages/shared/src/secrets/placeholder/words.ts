// The vocabulary of stand-in values. Sources: the example files and documentation that people copy from; docs/placeholders.md says
// how well it does. All in lower case; texts are split into these words before they are judged.

const list = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ""));

/** Words that alone say "replace me": no real credential is made of words and one of these. */
export const markers = list(`
  your yours yourself change changeme changethis changeit changed replace replaceme replacement placeholder example examples sample samples
  dummy fake mock fixme todo tbd tba insert fill fillme enter paste here goes someone somevalue something whatever
  redacted removed hidden masked obfuscated undefined unset notset none null nil void empty na missing required
  example1 lorem ipsum foo bar baz foobar qux quux asdf asdfasdf qwerty qwertyuiop xxx xxxx xxxxx keyhere tokenhere secrethere
  generate generated must minimum atleast override overwrite
  votre tu sua seu ici cambiar cambiame reemplazar aqui ändern aendern ersetzen einfuegen hier platzhalter deine dein ihr ihre
  replaced filled rahasia geheim geheimer geheimes cambia sostituisci inserisci qui substituir troque aqui vervang wachtwoord zmien ваш ваша ваше твой замените измените
`);

/** Words that stand-ins consist of, but that say nothing alone: what is asked for, and what it is asked for in. */
export const fillers = list(`
  a an the my me this that these some any all of for to from in on at by with and or not no is be as it i you we our own new old same very
  super secure secured strong safe long longer random randomly real actual private public personal custom unique valid correct proper
  secret secrets secretive key keys token tokens password passwords passwd passphrase pass pwd pw credential credentials cred creds code salt pepper hash
  api apikey jwt jwks oauth auth authentication authorization bearer access refresh session sessions cookie csrf signing sign signature encryption encrypt
  decrypt cipher aes rsa hmac master root admin administrator superadmin default test testing tests tested demo dev develop development staging stage
  prod production live sandbox local localhost client clients app application apps server service services web website site webhook hook webhooks
  endpoint url uri link host hostname domain port path db database databases dbname schema table user username users usr name names login email mail
  account accounts id ids identifier uuid guid sid arn number phone value values val string str text data input output
  char chars character characters letter letters digit digits bit bits byte bytes hex base64 length min max least more than before after using use used
  get set put add copy create make need needs needed want provide provided given store stored keep rotate update please obtain obtained find found
  env environment variable var vars config configuration setting settings file project org organization organisation company team tenant workspace
  region bucket cluster node instance cloud zone
  keyboard cat dog monkey letmein welcome hello world sesame open
  one two three four
  replica primary backup
  clave claves secreta secreto secrète contraseña contrasena cle clé clef motdepasse passwort schlüssel schluessel chave senha секретный секретная ключ пароль токен
  long ask ops please see read docs be
  only do does dont never always commit share yes ok
  key1 secret1 token1 pass1 password1 pass123 test1 test123
`);

/** Names of products whose keys are asked for. */
export const vendors = list(`
  aws amazon s3 ses sns sqs rds google gcp gmail firebase azure microsoft github gitlab bitbucket stripe paypal square braintree plaid adyen twilio sendgrid
  mailgun postmark resend smtp slack discord telegram openai anthropic claude gemini mistral cohere huggingface pinecone weaviate replicate cloudinary
  algolia mapbox maps sentry datadog newrelic segment mixpanel posthog amplitude auth0 okta clerk supabase neon planetscale vercel netlify heroku render
  railway cloudflare fastly digitalocean postgres postgresql mysql mariadb mongo mongodb redis rabbitmq kafka elastic elasticsearch salesforce sfdc hubspot
  zendesk intercom shopify companycam nextauth django rails flask laravel express node nodejs spring facebook meta twitter linkedin apple spotify zoom notion
  airtable contentful sanity strapi docker dockerhub npm pypi
`);

/** Passwords that everybody tries first, and that example files are full of. Compared whole, without case. */
export const known = list(`
  password passw0rd p@ssword p@ssw0rd pa$$word pa$$w0rd password! password1 password1! password12 password123 password123! password1234 secret secret! secret1 secret123 s3cr3t s3cret
  supersecret supersecret123 sup3rs3cr3t topsecret t0ps3cr3t changeme123 admin admin1 admin123 admin1234 administrator root root123 toor guest test test1 test123 test1234 testing testtest
  postgres postgres123 mysql mysql123 redis redis123 mongo mongodb user user123 username demo demo123 default letmein letmein1 welcome welcome1 welcome123 qwerty qwerty123
  abc123 abcd1234 abc12345 a1b2c3 a1b2c3d4 a1b2c3d4e5f6 1q2w3e 1q2w3e4r 1qaz2wsx 1qaz2wsx3edc q1w2e3r4 zaq12wsx iloveyou trustno1 hunter hunter2 correcthorsebatterystaple
  tbc n/a n.a. nil nothing blank empty temp temp123 tmp temporary pass pass1 pass123 pass1234 pw123 dev dev123 local local123 devpassword localpassword mypassword mysecret mysecretkey
  mykey mytoken secretkey secretkey123 apikey apikey123 token token123 key123 deadbeef cafebabe deadc0de c0ffee keyboardcat setme fillin unset foobar foobarbaz foo bar baz dummy dummykey
  passwort passwort1 geheim geheim123 contraseña contrasena motdepasse senha wachtwoord haslo rahasia
`);
