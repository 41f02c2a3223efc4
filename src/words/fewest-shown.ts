/**
 * A public report leaves out counts of people in programs and of Gender X that are below this number. It also leaves out the experience
 * of fewer teachers than this (decision 44).
 */
export const fewestShown = 10;
