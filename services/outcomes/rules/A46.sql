-- id: A46
-- name_zh: 同一指标公布为两个数
-- name_en: One figure published with two values
-- version: 1
-- source: programmes: D5, republished without a restatement
-- cases: two_values E
-- zh.two_values: {figure} 以同样参数公布为 {value} {unit}，另一处仍公布为 {other_value} {other_unit}，未作更正说明
-- en.two_values: {figure} is published as {value} {unit}, and with the same parameters as {other_value}
--   {other_unit} elsewhere; neither restates the other
-- facts: figure, value, unit, other_value, other_unit
-- figures: 
-- rule_zh: 同一指标、同样参数有两个现行公布值不同，且无更正公布。
-- rule_en: Two publications that stand give one figure, with the same parameters, different values or units.

WITH ranked AS (
    SELECT p.log, p.idx, p.subject, p.programme, p.region, p.figure, p.value, p.unit,
           LAG(p.log) OVER said AS log2, LAG(p.idx) OVER said AS idx2, LAG(p.value) OVER said AS other_value,
           LAG(p.unit) OVER said AS other_unit
    FROM live_publications p
    WINDOW said AS (PARTITION BY p.figure, p.parameters ORDER BY p.recorded, p.log, p.idx)
)
SELECT r.subject || '@' || r.log AS key, CAST(NULL AS TEXT) AS person, r.programme, r.region, 'two_values' AS finding, r.log, r.idx,
       r.log2, r.idx2, r.figure, r.value, r.unit, r.other_value, r.other_unit
FROM ranked r
WHERE r.idx2 IS NOT NULL AND (r.value <> r.other_value OR r.unit <> r.other_unit)
