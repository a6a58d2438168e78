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

-- of each person and programme the latest visit, and the latest that found nobody or heard they had left;
-- visits of one day by index (day * 2^40 + idx)
WITH last_visits AS (
    SELECT v.programme, v.person, MAX(v.visited_day * 1099511627776 + v.idx) AS latest,
           MAX(CASE WHEN v.state = 'no_contact' THEN v.visited_day * 1099511627776 + v.idx END) AS no_contact,
           MAX(CASE WHEN v.state = 'left' THEN v.visited_day * 1099511627776 + v.idx END) AS gone
    FROM visits v
    WHERE v.voided = 0
    GROUP BY v.person, v.programme
),
judged AS (
    SELECT s.log, s.idx, s.person,
           CASE WHEN s.voided = 1 THEN 5
                WHEN e.idx IS NOT NULL THEN 2
                WHEN v.no_contact = v.latest AND v.latest >= s.started_day * 1099511627776 THEN 3
                WHEN v.gone = v.latest AND v.latest >= s.started_day * 1099511627776 THEN 4
                ELSE 1 END AS rank
    FROM spells s
    LEFT JOIN ended e ON e.idx = s.idx AND e.log = s.log
    LEFT JOIN last_visits v ON v.person = s.person AND v.programme = s.programme
    WHERE s.kind <> 'internship'
      AND substr(s.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
),
-- of each person the first place of those with the first rank, both in one number (rank * 2^52 + place)
best AS (
    SELECT j.person,
           MIN(j.rank * 4503599627370496
               + (SELECT l.n FROM numbered l WHERE l.log = j.log) * 1099511627776 + j.idx) AS best
    FROM judged j
    GROUP BY j.person
)
SELECT b.person AS key, b.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN b.best / 4503599627370496 = 1 THEN 1 ELSE 0 END AS counted,
       CASE b.best / 4503599627370496 WHEN 2 THEN 'ended' WHEN 3 THEN 'lost_contact' WHEN 4 THEN 'reported_left'
                                      WHEN 5 THEN 'voided' END AS reason,
       l.log, b.best % 1099511627776 AS idx
FROM best b
LEFT JOIN numbered l ON l.n = b.best / 1099511627776 % 4096
