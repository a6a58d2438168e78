-- id: A48
-- name_zh: 同一指标单位漂移
-- name_en: The unit of a statistic drifts
-- version: 1
-- source: programmes: L15, L19; 吕梁 (Lüliang)
-- cases: drift E
-- zh.drift: “{indicator}”截至 {other_as_of_on} 以“{other_unit}”上报，截至 {as_of_on} 改为“{unit}”
-- en.drift: “{indicator}” was stated in {other_unit} as of {other_as_of_on} and in {unit} as of {as_of_on}
-- facts: indicator, unit, as_of_on, other_unit, other_as_of_on
-- figures: attested
-- rule_zh: 同一项目、同一指标前后两次上报的单位不同。
-- rule_en: Two statements of one indicator in a programme, one after the other, in different units.

WITH ranked AS (
    SELECT x.log, x.idx, x.subject, x.programme, x.region, x.indicator, x.unit, x.as_of_on,
           LAG(x.log) OVER said AS log2, LAG(x.idx) OVER said AS idx2, LAG(x.unit) OVER said AS other_unit,
           LAG(x.as_of_on) OVER said AS other_as_of_on
    FROM live_statistics x
    WINDOW said AS (PARTITION BY x.programme, x.indicator ORDER BY x.as_of_day, x.recorded, x.log, x.idx)
)
SELECT r.subject AS key, CAST(NULL AS TEXT) AS person, r.programme, r.region, 'drift' AS finding, r.log, r.idx, r.log2, r.idx2,
       r.indicator, r.unit, r.as_of_on, r.other_unit, r.other_as_of_on
FROM ranked r
WHERE r.unit <> r.other_unit
