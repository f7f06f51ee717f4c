import type { EnvironmentClass } from "../aws/settings.ts";

/** Whether a credential works on real money and customers, or in a vendor's sandbox. */
export type KeyClass = "live" | "test";

interface Sign {
  readonly pattern: RegExp;
  readonly means: KeyClass;
  /** Whose keys look so, for the message. */
  readonly vendor: string;
  /** Some signs are strong habits, not rules: they warn. */
  readonly sure: boolean;
}

/** Not inside a longer word, so that chance in a random text does not count. */
const sign = (text: string, means: KeyClass, vendor: string, sure = true): Sign => ({
  pattern: new RegExp(`(?<![A-Za-z0-9])(?:${text})`),
  means,
  vendor,
  sure,
});

const signs: readonly Sign[] = [
  // https://docs.stripe.com/keys: secret, restricted and publishable keys; Clerk and Paystack use the same form.
  sign("(?:sk|rk|pk)_live_", "live", "Stripe"),
  sign("(?:sk|rk|pk)_test_", "test", "Stripe"),
  // https://razorpay.com/docs/payments/dashboard/account-settings/api-keys/
  sign("rzp_live_", "live", "Razorpay"),
  sign("rzp_test_", "test", "Razorpay"),
  // https://www.checkout.com/docs/get-started/dashboard/manage-api-keys
  sign("(?:sk|pk)_sbox_", "test", "Checkout.com"),
  // https://developer.squareup.com/docs/build-basics/access-tokens
  sign("sandbox-sq0[a-z]{3}-", "test", "Square"),
  sign("(?:access_token|key)-sandbox-|access\\$sandbox\\$", "test", "PayPal"),
  sign("access\\$production\\$", "live", "PayPal"),
  // https://help.salesforce.com/s/articleView?id=xcloud.domain_name_url_formats.htm
  sign("https://(?:[a-z0-9.-]+\\.sandbox\\.my\\.salesforce\\.com|test\\.salesforce\\.com)", "test", "Salesforce sandbox", false),
];

/** A live or test key in a value. */
export interface KeyClassFound {
  readonly means: KeyClass;
  readonly vendor: string;
  readonly sure: boolean;
}

/** The first sign in a value that says what kind of key it is, or undefined. */
export function keyClassOf(value: string): KeyClassFound | undefined {
  const found = signs.find(({ pattern }) => pattern.test(value));
  return found === undefined ? undefined : { means: found.means, vendor: found.vendor, sure: found.sure };
}

/** Whether a kind of key may be used in an environment: live keys only in production, and nothing else there. */
export const belongs = (means: KeyClass, environment: EnvironmentClass): boolean => (means === "live") === (environment === "production");
