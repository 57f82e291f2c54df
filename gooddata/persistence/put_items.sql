-- What the owner of project $1 says of items $2: categories $3, and whether they are in stock, $4; null leaves it as it is.
INSERT INTO control.item AS i (project_id, item, category, in_stock)
SELECT $1, said.item, said.category, said.in_stock
FROM unnest($2::text[], $3::text[], $4::boolean[]) AS said (item, category, in_stock)
ON CONFLICT (project_id, item) DO UPDATE SET
    category = coalesce(excluded.category, i.category),
    in_stock = coalesce(excluded.in_stock, i.in_stock),
    set_at = now()
