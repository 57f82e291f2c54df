import data from "./catalog.json";

export type Product = (typeof data.products)[number];
export type Category = (typeof data.categories)[number];

export const { shop: SHOP, currency: CURRENCY, categories: CATEGORIES, products: PRODUCTS } = data;

export function findProduct(slug: string): Product | undefined {
  return PRODUCTS.find((product) => product.slug === slug);
}

export function findCategory(slug: string): Category | undefined {
  return CATEGORIES.find((category) => category.slug === slug);
}

export function productsOf(category: string): Product[] {
  return PRODUCTS.filter((product) => product.category === category);
}

const format = new Intl.NumberFormat("en-IE", { style: "currency", currency: CURRENCY });

export function money(amount: number): string {
  return format.format(amount);
}
