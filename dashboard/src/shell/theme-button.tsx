import { Icon } from "../elements/icons";
import { chooseTheme, type Theme, theme } from "../theme";

const NEXT: Record<Theme, Theme> = { auto: "dark", dark: "light", light: "auto" };
const PICTURE = { auto: "auto", dark: "moon", light: "sun" } as const;
const NAME: Record<Theme, string> = { auto: "as the system", dark: "dark", light: "light" };

export function ThemeButton() {
  const chosen = theme.value;
  const label = `Theme: ${NAME[chosen]}. Change to ${NAME[NEXT[chosen]]}`;
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      onClick={() => chooseTheme(NEXT[chosen])}
    >
      <Icon name={PICTURE[chosen]} />
    </button>
  );
}
