"use client";

import { type GoodData, type Intelligence, start } from "gooddata-engine";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";

let started: GoodData | undefined;
const Engine = createContext<GoodData | undefined>(undefined);

/** Goes around the pages in app/layout.tsx. Page views of the App Router are recorded by themselves. */
export function GoodDataProvider({ children, site, api }: { children: ReactNode; site: string; api: string }) {
  const [engine, setEngine] = useState<GoodData>();
  // In an effect, since there is no browser while the server renders. React may run effects twice; the engine starts once.
  useEffect(() => {
    started ??= start({ key: site, api });
    setEngine(started);
  }, [site, api]);
  return <Engine.Provider value={engine}>{children}</Engine.Provider>;
}

/** Undefined until the page runs in a browser. */
export function useGoodData(): GoodData | undefined {
  return useContext(Engine);
}

/** The newest that the server thinks of this visitor. */
export function useIntelligence(): Intelligence | undefined {
  const engine = useGoodData();
  const [newest, setNewest] = useState<Intelligence>();
  useEffect(() => engine?.on("intelligence", setNewest), [engine]);
  return newest;
}
