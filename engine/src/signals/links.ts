import { listen } from "../host/listen";
import { notice } from "./notice";

const FILE = /\.(pdf|zip|gz|rar|7z|csv|xlsx?|docx?|pptx?|od[tsp]|txt|epub|mp[34]|dmg|exe|msi|apk)$/i;

/** Of the links that a person follows, in whatever window, records those to files, or those to other sites. */
function watchLinks(name: string, files: boolean): void {
  listen<MouseEvent>("click auxclick", (event) => {
    const link = (event.composedPath()[0] as Element).closest?.<HTMLAnchorElement>("a,area");
    if (!link?.host || !event.isTrusted || event.button > 1) return;
    const { host, pathname } = link;
    const extension = FILE.exec(pathname)?.[1];
    if ((!!extension || link.hasAttribute("download")) !== files || (!files && host === location.host)) return;
    // What may name somebody stays behind: user, parameters, fragment.
    notice(name, undefined, { href: host + pathname, extension });
  });
}

export function watchOutboundLinks(name: string): void {
  watchLinks(name, false);
}

export function watchDownloads(name: string): void {
  watchLinks(name, true);
}
