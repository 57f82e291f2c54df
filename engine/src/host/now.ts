/** Milliseconds since the page was made. Unlike the time of day, it never jumps. */
export const now = () => performance.now();
