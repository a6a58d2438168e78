-- id: vacancies
-- name_zh: 提供岗位数
-- name_en: Vacancies posted
-- unit: 个
-- member: posting
-- kind: flow
-- measure: sum
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: voided
-- base_reasons:
-- details: employer
-- rule_zh: 期内用人单位提供的岗位数合计。招聘活动的岗位数另计，不在内。
-- rule_en: Posts that employers offered in the window. Those of matching events are counted with the events, not here.

-- 0 a version, 1 voided
WITH set_aside AS MATERIALIZED (
    SELECT x.log, x.idx,
           MIN(CASE WHEN g.superseded = 1 OR EXISTS (
               SELECT 1 FROM vacancy_posted later
               WHERE later.subject = x.subject AND later.log || '' = x.log
                 AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
           ) THEN 0 ELSE 1 END) AS rank
    FROM gone g
    CROSS JOIN vacancy_posted x
    WHERE x.log = g.log AND x.idx = g.entry
    GROUP BY x.log, x.idx
)
SELECT x.subject AS key, CAST(NULL AS TEXT) AS person, x.vacancies AS value,
       CASE WHEN u.rank = 1 THEN 0 ELSE 1 END AS counted,
       CASE WHEN u.rank = 1 THEN 'voided' END AS reason, x.log, x.idx,
       x.employer
FROM vacancy_posted x
LEFT JOIN set_aside u ON u.idx = x.idx AND u.log = x.log
WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
  AND COALESCE(u.rank, 9) > 0
  AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
  AND substr(x.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
  AND x.posted_day BETWEEN COALESCE(CAST(:from_day AS INTEGER), x.posted_day) AND :to_day
