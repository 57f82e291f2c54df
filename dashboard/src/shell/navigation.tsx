import { useSignal } from "@preact/signals";
import { Icon } from "../elements/icons";
import { hrefOf, path, showPage } from "../location";
import { type Group, ROUTES, type Route, routeOf } from "../pages/routes";
import "./navigation.css";

const GROUPS: Group[] = ["Now", "Understand", "Predict", "Operate"];

/** All pages, by what they are for: beside the page, and on phones behind a button. */
export function Navigation() {
  const isOpen = useSignal(false);
  const current = routeOf(path.value);
  const close = () => {
    isOpen.value = false;
  };
  return (
    <nav class={`navigation ${isOpen.value ? "open" : ""}`} aria-label="Pages">
      <button
        type="button"
        class="navigation-toggle"
        aria-expanded={isOpen.value}
        aria-controls="pages"
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <Icon name={current.icon} />
        {current.title}
        <span class="chevron" aria-hidden="true" />
      </button>
      <div id="pages" class="navigation-groups">
        {GROUPS.map((group) => {
          const routes = ROUTES.filter((route) => route.group === group);
          return (
            routes.length > 0 && (
              <div key={group}>
                <h2>{group}</h2>
                <ul>
                  {routes.map((route) => (
                    <li key={route.path}>
                      <PageLink route={route} isCurrent={route === current} onFollow={close} />
                    </li>
                  ))}
                </ul>
              </div>
            )
          );
        })}
      </div>
    </nav>
  );
}

function PageLink({ route, isCurrent, onFollow }: { route: Route; isCurrent: boolean; onFollow: () => void }) {
  return (
    <a
      href={hrefOf(route.path)}
      aria-current={isCurrent ? "page" : undefined}
      onClick={(event) => {
        onFollow();
        // Another tab or window is the browser's own affair.
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        showPage(route.path);
      }}
    >
      <Icon name={route.icon} />
      {route.title}
    </a>
  );
}
