-- id: persons_employed_by_mode
-- name_zh: 按单位经营模式分的在岗人数
-- name_en: Persons employed by mode of business
-- unit: 人
-- member: person
-- kind: stock
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, to, mode
-- mode: any 不限 (default) | employee 员工制 | agency 中介制
-- exclusions: other_mode, unknown_mode, ended, lost_contact, reported_left, voided
-- base_reasons:
-- splits: mode = employee, agency
-- rule_zh: 截止日在岗（同 persons_employed）、所在单位经营模式为员工制或中介制（可用 mode 指定一种）的人，按模式分列。
--   兼在两类单位的按员工制计一次；单位未登记模式的单列。
-- rule_en: Persons at work on `to`, as persons_employed has it, with an employer that does business as 员工制 or
--   中介制, or as the one that `mode` names; shown by mode. Who works with both is counted once, as 员工制. An
--   employer of unknown mode is neither.

WITH judged AS (
    SELECT w.log, w.idx, w.person,
           CASE WHEN w.rank = 5 THEN 8
                WHEN w.rank > 1 THEN w.rank + 3
                WHEN m.mode IS NULL THEN 4
                WHEN CAST(:mode AS TEXT) IN ('any', m.mode) AND m.mode = 'employee' THEN 1
                WHEN CAST(:mode AS TEXT) IN ('any', m.mode) AND m.mode = 'agency' THEN 2
                ELSE 3 END AS rank
    FROM at_work w
    LEFT JOIN modes m ON m.employer = w.employer AND m.programme = w.programme
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
       CASE WHEN b.best / 4503599627370496 <= 2 THEN 1 ELSE 0 END AS counted,
       CASE b.best / 4503599627370496 WHEN 3 THEN 'other_mode' WHEN 4 THEN 'unknown_mode' WHEN 5 THEN 'ended'
                                      WHEN 6 THEN 'lost_contact' WHEN 7 THEN 'reported_left'
                                      WHEN 8 THEN 'voided' END AS reason,
       l.log, b.best % 1099511627776 AS idx,
       CASE b.best / 4503599627370496 WHEN 1 THEN 'employee' WHEN 2 THEN 'agency' END AS mode
FROM best b
LEFT JOIN numbered l ON l.n = b.best / 1099511627776 % 4096
