/** The two sides of a blue/green environment. */
export type Colour = "blue" | "green";

/** Where users are: on one colour, on both, or in a state that the load balancer does not explain. */
export type TrafficOn = Colour | "split" | "unknown";

export const colours = ["blue", "green"] as const satisfies readonly Colour[];

export const other = (colour: Colour): Colour => (colour === "blue" ? "green" : "blue");

/** One value for each colour. */
export type PerColour<T> = Readonly<Record<Colour, T>>;

export const perColour = <T>(of: (colour: Colour) => T): PerColour<T> => ({ blue: of("blue"), green: of("green") });
