/** The page, as the server gets to know it. */
export interface Page {
  path: string;
  url: string;
  title: string;
  referrer: string | undefined;
}

/** What brought the visitor here, by the utm_* parameters of the address, and which kind of click id was among them. */
export type Campaign = Record<string, string>;

const CAMPAIGN = /^utm_(source|medium|campaign|term|content)$/;
/** Networks number the clicks that they sell; the number stands for a person, the name only for the network. */
const CLICK_ID = /clk?id$|braid$/;

let kept: string[] = [];

/** URL parameters that may be told of. */
export function keepParams(names: string[]): void {
  kept = names;
}

/**
 * An address without its user, fragment and parameters, which may hold anything, sign-in tokens among them. Only those
 * of campaigns stay, and those that the site has named. Fills `campaign`.
 */
export function scrubUrl(url: string, campaign: Campaign = {}): string {
  const { protocol, host, pathname, searchParams } = new URL(url);
  const query = new URLSearchParams();
  searchParams.forEach((value, name) => {
    const ofCampaign = CAMPAIGN.exec(name)?.[1];
    if (ofCampaign || kept.includes(name)) query.append(name, value);
    if (ofCampaign) campaign[ofCampaign === "campaign" ? "name" : ofCampaign] = value;
    if (CLICK_ID.test(name)) campaign.click_id = name;
  });
  return `${protocol}//${host}${pathname}${`${query}` && `?${query}`}`;
}

export function describePage(referrer: string, campaign: Campaign): Page {
  return {
    path: location.pathname,
    url: scrubUrl(location.href, campaign),
    title: document.title,
    referrer: referrer ? scrubUrl(referrer) : undefined,
  };
}
