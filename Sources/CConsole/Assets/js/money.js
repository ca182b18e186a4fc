// Money is text: `0.0123 USD`.

/// The number in it; 0 without one.
export const amount = (money) => (money ? Number.parseFloat(money) || 0 : 0);
