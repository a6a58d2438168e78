-- id: attested
-- name_zh: 上报统计
-- name_en: Attested statistics
-- unit: as stated
-- member: statement
-- kind: statement
-- measure: statement
-- grade: attested
-- version: 1
-- parameters: programme, region, from, to, indicator
-- indicator: any text
-- exclusions: voided, superseded
-- base_reasons:
-- details: indicator, value_milli, stated_unit, stated_kind, as_of_on, source
-- rule_zh: 各项目每个指标在截止日或之前最近一次的上报数，连同来源照录；没有逐条记录支持，
--   不计入任何有据指标。
-- rule_en: Of each indicator of a programme, the latest statement on or before `to`, as its source
--   states it. No entries back it, and no evidenced figure contains it.

-- 0 a version, 1 voided
WITH set_aside AS MATERIALIZED (
    SELECT x.log, x.idx,
           MIN(CASE WHEN g.superseded = 1 OR EXISTS (
               SELECT 1 FROM statistic_attested later
               WHERE later.subject = x.subject AND later.log || '' = x.log
                 AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
           ) THEN 0 ELSE 1 END) AS rank
    FROM gone g
    CROSS JOIN statistic_attested x
    WHERE x.log = g.log AND x.idx = g.entry
    GROUP BY x.log, x.idx
),
stated AS (
    SELECT x.log, x.idx, x.recorded, x.subject, x.programme, x.indicator, x.value_milli, x.unit, x.kind,
           x.as_of_on, x.as_of_day, x.source, COALESCE(u.rank, 0) AS voided
    FROM statistic_attested x
    LEFT JOIN set_aside u ON u.idx = x.idx AND u.log = x.log
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
      AND COALESCE(u.rank, 9) > 0
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND substr(x.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
      AND x.as_of_day BETWEEN COALESCE(CAST(:from_day AS INTEGER), x.as_of_day) AND :to_day
      AND x.indicator = COALESCE(CAST(:indicator AS TEXT), x.indicator)
),
ranked AS (
    SELECT s.log, s.idx, s.subject, s.indicator, s.value_milli, s.unit, s.kind, s.as_of_on, s.source, s.voided,
           ROW_NUMBER() OVER (PARTITION BY s.programme, s.indicator, s.voided
                              ORDER BY s.as_of_day DESC, s.recorded DESC, s.log DESC, s.idx DESC) AS nth
    FROM stated s
)
SELECT r.subject AS key, CAST(NULL AS TEXT) AS person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN r.voided = 0 AND r.nth = 1 THEN 1 ELSE 0 END AS counted,
       CASE WHEN r.voided = 1 THEN 'voided' WHEN r.nth > 1 THEN 'superseded' END AS reason, r.log, r.idx,
       r.indicator, r.value_milli, r.unit AS stated_unit, r.kind AS stated_kind, r.as_of_on, r.source
FROM ranked r
