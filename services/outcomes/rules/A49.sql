-- id: A49
-- name_zh: 存量、流量、能力混用
-- name_en: Stock, flow and capacity mixed
-- version: 1
-- source: programmes: D2, M16; C13
-- cases: mixed E
-- zh.mixed: “{indicator}”截至 {other_as_of_on} 按{other_kind}上报，截至 {as_of_on} 按{kind}上报
-- en.mixed: “{indicator}” was stated as {other_kind} as of {other_as_of_on} and as {kind} as of {as_of_on}
-- facts: indicator, kind, as_of_on, other_kind, other_as_of_on
-- figures: attested
-- rule_zh: 同一项目、同一指标前后两次上报的口径（stock 存量、flow 流量、capacity 能力）不同。
-- rule_en: Two statements of one indicator in a programme, one after the other, as unlike kinds: stock, flow,
--   capacity.

WITH ranked AS (
    SELECT x.log, x.idx, x.subject, x.programme, x.region, x.indicator, x.kind, x.as_of_on,
           LAG(x.log) OVER said AS log2, LAG(x.idx) OVER said AS idx2, LAG(x.kind) OVER said AS other_kind,
           LAG(x.as_of_on) OVER said AS other_as_of_on
    FROM live_statistics x
    WINDOW said AS (PARTITION BY x.programme, x.indicator ORDER BY x.as_of_day, x.recorded, x.log, x.idx)
)
SELECT r.subject AS key, CAST(NULL AS TEXT) AS person, r.programme, r.region, 'mixed' AS finding, r.log, r.idx, r.log2, r.idx2,
       r.indicator, r.kind, r.as_of_on, r.other_kind, r.other_as_of_on
FROM ranked r
WHERE r.kind <> r.other_kind
