-- id: persons_employed
-- name_zh: 在岗人数
-- name_en: Persons employed
-- unit: 人
-- member: person
-- kind: stock
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, to
-- exclusions: ended, lost_contact, reported_left, voided
-- base_reasons:
-- rule_zh: 截止日有未结束工作（非实习）的人。上岗后、截止日前最近一次回访为失联或离岗的不算在岗。
--   未计入者列其现存各段工作中的首个原因；全部作废者为 voided。
-- rule_en: Persons with a spell of work, no internship, begun on or before `to` and not ended by
--   then, unless the latest visit since that start, up to `to`, found nobody or heard that they had
--   left. Who has none is listed once, with the first reason of their standing spells; voided only where
--   none stands.

-- of each person the first place of those with the first rank, both in one number (rank * 2^52 + place)
WITH best AS (
    SELECT j.person,
           MIN(j.rank * 4503599627370496
               + (SELECT l.n FROM numbered l WHERE l.log = j.log) * 1099511627776 + j.idx) AS best
    FROM at_work j
    GROUP BY j.person
)
SELECT b.person AS key, b.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN b.best / 4503599627370496 = 1 THEN 1 ELSE 0 END AS counted,
       CASE b.best / 4503599627370496 WHEN 2 THEN 'ended' WHEN 3 THEN 'lost_contact' WHEN 4 THEN 'reported_left'
                                      WHEN 5 THEN 'voided' END AS reason,
       l.log, b.best % 1099511627776 AS idx
FROM best b
LEFT JOIN numbered l ON l.n = b.best / 1099511627776 % 4096
