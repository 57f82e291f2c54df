const LEFT = 14;

/** From a stretch of the left edge to a band around `middle` at the right one. */
export function ribbon(top: number, bottom: number, middle: number, thick: number): string {
  const [high, low] = [middle - thick / 2, middle + thick / 2];
  return `M0,${top} L${LEFT},${top} C50,${top} 50,${high} 100,${high} L100,${low} C50,${low} 50,${bottom} ${LEFT},${bottom} L0,${bottom} Z`;
}
