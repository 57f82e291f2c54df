/**
 * Makes `fn` safe to call from anywhere: what it throws is thrown again in a task of its own, so the page's error
 * reporting sees it and neither the page's code nor ours is interrupted.
 */
export function isolated<Arguments extends unknown[]>(fn: (...args: Arguments) => void): (...args: Arguments) => void {
  return (...args) => {
    try {
      fn(...args);
    } catch (error) {
      setTimeout(() => {
        throw error;
      });
    }
  };
}
