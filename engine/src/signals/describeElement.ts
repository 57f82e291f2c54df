/** How many elements, from the clicked one upwards, a path names. */
const PATH_LENGTH = 4;

/** What a person means to click, where the click's target is a part of it. */
export const CONTROL = "a,button,input,select,textarea,summary,[role=button],[role=link],[role=tab]";

/**
 * Says which element it is without saying anything that is written in it: never its text, value, title, name or
 * data attributes. An id without digits is the site's own name for the element; one with digits may name a person.
 */
export function describeElement(target: Element) {
  const element = target.closest(CONTROL) ?? target;
  const { host, pathname } = element as HTMLAnchorElement;
  return {
    tag: element.localName,
    role: element.role ?? undefined,
    path: pathOf(element),
    // Of mailto:, tel: and the like nothing, for that is somebody's address.
    href: host ? host + pathname : undefined,
  };
}

export function pathOf(element: Element): string {
  let path = "";
  let at: Element | null = element;
  for (let step = 0; at && at !== document.body && step < PATH_LENGTH; step++) {
    const named = /^[a-z_-]{1,32}$/i.test(at.id);
    const place = named ? `#${at.id}` : `:${[...(at.parentElement?.children ?? [])].indexOf(at) + 1}`;
    path = `${at.localName}${place}${path && `>${path}`}`;
    at = named ? null : at.parentElement;
  }
  return path;
}
