-- id: issues_opened
-- name_zh: 受理问题
-- name_en: Issues opened
-- unit: 件
-- member: issue
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: voided
-- base_reasons:
-- splits: kind = wages, contract, rights, safety, skills, health, family, housing, other
-- rule_zh: 期内受理的权益或困难问题。
-- rule_en: Rights and difficulty issues opened in the window.

SELECT x.subject AS key, COALESCE(m.root, x.person) AS person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN u.rank = 1 THEN 0 ELSE 1 END AS counted,
       CASE WHEN u.rank = 1 THEN 'voided' END AS reason, x.log, x.idx,
       x.kind
FROM issue_opened x
LEFT JOIN issues_set_aside u ON u.idx = x.idx AND u.log = x.log
LEFT JOIN merged m ON m.person = x.person
WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
  AND COALESCE(u.rank, 9) > 0
  AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
  AND substr(x.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
  AND x.opened_day BETWEEN COALESCE(CAST(:from_day AS INTEGER), x.opened_day) AND :to_day
