/** A public report leaves out counts below this of people in programs and of Gender X, and the experience of fewer teachers (decision 44). */
export const fewestShown = 10;
