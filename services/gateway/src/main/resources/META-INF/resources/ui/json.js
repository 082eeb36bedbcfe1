// JSON whose whole numbers keep every digit: what a double can't hold, such as many a seed, becomes a text.

const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

const kept = token => /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token;

/** As JSON.parse, but whole numbers beyond 2^53 are texts of the same digits. */
export const parse = text => JSON.parse(text.replace(TOKENS, kept));
