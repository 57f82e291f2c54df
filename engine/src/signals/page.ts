/** The page, as the server gets to know it. */
export interface Page {
  path: string;
  url: string;
  title: string;
  referrer: string | undefined;
}

/** What brought the visitor here, by the utm_* parameters of the address. */
export type Campaign = Record<string, string>;

/**
 * An address without its user, fragment and parameters, which may hold anything, click ids and sign-in tokens among
 * them. Only utm_source, utm_medium, utm_campaign, utm_term and utm_content stay, and fill `campaign`.
 */
export function scrubUrl(url: string, campaign: Campaign = {}): string {
  const { protocol, host, pathname, searchParams } = new URL(url);
  const kept = new URLSearchParams();
  searchParams.forEach((value, name) => {
    if (!/^utm_(source|medium|campaign|term|content)$/.test(name)) return;
    kept.append(name, value);
    campaign[name === "utm_campaign" ? "name" : name.slice(4)] = value;
  });
  const query = kept.toString();
  return `${protocol}//${host}${pathname}${query && `?${query}`}`;
}

export function describePage(referrer: string, campaign: Campaign): Page {
  return {
    path: location.pathname,
    url: scrubUrl(location.href, campaign),
    title: document.title,
    referrer: referrer ? scrubUrl(referrer) : undefined,
  };
}
