-- id: subsidies_paid
-- name_zh: 发放补贴
-- name_en: Subsidies paid
-- unit: fen
-- member: payment
-- kind: flow
-- measure: sum
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to, subsidy_kind
-- subsidy_kind: any text
-- exclusions: voided, clawed_back, second_same_kind_same_year
-- base_reasons:
-- details: kind
-- rule_zh: 期内发放、截止日前未追回的补贴金额；人数见 persons。同一人同一项目同类补贴一个自然年只认最早的一笔
--   （已追回的不占）。
-- rule_en: Amounts paid in the window and not taken back on or before `to`; `persons` says to how many. Of one kind
--   to one person in one programme and calendar year only the first payment counts; one taken back is none.

-- 0 a version, 1 voided, 2 clawed back
WITH set_aside AS MATERIALIZED (
    SELECT u.log, u.idx, MIN(u.rank) AS rank
    FROM (
        SELECT x.log, x.idx,
               CASE WHEN g.superseded = 1 OR EXISTS (
                   SELECT 1 FROM subsidy_paid later
                   WHERE later.subject = x.subject AND later.log || '' = x.log
                     AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
               ) THEN 0 ELSE 1 END AS rank
        FROM gone g
        CROSS JOIN subsidy_paid x
        WHERE x.log = g.log AND x.idx = g.entry
        UNION ALL
        SELECT x.log, x.idx, 2
        FROM subsidy_clawed_back c
        CROSS JOIN subsidy_paid x
        LEFT JOIN gone g ON g.entry = c.idx AND g.log = c.log
        WHERE x.subject = c.subject AND x.log || '' = c.log
          AND c.idx < (SELECT cut.size FROM cut WHERE cut.log = c.log) AND g.entry IS NULL
          AND c.programme = COALESCE(CAST(:programme AS TEXT), c.programme)
          AND c.clawed_back_day <= :to_day
    ) u
    GROUP BY u.log, u.idx
),
-- all payments up to `to_day`, those that stand numbered within person, kind and year
payments AS (
    SELECT x.log, x.idx, x.subject, x.region, x.kind, x.amount_fen, x.paid_day, COALESCE(m.root, x.person) AS person,
           u.rank,
           ROW_NUMBER() OVER (PARTITION BY x.programme, COALESCE(m.root, x.person), x.kind, substr(x.paid_on, 1, 4),
                                           COALESCE(u.rank, 0)
                              ORDER BY x.paid_day, x.recorded, x.log, x.idx) AS nth
    FROM subsidy_paid x
    LEFT JOIN set_aside u ON u.idx = x.idx AND u.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
      AND COALESCE(u.rank, 9) > 0
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND x.kind = COALESCE(CAST(:subsidy_kind AS TEXT), x.kind)
      AND x.paid_day <= :to_day
),
judged AS (
    SELECT p.log, p.idx, p.subject, p.person, p.kind, p.amount_fen,
           CASE WHEN p.rank = 1 THEN 'voided'
                WHEN p.rank = 2 THEN 'clawed_back'
                WHEN p.nth > 1 THEN 'second_same_kind_same_year' END AS reason
    FROM payments p
    WHERE p.paid_day >= COALESCE(CAST(:from_day AS INTEGER), p.paid_day)
      AND substr(p.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
)
SELECT j.subject AS key, j.person, j.amount_fen AS value,
       CASE WHEN j.reason IS NULL THEN 1 ELSE 0 END AS counted, j.reason, j.log, j.idx,
       j.kind
FROM judged j
