/** Greets, and says which table it would read. */
export const handler = async () => ({
  statusCode: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ greeting: process.env.GREETING, table: process.env.TABLE }),
});
