import { findCategory, findProduct } from "./catalog";
import { cart } from "./pages/cart";
import { category } from "./pages/category";
import { checkout } from "./pages/checkout";
import { home } from "./pages/home";
import { missing } from "./pages/missing";
import type { Page } from "./pages/page";
import { product } from "./pages/product";
import { thanks } from "./pages/thanks";

/** The page at a path, such as `/demo/product/spring-sencha`. */
export function route(path: string): Page {
  const [, , kind = "", slug = ""] = path.replace(/\/+$/, "").split("/");
  switch (kind) {
    case "":
      return home();
    case "category": {
      const found = findCategory(slug);
      return found ? category(found) : missing();
    }
    case "product": {
      const found = findProduct(slug);
      return found ? product(found) : missing();
    }
    case "cart":
      return cart();
    case "checkout":
      return checkout();
    case "thanks":
      return thanks();
    default:
      return missing();
  }
}
